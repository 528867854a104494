#include "services/payment/peers/effect_calls.h"

#include <catch2/catch.hpp>

#include "houbu/notification/v1/notification.pb.h"
#include "houbu/payment/v1/payment.pb.h"

namespace houbu::payment {
namespace {

Commitment Now() {
  Commitment commitment;
  commitment.now = absl::FromUnixSeconds(1'793'491'200);
  commitment.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  return commitment;
}

TEST_CASE("The opener is told by its own listener, always under one id", "[payment][peers]") {
  SuccessTold told;
  told.key = "py-1:succeeded";
  told.listener = "waitlist";
  told.payment = "payments/py-1";
  told.order = "waitlistOrders/wo-1";
  told.amount = Fen(5240);
  told.pay_time = Now().now;
  const postgres::OutboxCall call = EncodeCall(told, Now());
  CHECK(call.target == "waitlist");
  CHECK(call.aggregate == "payments/py-1");
  CHECK(call.traceparent == Now().traceparent);
  CHECK(call.id == EncodeCall(told, Now()).id);
  CHECK(call.id.size() <= 64);
  v1::OnPaymentSucceededRequest request;
  REQUIRE(request.ParseFromString(call.payload));
  CHECK(request.request_id() == call.id);
  CHECK(request.payment() == "payments/py-1");
  CHECK(request.amount().minor_units() == 5240);
}

TEST_CASE("The payer's message names amount and order", "[payment][peers]") {
  NoticeSent notice;
  notice.key = "rf-1:refunded";
  notice.account = "accounts/ac-1";
  notice.event = NoticeEvent::kRefunded;
  notice.payment = "payments/py-1";
  notice.order = "bookings/bk-1";
  notice.amount = Fen(4740);
  const postgres::OutboxCall call = EncodeCall(notice, Now());
  CHECK(call.target == "notification");
  notification::v1::SendMessageRequest request;
  REQUIRE(request.ParseFromString(call.payload));
  CHECK(request.event() == notification::v1::EVENT_REFUNDED);
  CHECK(request.subject() == "bookings/bk-1");
  CHECK(request.parameters().at("amount") == "47.40");
  CHECK(request.parameters().at("order") == "bookings/bk-1");
}

}  // namespace
}  // namespace houbu::payment
