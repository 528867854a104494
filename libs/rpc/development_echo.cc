#include "libs/rpc/development_echo.h"

#include <cstddef>
#include <string>

#include "libs/async/status_macros.h"

namespace houbu::rpc {

namespace {

constexpr int kPayloadBytesMax = 1 << 20;

}  // namespace

grpc::ServerUnaryReactor* EchoHandlers::Echo(grpc::CallbackServerContext* context,
                                             const development::v1::EchoRequest* request,
                                             development::v1::EchoResponse* response) {
  return seam_.Run(context, request, response, this, &EchoHandlers::Answer);
}

async::Task<development::v1::EchoResponse> EchoHandlers::Answer(
    const Call&, const development::v1::EchoRequest& request) {
  Violations violations;
  if (request.payload_bytes() < 0 || request.payload_bytes() > kPayloadBytesMax) {
    violations.Add("payload_bytes", "must be from 0 to 1048576");
  }
  CO_RETURN_IF_ERROR(violations.ToStatus());
  development::v1::EchoResponse response;
  response.mutable_payload()->assign(static_cast<std::size_t>(request.payload_bytes()), '-');
  co_return response;
}

}  // namespace houbu::rpc
