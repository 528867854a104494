/// The gRPC server of a service: mutual TLS, health, reflection, and an end without lost calls.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <grpcpp/impl/codegen/service_type.h>
#include <grpcpp/server.h>

#include <memory>
#include <string>
#include <vector>

#include "libs/rpc/seam.h"
#include "libs/rpc/tls.h"

namespace houbu::rpc {

/// Says where and how to serve.
struct ServerOptions {
  /// "127.0.0.1:7402"; port 0 takes a free one.
  std::string address;
  Tls tls;
  /// The largest request accepted.
  int request_bytes_max = 1 << 20;
};

/// Serves until drained.
class Server final {
 public:
  /// Starts to serve `services`, whose handlers run through `seam`; all must outlive the server.
  /// The seam learns the services' methods first: a method without access option, an address in
  /// use or bad TLS files are errors, and nothing is served.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options, Seam& seam,
                                                       const std::vector<grpc::Service*>& services);

  /// Cancels what still runs and stops.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Gives the port served, also when the options asked for any.
  int port() const { return port_; }

  /// Says over grpc.health.v1 whether callers should send work here.
  void SetServing(bool serving);

  /// Reports NOT_SERVING, takes no new calls, lets running ones finish for `grace`, cancels the
  /// rest and returns when the last is answered. Blocks: call it on a thread that does not run the
  /// handlers' io_context, which must keep running meanwhile.
  void Drain(absl::Duration grace);

 private:
  Server(std::unique_ptr<grpc::Server> server, int port);

  std::unique_ptr<grpc::Server> server_;
  const int port_;
  bool drained_ = false;
};

}  // namespace houbu::rpc
