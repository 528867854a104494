#include "services/slot/peers/effect_calls.h"

#include <catch2/catch.hpp>

#include "services/slot/peers/answers.h"

#include "houbu/notification/v1/notification.pb.h"
#include "houbu/payment/v1/payment.pb.h"
#include "houbu/slot/v1/cancellation.pb.h"
#include "houbu/slot/v1/slot.pb.h"

namespace houbu::slot {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'795'000'000);

Booking Sample() {
  BookingTerms terms;
  terms.id = BookingId("bk-1");
  terms.number = "YJ20261120000001";
  terms.account = "accounts/ac-1";
  terms.trip.kind = RunKind::kTrain;
  terms.trip.display_name = "G1";
  terms.trip.time_zone = "Asia/Shanghai";
  terms.trip.from_name = "甲";
  terms.trip.to_name = "丙";
  terms.trip.class_code = "second";
  terms.trip.departs_at = kNow + absl::Hours(25);
  terms.fare = Fen(10050);
  terms.total = Fen(20100);
  terms.payment = "payments/pm-1";
  terms.places.resize(2);
  terms.places[0].coach = "01";
  terms.places[0].number = "05A";
  return HoldPlaces(terms, kNow, absl::Minutes(10));
}

EffectContext Context(const std::string& seed) { return EffectContext{seed, "", kNow}; }

}  // namespace

TEST_CASE("an effect is the same call for ever, and no other's", "[slot][effects][X-07]") {
  const Effect effect = PaymentFor(Sample());
  const auto first = EncodeEffectCall(effect, Context("bookings/bk-1/1/1"));
  CHECK(first.id == EncodeEffectCall(effect, Context("bookings/bk-1/1/1")).id);
  CHECK(first.id != EncodeEffectCall(effect, Context("bookings/bk-1/1/2")).id);
  CHECK(first.aggregate == "bookings/bk-1");
  CHECK(first.target == "payment");
  payment::v1::CreatePaymentRequest request;
  REQUIRE(request.ParseFromString(first.payload));
  CHECK(request.request_id() == first.id);
  CHECK(request.payment_id() == "pm-1");
  CHECK(request.order() == "bookings/bk-1");
  CHECK(request.amount().minor_units() == 20100);
  CHECK(request.product() == payment::v1::PRODUCT_RAIL);
  CHECK(OpenedPaymentOf(first.payload)->value() == "bk-1");
}

TEST_CASE("a refund brings the facts its fee depends on", "[slot][effects][W-13]") {
  const Effect effect = RefundFor(Sample(), kNow);
  const auto call = EncodeEffectCall(effect, Context("s"));
  payment::v1::RefundPaymentRequest request;
  REQUIRE(request.ParseFromString(call.payload));
  CHECK(request.name() == "payments/pm-1");
  CHECK(request.fare_facts().fare().minor_units() == 10050);
  CHECK(request.fare_facts().tickets() == 2);
  CHECK(request.fare_facts().departure_time().seconds() -
            request.fare_facts().cancel_time().seconds() ==
        25 * 3600);
}

TEST_CASE("late money goes back whole", "[slot][effects][W-04]") {
  RefundWanted wanted;
  wanted.booking = BookingId("bk-1");
  wanted.payment = "payments/pm-1";
  wanted.cause = RefundCause::kLate;
  payment::v1::RefundPaymentRequest request;
  REQUIRE(request.ParseFromString(EncodeEffectCall(wanted, Context("s")).payload));
  CHECK_FALSE(request.has_fare_facts());
  CHECK(request.reason() == payment::v1::REFUND_REASON_LATE);
}

TEST_CASE("the money of a cancelled run goes back whole, in the run's batch",
          "[slot][effects][cancelled_run][X-16]") {
  Booking booking = Sample();
  booking.payment = "payments/pm-1";
  booking.trip.run = RunId("rn-1");
  payment::v1::RefundPaymentRequest request;
  const Effect effect = RefundWithRun(booking);
  REQUIRE(request.ParseFromString(EncodeEffectCall(effect, Context("s")).payload));
  CHECK(request.name() == "payments/pm-1");
  CHECK(request.batch() == "runs/rn-1");
  CHECK_FALSE(request.has_fare_facts());
  CHECK(request.reason() == payment::v1::REFUND_REASON_CANCELLED);
}

TEST_CASE("an own cancellation is told to account, in a lane of its own", "[slot][effects][R-19]") {
  OwnerCancelled cancelled;
  cancelled.booking = BookingId("bk-1");
  cancelled.account = "accounts/ac-1";
  cancelled.at = kNow;
  const auto call = EncodeEffectCall(cancelled, Context("s"));
  CHECK(call.target == "account");
  CHECK(call.aggregate == "bookings/bk-1/cancellation");
  v1::OnBookingCancelledRequest request;
  REQUIRE(request.ParseFromString(call.payload));
  CHECK(request.request_id() == call.id);
  CHECK(request.account() == "accounts/ac-1");
  CHECK(request.booking() == "bookings/bk-1");
  CHECK(request.cancel_time().seconds() == absl::ToUnixSeconds(kNow));
}

TEST_CASE("a message names the booking and keeps a lane of its own", "[slot][effects][R-13n]") {
  const Effect effect = MessageFor(Sample(), Notice::kBooked, kNow);
  const auto call = EncodeEffectCall(effect, Context("s"));
  CHECK(call.aggregate == "bookings/bk-1/messages");
  notification::v1::SendMessageRequest request;
  REQUIRE(request.ParseFromString(call.payload));
  CHECK(request.event() == notification::v1::EVENT_BOOKED);
  CHECK(request.parameters().at("number") == "YJ20261120000001");
  CHECK(request.parameters().at("title") == "G1");
  CHECK(request.parameters().at("from") == "甲");
  CHECK(request.parameters().at("places") == "01-05A");
  CHECK(request.parameters().at("amount") == "201.00");
}

TEST_CASE("the listener's word is read, and silence is none", "[slot][effects][W-07]") {
  MatchFound found;
  found.demand = DemandId("dm-1");
  found.order = "waitlistOrders/wo-1";
  found.booking = BookingId("bk-1");
  found.total = Fen(100);
  const auto call = EncodeEffectCall(found, Context("s"));
  CHECK(call.target == "waitlist");
  v1::OnMatchResponse said;
  CHECK_FALSE(VerdictOf(call.payload, said.SerializeAsString()).ok());
  said.set_verdict(v1::OnMatchResponse::VERDICT_DECLINED);
  CHECK_FALSE(VerdictOf(call.payload, said.SerializeAsString())->accepted);
  said.set_verdict(v1::OnMatchResponse::VERDICT_ACCEPTED);
  const Verdict verdict = VerdictOf(call.payload, said.SerializeAsString()).value();
  CHECK(verdict.accepted);
  CHECK(verdict.demand.value() == "dm-1");
}

}  // namespace houbu::slot
