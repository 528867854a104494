#include "services/payment/peers/alipay_answers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "libs/base/civil.h"
#include "libs/base/status_macros.h"
#include "services/payment/peers/alipay_wire.h"

namespace houbu::payment {
namespace {

using Json = nlohmann::json;

struct KnownError {
  absl::string_view sub_code;
  AlipayError error;
};

// What is not in here is told apart by its code.
constexpr std::array kKnownErrors = {
    KnownError{"ACQ.SYSTEM_ERROR", AlipayError::kOutage},
    KnownError{"ACQ.SELLER_BALANCE_NOT_ENOUGH", AlipayError::kOutage},
    KnownError{"ACQ.REASON_TRADE_BEEN_FREEZEN", AlipayError::kOutage},
    KnownError{"ACQ.TRADE_NOT_EXIST", AlipayError::kTradeMissing},
    KnownError{"ACQ.TRADE_HAS_SUCCESS", AlipayError::kTradeDecided},
    KnownError{"ACQ.TRADE_HAS_CLOSE", AlipayError::kTradeDecided},
    KnownError{"ACQ.TRADE_STATUS_ERROR", AlipayError::kTradeDecided},
    KnownError{"ACQ.REASON_TRADE_STATUS_INVALID", AlipayError::kTradeDecided},
    KnownError{"ACQ.REASON_ILLEGAL_STATUS", AlipayError::kTradeDecided},
    KnownError{"ACQ.CONTEXT_INCONSISTENT", AlipayError::kTradeDecided},
    KnownError{"ACQ.TRADE_HAS_FINISHED", AlipayError::kRefundRefused},
    KnownError{"ACQ.TRADE_NOT_ALLOW_REFUND", AlipayError::kRefundRefused},
    KnownError{"ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", AlipayError::kRefundRefused},
    KnownError{"ACQ.REASON_TRADE_REFUND_FEE_ERR", AlipayError::kRefundRefused},
    KnownError{"ACQ.REFUND_FEE_ERROR", AlipayError::kRefundRefused},
    KnownError{"ACQ.DISCORDANT_REPEAT_REQUEST", AlipayError::kRefundRefused},
    KnownError{"isp.bill_not_exist", AlipayError::kBillMissing},
    // Keys, clocks and rights are the operator's to mend, and asking again is safe.
    KnownError{"isv.invalid-signature", AlipayError::kOutage},
    KnownError{"isv.invalid-app-id", AlipayError::kOutage},
    KnownError{"isv.invalid-timestamp", AlipayError::kOutage},
    KnownError{"isv.app-call-limited", AlipayError::kOutage},
};

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("alipay: no valid ", what));
}

