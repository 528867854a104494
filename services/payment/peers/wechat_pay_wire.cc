#include "services/payment/peers/wechat_pay_wire.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

#include "libs/base/id.h"
#include "libs/base/status_macros.h"

namespace houbu::payment {
namespace {

using Json = nlohmann::json;

constexpr absl::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kHexDigits = 32;
constexpr std::size_t kBase32Digits = 26;
constexpr std::size_t kPrefixMax = 5;
constexpr std::size_t kNumberMin = 6;
constexpr std::size_t kNumberMax = 32;
constexpr std::size_t kTextMax = 512;
constexpr std::size_t kUrlMax = 2048;
constexpr std::size_t kPrepayIdMax = 64;
constexpr std::size_t kCiphertextMax = std::size_t{16} << 10;

bool IsHex(absl::string_view text) {
  return text.size() == kHexDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// 128 bits as 26 digits of five, two zero bits in front.
std::string Base32OfHex(absl::string_view hex) {
  std::string text;
  unsigned bits = 0;
  int count = 2;
  for (const char digit : hex) {
    const auto value = static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    bits = ((bits << 4) | value) & 0xffU;
    count += 4;
    if (count < 5) continue;
    count -= 5;
    text += kBase32[(bits >> count) & 31U];
  }
  return text;
}

std::optional<std::string> HexOfBase32(absl::string_view text) {
  if (text.size() != kBase32Digits || kBase32.find(text[0]) >= 8) return std::nullopt;
  std::string hex;
  unsigned bits = 0;
  int count = -2;
  for (const char digit : text) {
    const std::size_t value = kBase32.find(digit);
    if (value == absl::string_view::npos) return std::nullopt;
    bits = ((bits << 5) | static_cast<unsigned>(value)) & 0xfffU;
    count += 5;
    for (; count >= 4; count -= 4) hex += "0123456789abcdef"[(bits >> (count - 4)) & 15U];
  }
  return hex;
}

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("WeChat Pay's message has no valid ", what));
}

Json Parse(absl::string_view body) {
  return Json::parse(body.begin(), body.end(), nullptr, /*allow_exceptions=*/false);
}

// Settings may hold text that is no UTF-8.
std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::StatusOr<std::string> TextAt(const Json& object, const char* key,
                                   std::size_t size_max = kTextMax) {
  if (!object.is_object()) return Malformed("object");
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return Malformed(key);
  std::string text = found->get<std::string>();
  if (text.empty() || text.size() > size_max) return Malformed(key);
  return text;
}

absl::StatusOr<Json> ObjectAt(const Json& object, const char* key) {
  if (!object.is_object()) return Malformed("object");
  const auto found = object.find(key);
  if (found == object.end() || !found->is_object()) return Malformed(key);
  return *found;
}

absl::StatusOr<absl::Time> TimeAt(const Json& object, const char* key) {
  ASSIGN_OR_RETURN(const std::string text, TextAt(object, key));
  absl::Time time;
  std::string error;
  // Abseil also reads "infinite-future".
  if (!absl::ascii_isdigit(static_cast<unsigned char>(text[0])) ||
      !absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return Malformed(key);
  }
  if (time < absl::UnixEpoch()) return Malformed(key);
  return time;
}

absl::StatusOr<Money> FenAt(const Json& amount, const char* key) {
  const auto found = amount.find(key);
  if (found == amount.end() || !found->is_number_integer() || *found < 1 ||
      *found > std::int64_t{1'000'000'000'000}) {
    return Malformed(key);
  }
  return Fen(found->get<std::int64_t>());
}

// Renminbi, also where no currency is named.
absl::Status CheckCurrency(const Json& amount) {
  const auto found = amount.find("currency");
  if (found == amount.end() || *found == "CNY") return absl::OkStatus();
  return Malformed("amount.currency");
}

absl::Status CheckMerchant(const WechatPayMerchant& merchant, const Json& json) {
  ASSIGN_OR_RETURN(const std::string mch_id, TextAt(json, "mchid"));
  if (mch_id != merchant.mch_id) return Malformed("mchid");
  return absl::OkStatus();
}

absl::StatusOr<PaymentId> PaymentIn(const Json& json) {
  ASSIGN_OR_RETURN(const std::string number, TextAt(json, "out_trade_no"));
  return PaymentNumbered(number);
}

absl::StatusOr<OrderFact::State> StateOfOrder(absl::string_view state) {
  // An order that was refunded was paid: its refunds are another matter.
  if (state == "SUCCESS" || state == "REFUND") return OrderFact::State::kPaid;
  if (state == "CLOSED" || state == "REVOKED") return OrderFact::State::kClosed;
  // A payment that failed can be tried again until the order is closed.
  if (state == "NOTPAY" || state == "USERPAYING" || state == "PAYERROR") {
    return OrderFact::State::kOpen;
  }
  return Malformed("trade_state");
}

absl::StatusOr<RefundFact::State> StateOfRefund(absl::string_view state) {
  if (state == "SUCCESS") return RefundFact::State::kSucceeded;
  if (state == "PROCESSING") return RefundFact::State::kProcessing;
  // Closed: nothing moved, a new number may be asked for. Abnormal: the payer's account cannot take
  // the money and the merchant must act by hand; a new number would not change that.
  if (state == "CLOSED") return RefundFact::State::kFailed;
  if (state == "ABNORMAL") return RefundFact::State::kRefused;
  return Malformed("status");
}

absl::StatusOr<WechatPayRefund> RefundIn(const Json& json, const char* state_key) {
  WechatPayRefund refund;
  RefundFact& fact = refund.fact;
  ASSIGN_OR_RETURN(refund.payment, PaymentIn(json));
  ASSIGN_OR_RETURN(fact.merchant_refund, TextAt(json, "out_refund_no", 64));
  ASSIGN_OR_RETURN(fact.provider_refund, TextAt(json, "refund_id", 64));
  ASSIGN_OR_RETURN(const std::string state, TextAt(json, state_key));
  ASSIGN_OR_RETURN(fact.state, StateOfRefund(state));
  ASSIGN_OR_RETURN(const Json amount, ObjectAt(json, "amount"));
  RETURN_IF_ERROR(CheckCurrency(amount));
  ASSIGN_OR_RETURN(fact.amount, FenAt(amount, "refund"));
  if (fact.state == RefundFact::State::kSucceeded) {
    ASSIGN_OR_RETURN(fact.refund_time, TimeAt(json, "success_time"));
  }
  return refund;
}

// Older pages of its reference write ORDERPAID where newer ones write ORDER_PAID.
std::string ComparableCode(absl::string_view body) {
  return absl::StrReplaceAll(ReadWechatPayCode(body), {{"_", ""}});
}

}  // namespace

