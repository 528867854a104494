/// What every command of houbuctl has: where the services are, who asks, how answers are shown.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"

#include "CLI/CLI.hpp"
#include "libs/rpc/status.h"
#include "libs/rpc/tls.h"

namespace houbu::ctl {

/// What a command ends with; sysexits.h's numbers where they have one.
enum class Exit : int {
  kOk = 0,
  kFound = 1,         ///< What nobody hopes for was found: differences, say.
  kUsage = 64,        ///< The command line is not understood.
  kRefused = 65,      ///< The service said no.
  kUnavailable = 69,  ///< The service cannot be reached, or something it needs.
  kFault = 70,        ///< The service, or this program, has a bug.
  kForbidden = 77,    ///< The certificate is no operator's.
};

/// The exit code a failure stands for.
Exit ExitOf(const absl::Status& failure);

/// What is said of a failure, in one line.
std::string Explain(const absl::Status& failure);

/// Says it on stderr, and what the program ends with.
Exit Complain(const absl::Status& failure);

/// A new idempotency key.
std::string NewRequestId();

/// The options of all commands, and the ways to use them.
class Session final {
 public:
  /// Adds the options to the program's.
  void Bind(CLI::App& app);

  /// Whether answers are shown as JSON, one object a line.
  bool json() const { return json_; }

  /// The way to slot. Fails when a certificate cannot be read.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> Slot() const;

  /// The way to account. Fails when a certificate cannot be read.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> Account() const;

  /// The way to payment. Fails when a certificate cannot be read.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> Payment() const;

  /// Makes one call and waits for its answer, `Call(*stub, &Stub::CheckInventory, request)`.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Call(Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request) const {
    grpc::ClientContext context;
    SetDeadline(context);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromWire(status);
    return response;
  }

 private:
  absl::StatusOr<std::shared_ptr<grpc::Channel>> WayTo(const std::string& address) const;
  void SetDeadline(grpc::ClientContext& context) const;

  rpc::TlsFiles files_;
  std::string account_ = "localhost:7401";
  std::string slot_ = "localhost:7402";
  std::string payment_ = "localhost:7404";
  int timeout_seconds_ = 60;
  bool json_ = false;
};

/// A command: a verb of the program, and what it does when it was chosen.
struct Command {
  CLI::App* verb = nullptr;
  std::function<Exit()> run;
};

/// Adds the commands of one topic to the program.
using AddTopic = void (*)(CLI::App& app, Session& session, std::vector<Command>& commands);

}  // namespace houbu::ctl
