/// An empty method: what any call costs at least, so that others can be told as multiples of it.
/// Answered at once, on the shortest way a call can take, or in the event loop. Registered only
/// when the service is started with it enabled.
#pragma once

#include <optional>

#include "absl/status/status.h"

#include "libs/async/task.h"
#include "libs/rpc/seam.h"

#include "houbu/development/v1/echo.grpc.pb.h"

namespace houbu::rpc {

/// Serves houbu.development.v1.EchoService.
class EchoHandlers final : public development::v1::EchoService::CallbackService {
 public:
  /// `seam` must outlive this.
  explicit EchoHandlers(Seam& seam) : seam_(seam) {}

  /// Answers as many bytes as were asked for; a size below 0 or above 1 MiB is malformed.
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context,
                                 const development::v1::EchoRequest* request,
                                 development::v1::EchoResponse* response) override;

 private:
  std::optional<absl::Status> AnswerAtOnce(const Call& call,
                                           const development::v1::EchoRequest& request,
                                           development::v1::EchoResponse& response);
  async::Task<development::v1::EchoResponse> Answer(const Call& call,
                                                    const development::v1::EchoRequest& request);

  Seam& seam_;
};

}  // namespace houbu::rpc