absl::StatusOr<std::string> OutTradeNo(const PaymentId& payment) {
  const std::string& id = payment.value();
  const std::size_t dash = id.find('-');
  if (dash != std::string::npos && dash <= kPrefixMax && IsHex(id.substr(dash + 1))) {
    return absl::StrCat(id.substr(0, dash), "_", Base32OfHex(id.substr(dash + 1)));
  }
  if (id.size() < kNumberMin || id.size() > kNumberMax) return Refuse(kOrderNumberUnfit);
  return id;
}

absl::StatusOr<PaymentId> PaymentNumbered(absl::string_view out_trade_no) {
  std::string id(out_trade_no);
  const std::size_t bar = out_trade_no.find('_');
  if (bar != absl::string_view::npos) {
    const std::optional<std::string> hex = HexOfBase32(out_trade_no.substr(bar + 1));
    if (!hex.has_value()) return Malformed("out_trade_no");
    id = absl::StrCat(out_trade_no.substr(0, bar), "-", *hex);
  }
  if (out_trade_no.size() < kNumberMin || out_trade_no.size() > kNumberMax || !IsValidId(id)) {
    return Malformed("out_trade_no");
  }
  return PaymentId(std::move(id));
}

std::string RenderWechatPayOrder(const WechatPayMerchant& merchant, const OrderRequest& request,
                                 const WechatPayDraft& draft) {
  Json json;
  json["appid"] = merchant.app_id;
  json["mchid"] = merchant.mch_id;
  json["description"] = draft.description;
  json["out_trade_no"] = draft.out_trade_no;
  json["time_expire"] = absl::FormatTime("%Y-%m-%d%ET%H:%M:%S%Ez", request.expire_time,
                                         absl::FixedTimeZone(8 * 60 * 60));
  json["notify_url"] = draft.notify_url;
  json["amount"]["total"] = request.amount.minor_units;
  json["amount"]["currency"] = std::string(request.amount.currency.code());
  if (!request.payer_openid.empty()) json["payer"]["openid"] = request.payer_openid;
  return Dump(json);
}

std::string RenderWechatPayClose(const WechatPayMerchant& merchant) {
  Json json;
  json["mchid"] = merchant.mch_id;
  return Dump(json);
}

std::string RenderWechatPayRefund(const RefundRequest& request, const std::string& out_trade_no,
                                  const std::string& notify_url) {
  Json json;
  json["out_trade_no"] = out_trade_no;
  json["out_refund_no"] = request.merchant_refund;
  json["notify_url"] = notify_url;
  json["amount"]["refund"] = request.amount.minor_units;
  json["amount"]["total"] = request.total.minor_units;
  json["amount"]["currency"] = std::string(request.amount.currency.code());
  return Dump(json);
}

absl::StatusOr<std::string> ReadCodeUrl(absl::string_view body) {
  return TextAt(Parse(body), "code_url");
}

absl::StatusOr<std::string> ReadPrepayId(absl::string_view body) {
  return TextAt(Parse(body), "prepay_id", kPrepayIdMax);
}

