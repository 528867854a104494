#include "services/slot/peers/effect_calls.h"

#include <string>
#include <utility>

#include "libs/base/id.h"
#include "libs/rpc/wire.h"

#include "houbu/notification/v1/notification.pb.h"
#include "houbu/payment/v1/payment.pb.h"
#include "houbu/slot/v1/cancellation.pb.h"
#include "houbu/slot/v1/slot.pb.h"

namespace houbu::slot {
namespace {

namespace pay = payment::v1;
namespace note = notification::v1;

pay::Product ProductOf(RunKind kind) {
  switch (kind) {
    case RunKind::kTrain:
      return pay::PRODUCT_RAIL;
    case RunKind::kWindow:
      return pay::PRODUCT_APPOINTMENT;
  }
  return pay::PRODUCT_UNSPECIFIED;
}

note::Event EventOf(Notice notice) {
  switch (notice) {
    case Notice::kBooked:
      return note::EVENT_BOOKED;
    case Notice::kCancelled:
      return note::EVENT_CANCELLED;
    case Notice::kRebooked:
      return note::EVENT_REBOOKED;
  }
  return note::EVENT_UNSPECIFIED;
}

// The id after the slash: "payments/pm-1" is pm-1.
std::string LastPart(const std::string& name) { return name.substr(name.rfind('/') + 1); }

class Encoder final {
 public:
  explicit Encoder(const EffectContext& context) {
    call_.id = DerivedId("ob", context.seed);
    call_.traceparent = context.traceparent;
    call_.due_at = context.now;
  }

  void operator()(const PaymentWanted& wanted) {
    pay::CreatePaymentRequest request;
    request.set_request_id(call_.id);
    request.set_payment_id(LastPart(wanted.payment));
    request.set_order(NameOf(wanted.booking));
    request.set_account(wanted.account);
    *request.mutable_amount() = rpc::ToWire(wanted.amount);
    *request.mutable_expire_time() = rpc::ToWire(wanted.expires_at);
    request.set_product(ProductOf(wanted.kind));
    Address("payment", "/houbu.payment.v1.PaymentService/CreatePayment", NameOf(wanted.booking));
    call_.payload = request.SerializeAsString();
  }

  void operator()(const PaymentUnwanted& unwanted) {
    pay::CancelPaymentRequest request;
    request.set_request_id(call_.id);
    request.set_name(unwanted.payment);
    Address("payment", "/houbu.payment.v1.PaymentService/CancelPayment", NameOf(unwanted.booking));
    call_.payload = request.SerializeAsString();
  }

  void operator()(const RefundWanted& wanted) {
    pay::RefundPaymentRequest request;
    request.set_request_id(call_.id);
    request.set_name(wanted.payment);
    request.set_reason(wanted.cause == RefundCause::kLate ? pay::REFUND_REASON_LATE
                                                          : pay::REFUND_REASON_CANCELLED);
    if (wanted.facts.has_value()) {
      pay::FareFacts& facts = *request.mutable_fare_facts();
      facts.set_product(ProductOf(wanted.facts->kind));
      *facts.mutable_fare() = rpc::ToWire(wanted.facts->fare);
      facts.set_tickets(wanted.facts->tickets);
      *facts.mutable_departure_time() = rpc::ToWire(wanted.facts->departs_at);
      *facts.mutable_cancel_time() = rpc::ToWire(wanted.facts->cancelled_at);
    }
    request.set_batch(wanted.batch);
    Address("payment", "/houbu.payment.v1.PaymentService/RefundPayment", NameOf(wanted.booking));
    call_.payload = request.SerializeAsString();
  }

  void operator()(const MessageWanted& wanted) {
    note::SendMessageRequest request;
    request.set_request_id(call_.id);
    request.set_account(wanted.account);
    request.set_event(EventOf(wanted.notice));
    request.set_subject(NameOf(wanted.booking));
    for (const auto& [key, value] : wanted.parameters) (*request.mutable_parameters())[key] = value;
    *request.mutable_event_time() = rpc::ToWire(wanted.at);
    // A line of its own: a payment that is away must not keep anybody from being told.
    Address("notification", "/houbu.notification.v1.NotificationService/SendMessage",
            NameOf(wanted.booking) + "/messages");
    call_.payload = request.SerializeAsString();
  }

  void operator()(const MatchFound& found) {
    v1::OnMatchRequest request;
    request.set_request_id(call_.id);
    request.set_demand(NameOf(found.demand));
    request.set_order(found.order);
    request.set_booking(NameOf(found.booking));
    *request.mutable_total() = rpc::ToWire(found.total);
    Address("waitlist", "/houbu.slot.v1.MatchListenerService/OnMatch", NameOf(found.demand));
    call_.payload = request.SerializeAsString();
  }

  void operator()(const DemandLost& lost) {
    v1::OnDemandFailedRequest request;
    request.set_request_id(call_.id);
    request.set_demand(NameOf(lost.demand));
    request.set_order(lost.order);
    request.set_reason(lost.reason);
    Address("waitlist", "/houbu.slot.v1.MatchListenerService/OnDemandFailed", NameOf(lost.demand));
    call_.payload = request.SerializeAsString();
  }

  void operator()(const OwnerCancelled& cancelled) {
    v1::OnBookingCancelledRequest request;
    request.set_request_id(call_.id);
    request.set_account(cancelled.account);
    request.set_booking(NameOf(cancelled.booking));
    *request.mutable_cancel_time() = rpc::ToWire(cancelled.at);
    // A line of its own: an account service that is away keeps no money from going back.
    Address("account", "/houbu.slot.v1.CancellationListenerService/OnBookingCancelled",
            NameOf(cancelled.booking) + "/cancellation");
    call_.payload = request.SerializeAsString();
  }

  postgres::OutboxCall Take() { return std::move(call_); }

 private:
  void Address(const char* target, const char* method, std::string aggregate) {
    call_.target = target;
    call_.method = method;
    call_.aggregate = std::move(aggregate);
  }

  postgres::OutboxCall call_;
};

}  // namespace

postgres::OutboxCall EncodeEffectCall(const Effect& effect, const EffectContext& context) {
  Encoder encoder(context);
  std::visit(encoder, effect);
  return encoder.Take();
}

}  // namespace houbu::slot
