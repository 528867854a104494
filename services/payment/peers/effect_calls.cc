#include "services/payment/peers/effect_calls.h"

#include <string>
#include <variant>

#include "absl/strings/str_cat.h"

#include "libs/base/id.h"
#include "libs/rpc/wire.h"

#include "houbu/notification/v1/notification.pb.h"
#include "houbu/payment/v1/payment.pb.h"

namespace houbu::payment {
namespace {

postgres::OutboxCall CallFor(const std::string& key, const Commitment& commitment) {
  postgres::OutboxCall call;
  call.id = DerivedId("ob", key);
  call.traceparent = commitment.traceparent;
  call.due_at = commitment.now;
  return call;
}

postgres::OutboxCall Encode(const SuccessTold& told, const Commitment& commitment) {
  postgres::OutboxCall call = CallFor(told.key, commitment);
  v1::OnPaymentSucceededRequest request;
  request.set_request_id(call.id);
  request.set_payment(told.payment);
  request.set_order(told.order);
  *request.mutable_amount() = rpc::ToWire(told.amount);
  *request.mutable_pay_time() = rpc::ToWire(told.pay_time);
  call.aggregate = told.payment;
  call.target = told.listener;
  call.method = "/houbu.payment.v1.PaymentListenerService/OnPaymentSucceeded";
  call.payload = request.SerializeAsString();
  return call;
}

notification::v1::Event EventOf(NoticeEvent event) {
  switch (event) {
    case NoticeEvent::kPaid:
      return notification::v1::EVENT_PAID;
    case NoticeEvent::kRefunded:
      return notification::v1::EVENT_REFUNDED;
  }
  return notification::v1::EVENT_UNSPECIFIED;
}

postgres::OutboxCall Encode(const NoticeSent& notice, const Commitment& commitment) {
  postgres::OutboxCall call = CallFor(notice.key, commitment);
  notification::v1::SendMessageRequest request;
  request.set_request_id(call.id);
  request.set_account(notice.account);
  request.set_event(EventOf(notice.event));
  request.set_subject(notice.order);
  (*request.mutable_parameters())["amount"] = FormatYuan(notice.amount);
  (*request.mutable_parameters())["order"] = notice.order;
  *request.mutable_event_time() = rpc::ToWire(notice.time);
  // A lane of its own: a listener that is away keeps no message back.
  call.aggregate = absl::StrCat(notice.payment, "/messages");
  call.target = "notification";
  call.method = "/houbu.notification.v1.NotificationService/SendMessage";
  call.payload = request.SerializeAsString();
  return call;
}

}  // namespace

postgres::OutboxCall EncodeCall(const Effect& effect, const Commitment& commitment) {
  return std::visit([&commitment](const auto& each) { return Encode(each, commitment); }, effect);
}

}  // namespace houbu::payment
