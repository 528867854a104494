#include "services/payment/peers/sandbox_wire.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

#include "libs/base/id.h"
#include "libs/base/status_macros.h"

namespace houbu::payment {
namespace {

using Json = nlohmann::json;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("the provider's message has no valid ", what));
}

Json Parse(absl::string_view body) {
  return Json::parse(body.begin(), body.end(), nullptr, /*allow_exceptions=*/false);
}

absl::StatusOr<std::string> TextAt(const Json& object, const char* key) {
  if (!object.is_object()) return Malformed("object");
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return Malformed(key);
  std::string text = found->get<std::string>();
  if (text.empty() || text.size() > 256) return Malformed(key);
  return text;
}

absl::StatusOr<absl::Time> TimeAt(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return Malformed(key);
  const std::int64_t millis = found->get<std::int64_t>();
  constexpr std::int64_t kYear10000 = 253'402'300'800'000;
  if (millis < 0 || millis >= kYear10000) return Malformed(key);
  return absl::FromUnixMillis(millis);
}

absl::StatusOr<Money> AmountIn(const Json& object) {
  const auto found = object.find("amount_minor");
  if (found == object.end() || !found->is_number_integer() || *found < 1) {
    return Malformed("amount_minor");
  }
  ASSIGN_OR_RETURN(const std::string code, TextAt(object, "currency"));
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(code));
  return Money{found->get<std::int64_t>(), currency};
}

absl::StatusOr<PaymentId> PaymentIn(const Json& object) {
  ASSIGN_OR_RETURN(std::string id, TextAt(object, "merchant_order"));
  if (!IsValidId(id)) return Malformed("merchant_order");
  return PaymentId(std::move(id));
}

absl::StatusOr<OrderFact> OrderIn(const Json& json, absl::string_view state) {
  OrderFact fact;
  ASSIGN_OR_RETURN(fact.provider_order, TextAt(json, "provider_order"));
  ASSIGN_OR_RETURN(fact.amount, AmountIn(json));
  if (json.contains("code_url")) {
    ASSIGN_OR_RETURN(fact.code_url, TextAt(json, "code_url"));
  }
  if (state == "PAID") {
    fact.state = OrderFact::State::kPaid;
    ASSIGN_OR_RETURN(fact.pay_time, TimeAt(json, "paid_at_ms"));
  } else if (state == "OPEN") {
    fact.state = OrderFact::State::kOpen;
  } else if (state == "CLOSED") {
    fact.state = OrderFact::State::kClosed;
  } else {
    return Malformed("state");
  }
  return fact;
}

absl::StatusOr<RefundFact> RefundIn(const Json& json, absl::string_view state) {
  RefundFact fact;
  ASSIGN_OR_RETURN(fact.merchant_refund, TextAt(json, "merchant_refund"));
  ASSIGN_OR_RETURN(fact.provider_refund, TextAt(json, "provider_refund"));
  ASSIGN_OR_RETURN(fact.amount, AmountIn(json));
  if (state == "SUCCEEDED") {
    fact.state = RefundFact::State::kSucceeded;
    ASSIGN_OR_RETURN(fact.refund_time, TimeAt(json, "refunded_at_ms"));
  } else if (state == "PROCESSING") {
    fact.state = RefundFact::State::kProcessing;
  } else if (state == "FAILED") {
    fact.state = RefundFact::State::kFailed;
  } else {
    return Malformed("state");
  }
  return fact;
}

}  // namespace

std::string RenderOrder(const OrderRequest& request, const std::string& notify_url) {
  Json json;
  json["merchant_order"] = request.payment.value();
  json["amount_minor"] = request.amount.minor_units;
  json["currency"] = std::string(request.amount.currency.code());
  json["notify_url"] = notify_url;
  json["expire_at_ms"] = absl::ToUnixMillis(request.expire_time);
  return json.dump();
}

std::string RenderRefund(const RefundRequest& request, const std::string& notify_url) {
  Json json;
  json["merchant_refund"] = request.merchant_refund;
  json["merchant_order"] = request.payment.value();
  json["amount_minor"] = request.amount.minor_units;
  json["currency"] = std::string(request.amount.currency.code());
  json["notify_url"] = notify_url;
  return json.dump();
}

absl::StatusOr<OrderFact> ReadOrder(absl::string_view body) {
  const Json json = Parse(body);
  ASSIGN_OR_RETURN(const std::string state, TextAt(json, "state"));
  return OrderIn(json, state);
}

absl::StatusOr<RefundFact> ReadRefundAnswer(absl::string_view body) {
  const Json json = Parse(body);
  ASSIGN_OR_RETURN(const std::string state, TextAt(json, "state"));
  return RefundIn(json, state);
}

absl::StatusOr<ProvenNotice> ReadNotice(absl::string_view body) {
  const Json json = Parse(body);
  ProvenNotice notice;
  ASSIGN_OR_RETURN(notice.raw.event_id, TextAt(json, "event_id"));
  ASSIGN_OR_RETURN(notice.raw.kind, TextAt(json, "type"));
  ASSIGN_OR_RETURN(notice.payment, PaymentIn(json));
  notice.raw.subject = notice.payment.value();
  if (notice.raw.kind == "ORDER_PAID") {
    ASSIGN_OR_RETURN(notice.order, OrderIn(json, "PAID"));
  } else if (notice.raw.kind == "REFUND_SUCCEEDED" || notice.raw.kind == "REFUND_FAILED") {
    const bool succeeded = notice.raw.kind == "REFUND_SUCCEEDED";
    ASSIGN_OR_RETURN(notice.refund, RefundIn(json, succeeded ? "SUCCEEDED" : "FAILED"));
    notice.raw.subject = notice.refund->merchant_refund;
  } else {
    return Malformed("type");
  }
  return notice;
}

std::string ReadErrorCode(absl::string_view body) {
  const absl::StatusOr<std::string> code = TextAt(Parse(body), "code");
  return code.ok() ? *code : "";
}

}  // namespace houbu::payment