absl::StatusOr<WechatPayOrder> ReadWechatPayOrder(const WechatPayMerchant& merchant,
                                                  absl::string_view body) {
  const Json json = Parse(body);
  RETURN_IF_ERROR(CheckMerchant(merchant, json));
  ASSIGN_OR_RETURN(const std::string app_id, TextAt(json, "appid"));
  if (app_id != merchant.app_id) return Malformed("appid");
  WechatPayOrder order;
  ASSIGN_OR_RETURN(order.payment, PaymentIn(json));
  ASSIGN_OR_RETURN(const std::string state, TextAt(json, "trade_state"));
  ASSIGN_OR_RETURN(order.fact.state, StateOfOrder(state));
  if (order.fact.state != OrderFact::State::kPaid) return order;
  ASSIGN_OR_RETURN(const Json amount, ObjectAt(json, "amount"));
  RETURN_IF_ERROR(CheckCurrency(amount));
  ASSIGN_OR_RETURN(order.fact.amount, FenAt(amount, "total"));
  ASSIGN_OR_RETURN(order.fact.provider_order, TextAt(json, "transaction_id", 64));
  ASSIGN_OR_RETURN(order.fact.pay_time, TimeAt(json, "success_time"));
  return order;
}

absl::StatusOr<WechatPayRefund> ReadWechatPayRefund(absl::string_view body) {
  return RefundIn(Parse(body), "status");
}

absl::StatusOr<WechatPayRefund> ReadWechatPayRefundNotice(const WechatPayMerchant& merchant,
                                                          absl::string_view body) {
  const Json json = Parse(body);
  RETURN_IF_ERROR(CheckMerchant(merchant, json));
  return RefundIn(json, "refund_status");
}

absl::StatusOr<SealedNotice> ReadSealedNotice(absl::string_view body) {
  const Json json = Parse(body);
  SealedNotice notice;
  ASSIGN_OR_RETURN(notice.id, TextAt(json, "id", 64));
  ASSIGN_OR_RETURN(notice.event_type, TextAt(json, "event_type", 64));
  ASSIGN_OR_RETURN(const Json resource, ObjectAt(json, "resource"));
  ASSIGN_OR_RETURN(const std::string algorithm, TextAt(resource, "algorithm"));
  if (algorithm != "AEAD_AES_256_GCM") return Malformed("resource.algorithm");
  ASSIGN_OR_RETURN(notice.original_type, TextAt(resource, "original_type", 64));
  ASSIGN_OR_RETURN(notice.ciphertext, TextAt(resource, "ciphertext", kCiphertextMax));
  ASSIGN_OR_RETURN(notice.nonce, TextAt(resource, "nonce", 16));
  const auto associated = resource.find("associated_data");
  if (associated != resource.end() && !associated->is_string()) {
    return Malformed("resource.associated_data");
  }
  if (associated != resource.end()) notice.associated_data = associated->get<std::string>();
  return notice;
}

absl::StatusOr<BillPlace> ReadBillPlace(absl::string_view body) {
  const Json json = Parse(body);
  ASSIGN_OR_RETURN(const std::string kind, TextAt(json, "hash_type"));
  if (kind != "SHA1") return Malformed("hash_type");
  BillPlace place;
  ASSIGN_OR_RETURN(place.url, TextAt(json, "download_url", kUrlMax));
  ASSIGN_OR_RETURN(place.sha1, TextAt(json, "hash_value", 40));
  absl::AsciiStrToLower(&place.sha1);
  return place;
}

bool SaysTooFast(int status, absl::string_view body) {
  const std::string code = ComparableCode(body);
  return status == 429 || code == "FREQUENCYLIMITED" || code == "RATELIMITEXCEEDED" ||
         code == "FREQUENCYLIMITEXCEED";
}

WechatPayError ReadWechatPayError(int status, absl::string_view body) {
  if (SaysTooFast(status, body)) return WechatPayError::kOutage;
  const std::string code = ComparableCode(body);
  const auto is_any = [&code](std::initializer_list<absl::string_view> codes) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
  };
  // Answered with 500 although asking again does not help.
  if (is_any({"OPENIDMISMATCH"})) return WechatPayError::kPayer;
  if (status >= 500 || status == 401) return WechatPayError::kOutage;
  if (is_any({"ORDERNOTEXIST", "RESOURCENOTEXISTS", "NOSTATEMENTEXIST"}))
    return WechatPayError::kMissing;
  if (is_any({"ORDERPAID"})) return WechatPayError::kPaid;
  if (is_any({"ORDERCLOSED", "ORDERREVERSED"})) return WechatPayError::kClosed;
  if (is_any({"OUTTRADENOUSED"})) return WechatPayError::kTaken;
  if (is_any({"INVALIDREQUEST", "PARAMERROR", "USERACCOUNTABNORMAL", "REQUESTBLOCKED"})) {
    return WechatPayError::kRefused;
  }
  // Too little money on our own account, and settings that do not fit, are the operator's to mend.
  if (is_any({"SYSTEMERROR", "BANKERROR", "SIGNERROR", "NOTENOUGH", "NOENOUGH", "NOAUTH",
              "MCHNOTEXISTS", "APPIDMCHIDNOTMATCH", "ACCOUNTERROR", "STATEMENTCREATING"})) {
    return WechatPayError::kOutage;
  }
  return WechatPayError::kOther;
}

std::string ReadWechatPayCode(absl::string_view body) {
  const absl::StatusOr<std::string> code = TextAt(Parse(body), "code", 64);
  return code.ok() ? *code : "";
}

}  // namespace houbu::payment
