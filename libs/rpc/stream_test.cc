#include "libs/rpc/stream.h"

#include <absl/strings/str_cat.h>
#include <prometheus/text_serializer.h>

#include <functional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "libs/async/status_macros.h"
#include "libs/base/refusal.h"
#include "libs/rpc/status.h"
#include "libs/testing/test_service.h"

#include "houbu/development/v1/tally.grpc.pb.h"

namespace houbu::rpc {

namespace {

using development::v1::TallyRequest;
using development::v1::TallyResponse;
using development::v1::TallyService;

constexpr Refusal kEnough{absl::StatusCode::kResourceExhausted, "ENOUGH", "It is enough."};

/// Counts a stream, up to so many messages.
class TallyHandlers final : public TallyService::CallbackService {
 public:
  explicit TallyHandlers(Seam& seam, std::int64_t messages_max = 1'000'000)
      : seam_(seam), messages_max_(messages_max) {}

  grpc::ServerReadReactor<TallyRequest>* Tally(grpc::CallbackServerContext* context,
                                               TallyResponse* response) override {
    return RunStream(seam_, context, response, this, &TallyHandlers::Count);
  }

  std::vector<RequestKey> keys;
  std::int64_t read = 0;
  bool saw_end = false;

 private:
  async::Task<TallyResponse> Count(const Call& call, Incoming<TallyRequest>& stream) {
    TallyResponse tally;
    TallyRequest whole;
    while (true) {
      ASSIGN_OR_CO_RETURN(const std::optional<TallyRequest> message, co_await stream.Next());
      if (!message.has_value()) break;
      ++read;
      if (tally.message_count() == 0) whole = *message;
      if (read > messages_max_) co_return Refuse(kEnough);
      tally.set_message_count(tally.message_count() + 1);
      tally.set_byte_count(tally.byte_count() + static_cast<std::int64_t>(message->chunk().size()));
    }
    saw_end = true;
    keys.push_back(call.request_key);
    whole.set_chunk(absl::StrCat(tally.byte_count()));
    ASSIGN_OR_CO_RETURN(RequestKey key, stream.KeyOf(whole));
    keys.push_back(std::move(key));
    co_return tally;
  }

  Seam& seam_;
  const std::int64_t messages_max_;
};

/// A stream from the client's side.
class Sending final {
 public:
  Sending(const Channel& channel, absl::Duration within)
      : stub_(TallyService::NewStub(channel.grpc_channel())) {
    context_.set_deadline(absl::ToChronoTime(Within(within).deadline));
    writer_ = stub_->Tally(&context_, &response);
  }

  bool Send(const std::string& request_id, const std::string& chunk) {
    TallyRequest request;
    request.set_request_id(request_id);
    request.set_chunk(chunk);
    return writer_->Write(request);
  }

  absl::Status End() {
    writer_->WritesDone();
    return FromWire(writer_->Finish());
  }

  absl::Status Finish() { return FromWire(writer_->Finish()); }
  void Cancel() { context_.TryCancel(); }

  TallyResponse response;

