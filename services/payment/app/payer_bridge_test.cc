#include "services/payment/app/payer_bridge.h"

#include <string>

#include <catch2/catch.hpp>

#include "services/payment/app/world_subject.h"

namespace houbu::payment {
namespace {

TEST_CASE("Who pays on a page pays by what was prepared for them, and nobody else does",
          "[payment][start][X-07]") {
  TestWorld world;
  const PaymentId id = world.Open("py-1", 1000);
  StartCommand command;
  command.id = id;
  command.account = "accounts/ac-1";
  command.payer = Payer{"openid-1", "digest-1"};
  const auto start = [&world](const StartCommand& asked) {
    return testing::RunTask(world.start.Start(asked, world.ForPayment())).status();
  };
  world.provider.loses_answers = true;
  CHECK(start(command).code() == absl::StatusCode::kUnavailable);
  world.provider.loses_answers = false;
  // The provider has it although we have not heard so.
  StartCommand other = command;
  other.payer = Payer{"openid-2", "digest-2"};
  CHECK(ReasonOf(start(other)) == "PAYER_CHOSEN");
  CHECK(!HasPlaceToPay(world.Of(id)));
  CHECK(start(command).ok());
  CHECK(world.Of(id).prepay_id == "prepay-py-1");
  CHECK(world.Of(id).payer == "digest-1");
  CHECK(world.Of(id).code_url.empty());
  CHECK(start(command).ok());
  CHECK(ReasonOf(start(other)) == "PAYER_CHOSEN");
  CHECK(ReasonOf(world.Start(id).status()) == "PAYER_CHOSEN");
}

TEST_CASE("A page is given what it pays by as long as it can be paid", "[payment][start]") {
  class Signer final : public BridgeSigner {
   public:
    absl::StatusOr<BridgeCall> Sign(const std::string& prepay_id, absl::Time) const override {
      BridgeCall call;
      call.package = "prepay_id=" + prepay_id;
      return call;
    }
  };
  const Signer signer;
  testing::ManualClock clock;
  const PayerBridge bridge(clock, BridgeSigners{{Channel::kWechatPay, &signer}});
  Payment payment;
  payment.channel = Channel::kWechatPay;
  payment.state = PaymentState::kPending;
  payment.expire_time = clock.Now() + absl::Seconds(1);
  const auto is_given = [&bridge](const Payment& asked) {
    return bridge.CallFor(asked)->has_value();
  };
  CHECK(!is_given(payment));
  payment.prepay_id = "wx1";
  CHECK(bridge.CallFor(payment)->value().package == "prepay_id=wx1");
  Payment closing = payment;
  closing.closing = true;
  CHECK(!is_given(closing));
  Payment paid = payment;
  paid.state = PaymentState::kSucceeded;
  CHECK(!is_given(paid));
  Payment elsewhere = payment;
  elsewhere.channel = Channel::kSandbox;
  CHECK(!is_given(elsewhere));
  clock.Advance(absl::Seconds(1));
  CHECK(!is_given(payment));
}

}  // namespace
}  // namespace houbu::payment
