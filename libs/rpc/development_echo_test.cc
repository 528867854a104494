#include "libs/rpc/development_echo.h"

#include <catch2/catch.hpp>

#include "libs/base/refusal.h"
#include "libs/testing/test_service.h"

namespace houbu::rpc {

namespace {

using development::v1::EchoRequest;
using development::v1::EchoResponse;
using EchoStub = development::v1::EchoService::Stub;

absl::StatusOr<EchoResponse> Ask(const Channel& channel, int bytes, bool in_loop) {
  const Client<EchoStub> client(channel);
  EchoRequest request;
  request.set_payload_bytes(bytes);
  request.set_in_loop(in_loop);
  return testing::RunTask(
      client.Call(&EchoStub::async_interface::Echo, request, Within(absl::Seconds(5))));
}

}  // namespace

TEST_CASE("the empty method answers as many bytes as were asked for", "[libs][rpc][echo]") {
  testing::TestService service;
  EchoHandlers handlers(service.seam);
  REQUIRE(service.Serve(handlers).ok());
  const Channel channel = service.ConnectAs("gateway");
  for (const bool in_loop : {false, true}) {
    CAPTURE(in_loop);
    for (const int bytes : {0, 1, 5000, 1 << 20}) {
      CAPTURE(bytes);
      const absl::StatusOr<EchoResponse> answer = Ask(channel, bytes, in_loop);
      REQUIRE(answer.ok());
      CHECK(answer->payload().size() == static_cast<std::size_t>(bytes));
    }
    for (const int bytes : {-1, (1 << 20) + 1}) {
      CAPTURE(bytes);
      CHECK(Ask(channel, bytes, in_loop).status().code() == absl::StatusCode::kInvalidArgument);
    }
  }
}

}  // namespace houbu::rpc