 private:
  std::unique_ptr<TallyService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientWriter<TallyRequest>> writer_;
};

}  // namespace

TEST_CASE("a handler reads a stream message by message to its end", "[rpc][stream]") {
  testing::TestService service;
  TallyHandlers handlers(service.seam);
  REQUIRE(service.Serve(handlers).ok());
  const Channel channel = service.ConnectAs("operator");
  const std::string piece(300'000, 'x');
  for (int messages = 1; messages <= 21; messages += 20) {
    Sending sending(channel, absl::Seconds(20));
    for (int i = 0; i < messages; ++i) REQUIRE(sending.Send(i == 0 ? "r1" : "", piece));
    const absl::Status ended = sending.End();
    INFO(ended.ToString());
    REQUIRE(ended.ok());
    CHECK(sending.response.message_count() == messages);
    CHECK(sending.response.byte_count() == messages * 300'000);
  }
  // The first message is all a call knows of its request, until the handler knows better.
  REQUIRE(handlers.keys.size() == 4);
  CHECK(handlers.keys[0].request_id == "r1");
  CHECK(handlers.keys[0].fingerprint == handlers.keys[2].fingerprint);
  CHECK(handlers.keys[1].request_id == "r1");
  CHECK(handlers.keys[1].fingerprint != handlers.keys[3].fingerprint);
  const std::string text = prometheus::TextSerializer().Serialize(service.registry.Collect());
  const std::string labels =
      "{grpc_method=\"Tally\",grpc_service=\"houbu.development.v1.TallyService\","
      "grpc_type=\"client_stream\"}";
  CHECK(text.find("grpc_server_started_total" + labels + " 2") != std::string::npos);
  CHECK(text.find("grpc_server_msg_received_total" + labels + " 22") != std::string::npos);
  CHECK(text.find("grpc_server_msg_sent_total" + labels + " 2") != std::string::npos);
}

TEST_CASE("a stream of nobody who may is not read", "[rpc][stream][access]") {
  testing::TestService service;
  TallyHandlers handlers(service.seam);
  REQUIRE(service.Serve(handlers).ok());
  Sending sending(service.ConnectAs("slot"), absl::Seconds(10));
  sending.Send("r1", "x");
  CHECK(ReasonOf(sending.Finish()) == "CALLER_NOT_ALLOWED");
  CHECK(handlers.read == 0);
  CHECK(service.observer.Wait(false).method == "/houbu.development.v1.TallyService/Tally");
}

TEST_CASE("the first message of a stream names the request", "[rpc][stream][X-01]") {
  testing::TestService service;
  TallyHandlers handlers(service.seam);
  REQUIRE(service.Serve(handlers).ok());
  const Channel channel = service.ConnectAs("operator");
  for (const std::string& id : {std::string(), std::string("a b"), std::string(65, 'a')}) {
    Sending sending(channel, absl::Seconds(10));
    sending.Send(id, "x");
    sending.Send("r1", "x");
    const absl::Status status = sending.Finish();
    CHECK(ReasonOf(status) == "INVALID_REQUEST");
    REQUIRE(ViolationsOf(status).size() == 1);
    CHECK(ViolationsOf(status)[0].field == "request_id");
  }
  CHECK(handlers.read == 0);
}

TEST_CASE("a refusal ends a stream that goes on and on", "[rpc][stream]") {
  testing::TestService service;
  TallyHandlers handlers(service.seam, 3);
  REQUIRE(service.Serve(handlers).ok());
  Sending sending(service.ConnectAs("operator"), absl::Seconds(20));
  const std::string piece(200'000, 'x');
  int sent = 0;
  // More than any window of flow control would take in.
  while (sent < 1000 && sending.Send(sent == 0 ? "r1" : "", piece)) ++sent;
  CHECK(sent < 1000);
  CHECK(ReasonOf(sending.Finish()) == "ENOUGH");
  CHECK(handlers.read == 4);
}

TEST_CASE("a caller that goes away in the middle has sent no whole stream", "[rpc][stream]") {
  testing::TestService service;
  TallyHandlers handlers(service.seam);
  REQUIRE(service.Serve(handlers).ok());
  {
    Sending sending(service.ConnectAs("operator"), absl::Seconds(10));
    REQUIRE(sending.Send("r1", "x"));
    sending.Cancel();
    CHECK(sending.Finish().code() == absl::StatusCode::kCancelled);
  }
  CHECK(service.observer.Wait(false).code == absl::StatusCode::kCancelled);
  CHECK_FALSE(handlers.saw_end);
}

TEST_CASE("a stream that falls silent ends with its deadline", "[rpc][stream][deadline]") {
  SeamOptions options;
  options.deadline_max = absl::Milliseconds(300);
  testing::TestService service(options);
  TallyHandlers handlers(service.seam);
  REQUIRE(service.Serve(handlers).ok());
  Sending sending(service.ConnectAs("operator"), absl::Seconds(20));
  REQUIRE(sending.Send("r1", "x"));
  CHECK(sending.Finish().code() == absl::StatusCode::kDeadlineExceeded);
  CHECK(service.observer.Wait(false).code == absl::StatusCode::kDeadlineExceeded);
  CHECK_FALSE(handlers.saw_end);
}

TEST_CASE("a server ends with streams open", "[rpc][stream]") {
  testing::TestService service;
  TallyHandlers handlers(service.seam);
  REQUIRE(service.Serve(handlers).ok());
  Sending sending(service.ConnectAs("operator"), absl::Seconds(20));
  REQUIRE(sending.Send("r1", "x"));
  service.server->Drain(absl::Milliseconds(50));
  CHECK_FALSE(sending.Finish().ok());
  CHECK_FALSE(handlers.saw_end);
}

}  // namespace houbu::rpc
