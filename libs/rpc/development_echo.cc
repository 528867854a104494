#include "libs/rpc/development_echo.h"

#include <cstddef>
#include <optional>
#include <string>

#include "libs/async/status_macros.h"

namespace houbu::rpc {

namespace {

constexpr int kPayloadBytesMax = 1 << 20;

absl::Status Fill(const development::v1::EchoRequest& request,
                  development::v1::EchoResponse& response) {
  Violations violations;
  if (request.payload_bytes() < 0 || request.payload_bytes() > kPayloadBytesMax) {
    violations.Add("payload_bytes", "must be from 0 to 1048576");
    return violations.ToStatus();
  }
  response.mutable_payload()->assign(static_cast<std::size_t>(request.payload_bytes()), '-');
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* EchoHandlers::Echo(grpc::CallbackServerContext* context,
                                             const development::v1::EchoRequest* request,
                                             development::v1::EchoResponse* response) {
  return seam_.RunAtOnce(context, request, response, this, &EchoHandlers::AnswerAtOnce,
                         &EchoHandlers::Answer);
}

std::optional<absl::Status> EchoHandlers::AnswerAtOnce(const Call&,
                                                       const development::v1::EchoRequest& request,
                                                       development::v1::EchoResponse& response) {
  if (request.in_loop()) return std::nullopt;
  return Fill(request, response);
}

async::Task<development::v1::EchoResponse> EchoHandlers::Answer(
    const Call&, const development::v1::EchoRequest& request) {
  development::v1::EchoResponse response;
  CO_RETURN_IF_ERROR(Fill(request, response));
  co_return response;
}

}  // namespace houbu::rpc
