#include "services/payment/rpc/callback_endpoint.h"

#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "services/payment/app/world_subject.h"

namespace houbu::payment {
namespace {

// Believes callbacks signed "good"; their body is the provider's word "<payment> paid".
class TrustingReader final : public NoticeReader {
 public:
  explicit TrustingReader(TestWorld& world) : world_(world) {}

  absl::StatusOr<ProvenNotice> Read(const SignedNotice& notice, absl::Time) const override {
    if (notice.Header("signature") != "good") {
      return StatusWithReason(absl::StatusCode::kUnauthenticated, "FORGED", "no");
    }
    ProvenNotice proven;
    proven.raw.nonce = notice.Header("nonce");
    proven.payment = PaymentId(notice.body);
    proven.order = world_.provider.Pay(proven.payment, world_.clock.Now());
    return proven;
  }

  CallbackAnswer Answer(int status, absl::string_view outcome) const override {
    CallbackAnswer answer;
    answer.status = status;
    answer.content_type = "text/plain";
    answer.body = std::string(outcome);
    return answer;
  }

 private:
  TestWorld& world_;
};

struct Door {
  TestWorld world;
  TrustingReader reader{world};
  std::map<std::string, int> counts;
  CallbackEndpoint endpoint{reader, world.facts, world.clock,
                            [this](absl::string_view outcome) { ++counts[std::string(outcome)]; }};

  http::Response Knock(const std::string& body, const std::string& signature,
                       const std::string& nonce) {
    http::Request request;
    request.body = body;
    request.headers.Set("Signature", signature);
    request.headers.Set("Nonce", nonce);
    return *testing::RunTask(endpoint.Take(request));
  }
};

TEST_CASE("A proven callback is taken, again too, but never replayed",
          "[payment][callback][X-07]") {
  Door door;
  const PaymentId id = door.world.Open("py-1", 1000);
  REQUIRE(door.world.Start(id).ok());
  CHECK(door.Knock("py-1", "good", "n-1").status == 200);
  CHECK(door.world.Of(id).state == PaymentState::kSucceeded);
  CHECK(door.Knock("py-1", "good", "n-2").status == 200);
  CHECK(door.Knock("py-1", "good", "n-2").status == 409);
  CHECK(door.world.Of(id).captured == Fen(1000));
  CHECK(door.counts["ACCEPTED"] == 2);
  CHECK(door.counts["REPLAYED"] == 1);
}

TEST_CASE("A callback that is not proven, too large or not ours changes nothing",
          "[payment][callback][X-07]") {
  Door door;
  const PaymentId id = door.world.Open("py-1", 1000);
  REQUIRE(door.world.Start(id).ok());
  const std::int64_t version = door.world.Of(id).version;
  CHECK(door.Knock("py-1", "bad", "n-1").status == 401);
  const http::Response large = door.Knock(std::string(kCallbackBytesMax + 1, 'x'), "good", "n-2");
  CHECK(large.status == 413);
  CHECK(large.body == "OVERSIZED");
  CHECK(large.headers.Get("Content-Type") == "text/plain");
  CHECK(door.Knock("py-9", "good", "n-3").status == 404);
  CHECK(door.world.Of(id).version == version);
  CHECK(door.counts["FORGED"] == 1);
  CHECK(door.counts["OVERSIZED"] == 1);
  CHECK(door.counts["UNKNOWN"] == 1);
}

TEST_CASE("A callback that lost every race shall come again", "[payment][callback][X-07]") {
  Door door;
  const PaymentId id = door.world.Open("py-1", 1000);
  REQUIRE(door.world.Start(id).ok());
  door.world.store.LoseRaces(100);
  CHECK(door.Knock("py-1", "good", "n-1").status == 503);
  door.world.store.LoseRaces(0);
  CHECK(door.Knock("py-1", "good", "n-2").status == 200);
  CHECK(door.world.Of(id).state == PaymentState::kSucceeded);
}

}  // namespace
}  // namespace houbu::payment
