#include "services/waitlist/peers/effect_calls.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "libs/base/civil.h"
#include "libs/rpc/wire.h"

#include "houbu/notification/v1/notification.pb.h"
#include "houbu/payment/v1/payment.pb.h"
#include "houbu/slot/v1/slot.pb.h"

namespace houbu::waitlist {
namespace {

using postgres::OutboxCall;

OutboxCall To(absl::string_view target, absl::string_view method,
              const google::protobuf::Message& request) {
  OutboxCall call;
  call.target = std::string(target);
  call.method = std::string(method);
  call.payload = request.SerializeAsString();
  return call;
}

/// Knows the order, the call's id and the time; writes one call for each kind of effect.
class Encoder final {
 public:
  Encoder(const Order& order, std::string id, absl::Time now)
      : order_(order), id_(std::move(id)), now_(now) {}

  OutboxCall operator()(const PaymentOpened&) const {
    payment::v1::CreatePaymentRequest request;
    request.set_request_id(id_);
    request.set_payment_id(
        std::string(absl::StripPrefix(absl::string_view(order_.payment), "payments/")));
    request.set_order(NameOf(order_));
    request.set_account(order_.account);
    *request.mutable_amount() = rpc::ToWire(order_.prepayment);
    *request.mutable_expire_time() = rpc::ToWire(order_.pay_by);
    request.set_product(payment::v1::PRODUCT_PREPAYMENT);
    return To("payment", "/houbu.payment.v1.PaymentService/CreatePayment", request);
  }

  OutboxCall operator()(const PaymentClosed&) const {
    payment::v1::CancelPaymentRequest request;
    request.set_request_id(id_);
    request.set_name(order_.payment);
    return To("payment", "/houbu.payment.v1.PaymentService/CancelPayment", request);
  }

  OutboxCall operator()(const PaymentReturned& returned) const {
    payment::v1::RefundPaymentRequest request;
    request.set_request_id(id_);
    request.set_name(order_.payment);
    request.set_reason(returned.late ? payment::v1::REFUND_REASON_LATE
                                     : payment::v1::REFUND_REASON_WAITLIST_ENDED);
    return To("payment", "/houbu.payment.v1.PaymentService/RefundPayment", request);
  }

  OutboxCall operator()(const PaymentSettled&) const {
    payment::v1::SettlePaymentRequest request;
    request.set_request_id(id_);
    request.set_name(order_.payment);
    *request.mutable_fare() = rpc::ToWire(order_.fare_paid);
    request.set_order(order_.booking);
    return To("payment", "/houbu.payment.v1.PaymentService/SettlePayment", request);
  }

  OutboxCall operator()(const DemandEnlisted& enlisted) const {
    const Choice& choice = order_.choices[enlisted.choice];
    slot::v1::EnlistDemandRequest request;
    request.set_request_id(id_);
    request.set_demand_id(choice.demand);
    request.set_order(NameOf(order_));
    request.mutable_spec()->set_run(choice.wish.run);
    request.mutable_spec()->set_class_code(choice.wish.class_code);
    request.mutable_spec()->set_from(choice.wish.from);
    request.mutable_spec()->set_to(choice.wish.to);
    for (const Traveller& traveller : order_.travellers) {
      type::v1::Traveller& wire = *request.add_travellers();
      wire.set_traveller_key(traveller.key);
      wire.set_passenger(traveller.passenger);
      wire.set_masked_name(traveller.masked_name);
      wire.set_type(static_cast<type::v1::PassengerType>(traveller.type));
    }
    request.set_account(order_.account);
    request.set_payment(order_.payment);
    *request.mutable_effective_time() = rpc::ToWire(order_.effective_at);
    return To("slot", "/houbu.slot.v1.DemandService/EnlistDemand", request);
  }

  OutboxCall operator()(const DemandWithdrawn& withdrawn) const {
    slot::v1::WithdrawDemandRequest request;
    request.set_request_id(id_);
    request.set_name(absl::StrCat("demands/", order_.choices[withdrawn.choice].demand));
    return To("slot", "/houbu.slot.v1.DemandService/WithdrawDemand", request);
  }

  OutboxCall operator()(const OwnerTold&) const {
    notification::v1::SendMessageRequest request;
    request.set_request_id(id_);
    request.set_account(order_.account);
    request.set_subject(NameOf(order_));
    *request.mutable_event_time() = rpc::ToWire(now_);
    auto& parameters = *request.mutable_parameters();
    const Choice& choice = ServedOrFirst();
    parameters["title"] = choice.quote.display_name;
    parameters["date"] = FormatCivilDay(choice.quote.boarding_day);
    parameters["class"] = choice.wish.class_code;
    switch (order_.state) {
      case OrderState::kServed:
        request.set_event(notification::v1::EVENT_WAITLIST_SERVED);
        parameters["amount"] = FormatYuan(order_.fare_paid);
        break;
      case OrderState::kPendingPayment:
      case OrderState::kWaiting:
        request.set_event(notification::v1::EVENT_WAITLIST_EFFECTIVE);
        parameters["deadline"] = DeadlineInZoneOf(choice);
        break;
      case OrderState::kWithdrawn:
      case OrderState::kFailed:
      case OrderState::kLapsed:
        request.set_event(notification::v1::EVENT_WAITLIST_ENDED);
        parameters["reason"] = std::string(EndReasonName(order_.end_reason));
        if (order_.effective_at != absl::InfiniteFuture()) {
          parameters["amount"] = FormatYuan(order_.prepayment);
        }
        break;
    }
    return To("notification", "/houbu.notification.v1.NotificationService/SendMessage", request);
  }

 private:
  /// The deadline as the run's own clocks show it.
  std::string DeadlineInZoneOf(const Choice& choice) const {
    absl::TimeZone zone = absl::UTCTimeZone();
    if (absl::StatusOr<absl::TimeZone> known = LoadZone(choice.quote.time_zone); known.ok()) {
      zone = *known;
    }
    return absl::FormatTime("%Y-%m-%d %H:%M", order_.deadline, zone);
  }

  /// The choice the message is about.
  const Choice& ServedOrFirst() const {
    const auto served = std::find_if(
        order_.choices.begin(), order_.choices.end(),
        [this](const Choice& choice) { return choice.demand == order_.served_demand; });
    return served == order_.choices.end() ? order_.choices.front() : *served;
  }

  const Order& order_;
  std::string id_;
  absl::Time now_;
};

/// Calls that must stay in order share a lane: those about one demand, and those to one service
/// about the order as a whole. A lane that is held up holds up no other.
std::string LaneOf(const Order& order, const Effect& effect, absl::string_view target) {
  if (const auto* enlisted = std::get_if<DemandEnlisted>(&effect)) {
    return absl::StrCat("demands/", order.choices[enlisted->choice].demand);
  }
  if (const auto* withdrawn = std::get_if<DemandWithdrawn>(&effect)) {
    return absl::StrCat("demands/", order.choices[withdrawn->choice].demand);
  }
  return absl::StrCat(NameOf(order), "/", target);
}

}  // namespace

OutboxCall CallOf(const Order& order, const Effect& effect, std::string id, absl::Time now) {
  OutboxCall call = std::visit(Encoder(order, id, now), effect);
  call.id = std::move(id);
  call.aggregate = LaneOf(order, effect, call.target);
  call.due_at = now;
  return call;
}

}  // namespace houbu::waitlist
