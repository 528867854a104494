#include "libs/rpc/seam.h"

#include <absl/strings/str_cat.h>
#include <prometheus/text_serializer.h>

#include <string>

#include <catch2/catch.hpp>

#include "libs/base/refusal.h"
#include "libs/rpc/traceparent.h"
#include "libs/testing/test_service.h"

namespace houbu::rpc {

namespace {

using development::v1::AdvanceClockRequest;
using development::v1::Clock;
using development::v1::GetClockRequest;

constexpr Refusal kSoldOut{absl::StatusCode::kResourceExhausted, "SOLD_OUT", "Nothing is left."};

async::Task<Clock> AnswerNothing(const Call&) { co_return Clock(); }

async::Task<Clock> AnswerRefusal(const Call&) {
  co_return WithRetryAfter(Refuse(kSoldOut, {{"run", "runs/g1"}}), absl::Seconds(7));
}

async::Task<Clock> AnswerBug(const Call&) {
  co_return absl::InternalError("the password of the database is 1234");
}

async::Task<Clock> AnswerOutage(const Call&) {
  co_return absl::UnavailableError("no route to 10.1.2.3");
}

async::Task<Clock> AnswerThrow(const Call&) {
  co_return absl::CancelledError(std::string(std::size_t(std::stoi("no number")), 'x'));
}

async::Task<Clock> AnswerSlowly(const Call&) {
  const absl::Status slept = co_await async::Sleep(absl::Seconds(20));
  if (!slept.ok()) co_return slept;
  co_return Clock();
}

async::Task<Clock> AnswerWithCaller(Call* seen, const Call& call) {
  *seen = call;
  co_return Clock();
}

absl::StatusOr<Clock> Advance(const Channel& channel, const std::string& request_id) {
  AdvanceClockRequest request;
  request.set_request_id(request_id);
  const Client<testing::ClockStub> client(channel);
  return testing::RunTask(client.Call(&testing::ClockStub::async_interface::AdvanceClock, request,
                                      Within(absl::Seconds(5))));
}

std::string MetricsOf(const testing::TestService& service) {
  return prometheus::TextSerializer().Serialize(service.registry.Collect());
}

}  // namespace

TEST_CASE("a call reaches its handler with who, what and until when", "[rpc][seam]") {
  Call seen;
  testing::TestService service;
  testing::ScriptedHandlers handlers(
      service.seam, [&seen](const Call& call) { return AnswerWithCaller(&seen, call); });
  REQUIRE(service.Serve(handlers).ok());
  CallContext context = Within(absl::Seconds(5));
  context.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  context.language = "en";
  REQUIRE(testing::GetClock(service.ConnectAs("operator"), context).ok());
  CHECK(seen.caller.kind == Caller::Kind::kOperator);
  CHECK(seen.caller.service == "operator");
  CHECK(seen.method == "/houbu.development.v1.ClockService/GetClock");
  CHECK(seen.request_key.caller == "services/operator");
  CHECK(seen.request_key.request_id.empty());
  CHECK(seen.language == "en");
  CHECK(TraceIdOf(seen.traceparent) == TraceIdOf(context.traceparent));
  CHECK(seen.traceparent != context.traceparent);
  CHECK(seen.deadline <= context.deadline);
  CHECK(seen.deadline > context.deadline - absl::Seconds(1));
}

TEST_CASE("only callers the access option names come through", "[rpc][seam][access]") {
  testing::TestService service;
  testing::ScriptedHandlers handlers(service.seam, AnswerNothing);
  REQUIRE(service.Serve(handlers).ok());
  const CallContext context = Within(absl::Seconds(5));
  CallContext good = context;
  good.bearer = "good";
  CallContext bad = context;
  bad.bearer = "stolen";
  struct Case {
    std::string uris;
    CallContext context;
    absl::StatusCode code;
    std::string reason;
  };
  const std::string us = "spiffe://houbu/";
  const std::vector<Case> cases = {
      {us + "operator", context, absl::StatusCode::kOk, ""},
      {us + "slot", context, absl::StatusCode::kPermissionDenied, "CALLER_NOT_ALLOWED"},
      {us + "gateway", context, absl::StatusCode::kPermissionDenied, "CALLER_NOT_ALLOWED"},
      {us + "gateway", good, absl::StatusCode::kPermissionDenied, "CALLER_NOT_ALLOWED"},
      {us + "gateway", bad, absl::StatusCode::kUnauthenticated, ""},
      {us + "slot", good, absl::StatusCode::kPermissionDenied, "TOKEN_NOT_ACCEPTED"},
      {us + "operator", good, absl::StatusCode::kPermissionDenied, "TOKEN_NOT_ACCEPTED"},
      {"spiffe://elsewhere/operator", context, absl::StatusCode::kUnauthenticated, "PEER_UNKNOWN"},
      {us + "operator," + us + "slot", context, absl::StatusCode::kUnauthenticated, "PEER_UNKNOWN"},
      {us + "operator/root", context, absl::StatusCode::kUnauthenticated, "PEER_UNKNOWN"},
      {"", context, absl::StatusCode::kUnauthenticated, "PEER_UNKNOWN"},
  };
  for (const Case& c : cases) {
    INFO(c.uris);
    std::vector<std::string> uris;
    if (const auto comma = c.uris.find(','); comma != std::string::npos) {
      uris = {c.uris.substr(0, comma), c.uris.substr(comma + 1)};
    } else if (!c.uris.empty()) {
      uris = {c.uris};
    }
    const Channel channel = service.Connect(service.authority.IssueWithUris(uris));
    const absl::Status status = testing::GetClock(channel, c.context).status();
    CHECK(status.code() == c.code);
    CHECK(ReasonOf(status) == c.reason);
  }
}

TEST_CASE("a peer without a certificate of our authority is not served", "[rpc][seam][tls]") {
  testing::TestService service;
  testing::ScriptedHandlers handlers(service.seam, AnswerNothing);
  REQUIRE(service.Serve(handlers).ok());
  Tls anonymous = service.authority.Issue("operator");
  anonymous.certificate.clear();
  anonymous.key.clear();
  testing::TestAuthority elsewhere;
  Tls foreign = elsewhere.Issue("operator");
  foreign.ca = anonymous.ca;
  for (const Tls& tls : {anonymous, foreign}) {
    const absl::Status status =
        testing::GetClock(service.Connect(tls), Within(absl::Milliseconds(1500))).status();
    CHECK((status.code() == absl::StatusCode::kUnavailable ||
           status.code() == absl::StatusCode::kDeadlineExceeded));
  }
}

TEST_CASE("a mutation needs a request_id of the allowed form", "[rpc][seam][X-01]") {
  Call seen;
  testing::TestService service;
  testing::ScriptedHandlers handlers(
      service.seam, [&seen](const Call& call) { return AnswerWithCaller(&seen, call); });
  REQUIRE(service.Serve(handlers).ok());
  const Channel channel = service.ConnectAs("operator");
  for (const std::string& id : {std::string(), std::string("a b"), std::string("é"),
                                std::string(65, 'a'), std::string("a/b")}) {
    INFO(id);
    const absl::Status status = Advance(channel, id).status();
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK(ReasonOf(status) == "INVALID_REQUEST");
    REQUIRE(ViolationsOf(status).size() == 1);
    CHECK(ViolationsOf(status)[0].field == "request_id");
  }
  REQUIRE(Advance(channel, "A-z_09").ok());
  CHECK(seen.request_key.request_id == "A-z_09");
  const std::string first = seen.request_key.fingerprint;
  CHECK(first.size() == 64);
  REQUIRE(Advance(channel, "A-z_09").ok());
  CHECK(seen.request_key.fingerprint == first);
  REQUIRE(Advance(channel, std::string(64, 'a')).ok());
  CHECK(seen.request_key.fingerprint != first);
}

TEST_CASE("a refusal crosses the wire with its reason, facts and delay", "[rpc][seam][status]") {
  testing::TestService service;
  testing::ScriptedHandlers handlers(service.seam, AnswerRefusal);
  REQUIRE(service.Serve(handlers).ok());
  const absl::Status status =
      testing::GetClock(service.ConnectAs("operator"), Within(absl::Seconds(5))).status();
  CHECK(status.code() == absl::StatusCode::kResourceExhausted);
  CHECK(ReasonOf(status) == "SOLD_OUT");
  CHECK(status.message() == "Nothing is left.");
  CHECK(MetadataOf(status) == Metadata{{"run", "runs/g1"}});
  CHECK(RetryAfterOf(status) == absl::Seconds(7));
}

TEST_CASE("causes of failures of ours stay with the observer", "[rpc][seam][status]") {
  struct Case {
    testing::ScriptedHandlers::Answer answer;
    absl::StatusCode code;
    std::string cause;
  };
  const std::vector<Case> cases = {
      {AnswerBug, absl::StatusCode::kInternal, "the password of the database is 1234"},
      {AnswerThrow, absl::StatusCode::kInternal, "uncaught stoi"},
      {AnswerOutage, absl::StatusCode::kUnavailable, "no route to 10.1.2.3"},
  };
  for (const Case& c : cases) {
    testing::TestService service;
    testing::ScriptedHandlers handlers(service.seam, c.answer);
    REQUIRE(service.Serve(handlers).ok());
    const absl::Status status =
        testing::GetClock(service.ConnectAs("operator"), Within(absl::Seconds(5))).status();
    CHECK(status.code() == c.code);
    CHECK(status.message().find(c.cause) == absl::string_view::npos);
    CHECK(RetryAfterOf(status).has_value() == (c.code == absl::StatusCode::kUnavailable));
    const CallRecord record = service.observer.Wait(false);
    CHECK(record.status.message() == c.cause);
    CHECK(record.code == c.code);
    CHECK(record.method == "/houbu.development.v1.ClockService/GetClock");
  }
}

TEST_CASE("a handler is cancelled when its caller's deadline passes", "[rpc][seam][deadline]") {
  testing::TestService service;
  testing::ScriptedHandlers handlers(service.seam, AnswerSlowly);
  REQUIRE(service.Serve(handlers).ok());
  const absl::Status status =
      testing::GetClock(service.ConnectAs("operator"), Within(absl::Milliseconds(400))).status();
  CHECK(status.code() == absl::StatusCode::kDeadlineExceeded);
  const CallRecord record = service.observer.Wait(false);
  CHECK(record.code != absl::StatusCode::kOk);
  CHECK(record.duration < absl::Seconds(5));
}

TEST_CASE("no call takes longer than the server allows", "[rpc][seam][deadline]") {
  SeamOptions options;
  options.deadline_max = absl::Milliseconds(300);
  testing::TestService service(options);
  testing::ScriptedHandlers handlers(service.seam, AnswerSlowly);
  REQUIRE(service.Serve(handlers).ok());
  const absl::Status status =
      testing::GetClock(service.ConnectAs("operator"), Within(absl::Seconds(8))).status();
  CHECK(status.code() == absl::StatusCode::kDeadlineExceeded);
  CHECK(service.observer.Wait(false).code == absl::StatusCode::kDeadlineExceeded);
}

TEST_CASE("metrics carry go-grpc-prometheus names and start at zero", "[rpc][seam][metrics]") {
  testing::TestService service;
  testing::ScriptedHandlers handlers(service.seam, AnswerNothing);
  REQUIRE(service.Serve(handlers).ok());
  const std::string labels =
      "grpc_method=\"GetClock\",grpc_service=\"houbu.development.v1.ClockService\","
      "grpc_type=\"unary\"}";
  const std::string handled = absl::StrCat("grpc_server_handled_total{grpc_code=\"OK\",", labels);
  const std::string started = absl::StrCat("grpc_server_started_total{", labels);
  CHECK(MetricsOf(service).find(handled + " 0") != std::string::npos);
  REQUIRE(testing::GetClock(service.ConnectAs("operator"), Within(absl::Seconds(5))).ok());
  const std::string text = MetricsOf(service);
  INFO(text);
  CHECK(text.find(handled + " 1") != std::string::npos);
  CHECK(text.find(started + " 1") != std::string::npos);
  CHECK(text.find("grpc_server_msg_received_total{" + labels + " 1") != std::string::npos);
  CHECK(text.find("grpc_server_msg_sent_total{" + labels + " 1") != std::string::npos);
  CHECK(text.find("grpc_server_handling_seconds_count{" + labels + " 1") != std::string::npos);
  CHECK(text.find("grpc_client_handled_total{grpc_code=\"OK\"," + labels + " 1") !=
        std::string::npos);
}

}  // namespace houbu::rpc