Json Parse(absl::string_view text) {
  return Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

// The text at a key, "" where there is none.
std::string TextOr(const Json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

absl::StatusOr<std::string> TextAt(const Json& object, const char* key) {
  std::string text = TextOr(object, key);
  if (text.empty() || text.size() > 256) return Malformed(key);
  return text;
}

absl::Status RequireName(const Json& object, const char* key, const std::string& ours) {
  if (TextOr(object, key) != NameAtAlipay(ours)) return Malformed(key);
  return absl::OkStatus();
}

absl::StatusOr<Money> YuanAt(const Json& object, const char* key) {
  return ParseYuan(TextOr(object, key));
}

}  // namespace

AlipayError ErrorOf(const AlipayAnswer& answer) {
  absl::string_view sub_code = answer.sub_code;
  if (absl::StartsWith(sub_code, "aop.ACQ.")) sub_code.remove_prefix(4);
  const auto* const known =
      std::find_if(kKnownErrors.begin(), kKnownErrors.end(),
                   [sub_code](const KnownError& error) { return error.sub_code == sub_code; });
  if (known != kKnownErrors.end()) return known->error;
  const bool is_request = answer.code == "40001" || answer.code == "40002";
  if (is_request) return AlipayError::kMistake;
  // Refused by the business and for a reason we do not know: nothing is concluded from it.
  if (answer.code == "40004" && absl::StartsWith(sub_code, "ACQ.")) return AlipayError::kMistake;
  return AlipayError::kOutage;
}

bool SaysTooFast(const AlipayAnswer& answer) {
  return answer.code == "40005" || absl::EndsWith(answer.sub_code, "app-call-limited");
}

absl::StatusOr<AlipayAnswer> ReadAlipayAnswer(std::string content) {
  const Json json = Parse(content);
  AlipayAnswer answer;
  ASSIGN_OR_RETURN(answer.code, TextAt(json, "code"));
  answer.sub_code = TextOr(json, "sub_code");
  answer.content = std::move(content);
  return answer;
}

std::string RenderPrecreate(const OrderRequest& request, const std::string& subject) {
  Json json;
  json["out_trade_no"] = NameAtAlipay(request.payment.value());
  json["total_amount"] = FormatYuan(request.amount);
  json["subject"] = subject;
  // Whole seconds: rounded up, so that nobody is cut short.
  const absl::Duration rest = request.expire_time - absl::UnixEpoch();
  json["time_expire"] = FormatBeijing(absl::UnixEpoch() + absl::Ceil(rest, absl::Seconds(1)));
  return json.dump();
}

std::string RenderTradeName(const PaymentId& payment) {
  Json json;
  json["out_trade_no"] = NameAtAlipay(payment.value());
  return json.dump();
}

std::string RenderTradeRefund(const RefundRequest& request) {
  Json json;
  json["out_trade_no"] = NameAtAlipay(request.payment.value());
  json["out_request_no"] = NameAtAlipay(request.merchant_refund);
  json["refund_amount"] = FormatYuan(request.amount);
  return json.dump();
}

std::string RenderRefundName(const PaymentId& payment, const std::string& merchant_refund) {
  Json json;
  json["out_trade_no"] = NameAtAlipay(payment.value());
  json["out_request_no"] = NameAtAlipay(merchant_refund);
  json["query_options"] = {"gmt_refund_pay"};
  return json.dump();
}

absl::StatusOr<OrderFact> ReadPrecreated(const AlipayAnswer& answer, const OrderRequest& request) {
  const Json json = Parse(answer.content);
  RETURN_IF_ERROR(RequireName(json, "out_trade_no", request.payment.value()));
  OrderFact fact;
  fact.state = OrderFact::State::kOpen;
  fact.amount = request.amount;
  ASSIGN_OR_RETURN(fact.code_url, TextAt(json, "qr_code"));
  return fact;
}

absl::StatusOr<OrderFact::State> ReadTradeStatus(absl::string_view status) {
  if (status == "WAIT_BUYER_PAY") return OrderFact::State::kOpen;
  if (status == "TRADE_SUCCESS" || status == "TRADE_FINISHED") return OrderFact::State::kPaid;
  // Also of a trade that was paid and given back whole: no money is there.
  if (status == "TRADE_CLOSED") return OrderFact::State::kClosed;
  return Malformed("trade_status");
}

absl::StatusOr<OrderFact> ReadTrade(const AlipayAnswer& answer, const PaymentId& payment) {
  const Json json = Parse(answer.content);
  RETURN_IF_ERROR(RequireName(json, "out_trade_no", payment.value()));
  OrderFact fact;
  ASSIGN_OR_RETURN(fact.state, ReadTradeStatus(TextOr(json, "trade_status")));
  ASSIGN_OR_RETURN(fact.provider_order, TextAt(json, "trade_no"));
  ASSIGN_OR_RETURN(fact.amount, YuanAt(json, "total_amount"));
  if (fact.state == OrderFact::State::kPaid) {
    ASSIGN_OR_RETURN(fact.pay_time, ParseBeijing(TextOr(json, "send_pay_date")));
  }
  return fact;
}

absl::StatusOr<bool> HasMovedMoney(const AlipayAnswer& answer, const RefundRequest& request) {
  const Json json = Parse(answer.content);
  RETURN_IF_ERROR(RequireName(json, "out_trade_no", request.payment.value()));
  if (TextOr(json, "fund_change") != "Y") return false;
  // All that was ever given back of the trade, this included.
  ASSIGN_OR_RETURN(const Money together, YuanAt(json, "refund_fee"));
  if (together.minor_units < request.amount.minor_units) return Malformed("refund_fee");
  return true;
}

absl::StatusOr<RefundFact> ReadRefundStatus(const AlipayAnswer& answer, const PaymentId& payment,
                                            const std::string& merchant_refund, absl::Time now) {
  const Json json = Parse(answer.content);
  RefundFact fact;
  fact.merchant_refund = merchant_refund;
  const std::string status = TextOr(json, "refund_status");
  if (status.empty()) {
    fact.state = RefundFact::State::kMissing;
    return fact;
  }
  if (status != "REFUND_SUCCESS") return Malformed("refund_status");
  RETURN_IF_ERROR(RequireName(json, "out_trade_no", payment.value()));
  RETURN_IF_ERROR(RequireName(json, "out_request_no", merchant_refund));
  fact.state = RefundFact::State::kSucceeded;
  fact.provider_refund = NameAtAlipay(merchant_refund);
  ASSIGN_OR_RETURN(fact.amount, YuanAt(json, "refund_amount"));
  const absl::StatusOr<absl::Time> done = ParseBeijing(TextOr(json, "gmt_refund_pay"));
  fact.refund_time = done.ok() ? *done : now;
  return fact;
}

std::string RenderBillName(absl::CivilDay day) {
  Json json;
  json["bill_type"] = "trade";
  json["bill_date"] = FormatCivilDay(day);
  return json.dump();
}

absl::StatusOr<std::string> ReadBillUrl(const AlipayAnswer& answer) {
  const Json json = Parse(answer.content);
  std::string url = TextOr(json, "bill_download_url");
  if (!absl::StartsWith(url, "http") || url.size() > 4096) return Malformed("bill_download_url");
  return url;
}

}  // namespace houbu::payment
