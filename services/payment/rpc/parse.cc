#include "services/payment/rpc/parse.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"

#include "libs/rpc/validate.h"

namespace houbu::payment {

Viewer ViewerOf(const rpc::Caller& caller) {
  switch (caller.kind) {
    case rpc::Caller::Kind::kOperator:
      return Viewer{Viewer::Kind::kOperator, ""};
    case rpc::Caller::Kind::kService:
      return Viewer{Viewer::Kind::kService, caller.service};
    case rpc::Caller::Kind::kAccount:
    case rpc::Caller::Kind::kPublic:
      break;
  }
  return Viewer{Viewer::Kind::kAccount, caller.account};
}

PaymentId ParsePaymentName(Violations& violations, absl::string_view field,
                           absl::string_view name) {
  return PaymentId(rpc::RequireName(violations, field, name, "payments/{payment}").front());
}

Product ParseProduct(Violations& violations, absl::string_view field, v1::Product product) {
  rpc::RequireEnum(violations, field, product, v1::Product_IsValid);
  switch (product) {
    case v1::PRODUCT_APPOINTMENT:
      return Product::kAppointment;
    case v1::PRODUCT_PREPAYMENT:
      return Product::kPrepayment;
    default:
      return Product::kRail;
  }
}

Channel ParseChannel(Violations& violations, absl::string_view field, v1::Channel channel) {
  rpc::RequireEnum(violations, field, channel, v1::Channel_IsValid);
  return Channel::kSandbox;
}

RefundReason ParseReason(Violations& violations, absl::string_view field, v1::RefundReason reason) {
  rpc::RequireEnum(violations, field, reason, v1::RefundReason_IsValid);
  switch (reason) {
    case v1::REFUND_REASON_LATE:
      return RefundReason::kLate;
    case v1::REFUND_REASON_WAITLIST_ENDED:
      return RefundReason::kWaitlistEnded;
    case v1::REFUND_REASON_DIFFERENCE:
      return RefundReason::kDifference;
    case v1::REFUND_REASON_UNEXPECTED:
      return RefundReason::kUnexpected;
    default:
      return RefundReason::kCancelled;
  }
}

FareFacts ParseFareFacts(Violations& violations, const std::string& field,
                         const v1::FareFacts& facts) {
  const auto at = [&field](absl::string_view member) { return absl::StrCat(field, ".", member); };
  FareFacts parsed;
  parsed.product = ParseProduct(violations, at("product"), facts.product());
  parsed.fare = rpc::RequireMoney(violations, at("fare"), facts.has_fare(), facts.fare());
  parsed.tickets = facts.tickets();
  rpc::RequireInRange(violations, at("tickets"), facts.tickets(), rpc::Range{1, 9});
  parsed.departure_time = rpc::RequireTime(violations, at("departure_time"),
                                           facts.has_departure_time(), facts.departure_time());
  parsed.cancel_time =
      rpc::RequireTime(violations, at("cancel_time"), facts.has_cancel_time(), facts.cancel_time());
  parsed.changed_into_spring_festival = facts.changed_into_spring_festival();
  return parsed;
}

}  // namespace houbu::payment
