#include "services/payment/rpc/parse.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "libs/secrets/bytes.h"

namespace houbu::payment {
namespace {

constexpr std::size_t kOpenidMax = 128;

bool IsOpenid(absl::string_view text) {
  return text.size() <= kOpenidMax && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
         });
}
constexpr std::size_t kBatchCharactersMax = 100;

}  // namespace

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
  switch (channel) {
    case v1::CHANNEL_WECHAT_PAY:
      return Channel::kWechatPay;
    case v1::CHANNEL_ALIPAY:
      return Channel::kAlipay;
    default:
      return Channel::kSandbox;
  }
}

Payer ParsePayer(Violations& violations, Channel channel, const PaymentId& payment,
                 const std::string& openid) {
  if (openid.empty()) return Payer();
  if (channel != Channel::kWechatPay) {
    violations.Add("payer_openid", "must not be given but with CHANNEL_WECHAT_PAY");
  }
  if (!IsOpenid(openid)) {
    violations.Add("payer_openid", "must be at most 128 of A-Z, a-z, 0-9, _ and -");
  }
  // With the payment in it one payer's payments cannot be told from another's.
  return Payer{openid, secrets::Sha256Hex(absl::StrCat(payment.value(), "\n", openid))};
}

RefundReason ParseReason(Violations& violations, absl::string_view field, v1::RefundReason reason) {
  rpc::RequireEnum(violations, field, reason, v1::RefundReason_IsValid);
  switch (reason) {
    case v1::REFUND_REASON_BY_HAND:
      violations.Add(field, "must not be BY_HAND: two people decide on that");
      return RefundReason::kByHand;
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

Money ParseFare(Violations& violations, const std::string& field, bool set,
                const type::v1::Money& value) {
  const Money fare = rpc::RequireMoney(violations, field, set, value);
  if (!set || !rpc::FromWire(value).ok() || value.minor_units() < 0) return fare;
  if (fare.currency != Currency()) {
    violations.Add(absl::StrCat(field, ".currency_code"), "must be CNY");
  }
  if (fare.minor_units == 0 || fare.minor_units > kFareMax) {
    violations.Add(absl::StrCat(field, ".minor_units"), absl::StrCat("must be 1 to ", kFareMax));
  }
  return fare;
}

std::string ParseBatch(Violations& violations, absl::string_view field, absl::string_view batch) {
  const std::size_t slash = batch.find('/');
  const bool is_shaped = slash != absl::string_view::npos && slash > 0 &&
                         slash + 1 < batch.size() && batch.size() <= kBatchCharactersMax;
  const bool is_plain = std::all_of(batch.begin(), batch.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '/';
  });
  if (!is_shaped || !is_plain || batch.find('/', slash + 1) != absl::string_view::npos) {
    violations.Add(field, "must be {collection}/{id}, 3 to 100 of A-Z a-z 0-9 _ - and one slash");
    return "";
  }
  return std::string(batch);
}

std::optional<PaymentId> ParseQuoted(Violations& violations, absl::string_view name,
                                     absl::string_view profile) {
  if (name.empty()) return std::nullopt;
  if (!profile.empty()) violations.Add("profile", "must not be given with name");
  return ParsePaymentName(violations, "name", name);
}

FareFacts ParseFareFacts(Violations& violations, const std::string& field,
                         const v1::FareFacts& facts) {
  const auto at = [&field](absl::string_view member) { return absl::StrCat(field, ".", member); };
  FareFacts parsed;
  parsed.product = ParseProduct(violations, at("product"), facts.product());
  parsed.fare = ParseFare(violations, at("fare"), facts.has_fare(), facts.fare());
  parsed.tickets = facts.tickets();
  rpc::RequireInRange(violations, at("tickets"), facts.tickets(), rpc::Range{1, 9});
  parsed.departure_time = rpc::RequireTime(violations, at("departure_time"),
                                           facts.has_departure_time(), facts.departure_time());
  parsed.cancel_time =
      rpc::RequireTime(violations, at("cancel_time"), facts.has_cancel_time(), facts.cancel_time());
  parsed.changed_into_spring_festival = facts.changed_into_spring_festival();
  if (facts.has_left_when_changed_later()) {
    const auto left = rpc::FromWire(facts.left_when_changed_later());
    if (!left.ok()) violations.Add(at("left_when_changed_later"), "must be a valid duration");
    if (left.ok()) parsed.left_when_changed_later = *left;
  }
  return parsed;
}

ChangeFacts ParseChangeFacts(Violations& violations, const std::string& field,
                             const v1::ChangeFacts& facts) {
  const auto at = [&field](absl::string_view member) { return absl::StrCat(field, ".", member); };
  ChangeFacts parsed;
  parsed.fare = ParseFare(violations, at("fare"), facts.has_fare(), facts.fare());
  parsed.new_fare = ParseFare(violations, at("new_fare"), facts.has_new_fare(), facts.new_fare());
  parsed.tickets = facts.tickets();
  rpc::RequireInRange(violations, at("tickets"), facts.tickets(), rpc::Range{1, 9});
  parsed.departure_time = rpc::RequireTime(violations, at("departure_time"),
                                           facts.has_departure_time(), facts.departure_time());
  parsed.new_departure_time =
      rpc::RequireTime(violations, at("new_departure_time"), facts.has_new_departure_time(),
                       facts.new_departure_time());
  parsed.travel_day = absl::ToCivilDay(parsed.departure_time, RailwayZone());
  parsed.new_travel_day = absl::ToCivilDay(parsed.new_departure_time, RailwayZone());
  parsed.change_time =
      rpc::RequireTime(violations, at("change_time"), facts.has_change_time(), facts.change_time());
  return parsed;
}

}  // namespace houbu::payment
