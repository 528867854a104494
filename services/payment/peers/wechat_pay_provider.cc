#include "services/payment/peers/wechat_pay_provider.h"

#include <openssl/evp.h>

#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "libs/async/status_macros.h"
#include "libs/base/refusal.h"
#include "libs/base/status_macros.h"
#include "libs/secrets/bytes.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {
namespace {

constexpr absl::string_view kOrders = "/v3/pay/transactions/";
constexpr absl::string_view kRefunds = "/v3/refund/domestic/refunds";

constexpr absl::string_view kBills = "/v3/bill/tradebill";
constexpr absl::string_view kBillFiles = "/v3/billdownload/";

std::string Sha1Hex(absl::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha1(), nullptr);
  return secrets::ToHex(absl::string_view(reinterpret_cast<const char*>(digest.data()), size));
}

bool IsSuccess(const http::Response& answer) {
  return answer.status == 200 || answer.status == 204;
}

WechatPayError ErrorOf(const http::Response& answer) {
  return ReadWechatPayError(answer.status, answer.body);
}

// What a refusing answer means when it is none of the expected ones.
absl::Status Failed(const http::Response& answer) {
  if (SaysTooFast(answer.status, answer.body)) return Refuse(kProviderBusy);
  const std::string text =
      absl::StrCat("WeChat Pay answered ", answer.status, " ", ReadWechatPayCode(answer.body));
  if (ErrorOf(answer) == WechatPayError::kOutage) return absl::UnavailableError(text);
  return absl::InternalError(text);
}

absl::Status NotUnderstood(const absl::Status& status) {
  return absl::UnavailableError(status.message());
}

OrderFact InState(OrderFact::State state) {
  OrderFact fact;
  fact.state = state;
  return fact;
}

absl::StatusOr<RefundFact> RefundOf(const http::Response& answer, const PaymentId& payment,
                                    const std::string& merchant_refund) {
  if (!IsSuccess(answer)) {
    if (ErrorOf(answer) != WechatPayError::kMissing) return Failed(answer);
    RefundFact missing;
    missing.merchant_refund = merchant_refund;
    missing.state = RefundFact::State::kMissing;
    return missing;
  }
  absl::StatusOr<WechatPayRefund> read = ReadWechatPayRefund(answer.body);
  if (!read.ok()) return NotUnderstood(read.status());
  if (read->fact.merchant_refund != merchant_refund || !(read->payment == payment)) {
    return absl::UnavailableError("WeChat Pay answered about another refund");
  }
  return std::move(read->fact);
}

}  // namespace

WechatPayProvider::WechatPayProvider(http::Client& client, http::Client& files, const Clock& clock,
                                     const secrets::RsaSigner& signer, const WechatPayKeys& keys,
                                     WechatPayOptions options)
    : client_(client),
      files_(files),
      clock_(clock),
      signer_(signer),
      keys_(keys),
      options_(std::move(options)) {}

absl::StatusOr<http::Request> WechatPayProvider::Signed(const WechatPayRequest& asked) const {
  const WechatPayIdentity identity{options_.merchant.mch_id, options_.merchant_serial};
  ASSIGN_OR_RETURN(const std::string authorization,
                   WechatPayAuthorization(signer_, identity, asked, clock_.Now()));
  http::Request request;
  request.method = asked.method;
  request.url = absl::StrCat(options_.url, asked.target);
  request.headers.Set("Authorization", authorization);
  request.headers.Set("Accept", "application/json");
  const std::string serial = keys_.PreferredSerial();
  if (!serial.empty()) request.headers.Set("Wechatpay-Serial", serial);
  if (!asked.body.empty()) request.headers.Set("Content-Type", "application/json");
  request.body = asked.body;
  request.timeout = options_.timeout;
  return request;
}

absl::Status WechatPayProvider::Prove(const http::Response& answer) const {
  WechatPaySigned message;
  message.timestamp = std::string(answer.headers.Get("Wechatpay-Timestamp"));
  message.nonce = std::string(answer.headers.Get("Wechatpay-Nonce"));
  message.serial = std::string(answer.headers.Get("Wechatpay-Serial"));
  message.signature = std::string(answer.headers.Get("Wechatpay-Signature"));
  message.type = std::string(answer.headers.Get("Wechatpay-Signature-Type"));
  message.body = answer.body;
  absl::Status proven = keys_.Verify(message, clock_.Now());
  if (proven.ok()) return proven;
  return absl::UnavailableError(
      absl::StrCat("WeChat Pay's answer is not proven: ", ReasonOf(proven)));
}

Task<http::Response> WechatPayProvider::Ask(WechatPayRequest asked) {
  ASSIGN_OR_CO_RETURN(http::Request request, Signed(asked));
  ASSIGN_OR_CO_RETURN(http::Response answer, co_await client_.Send(std::move(request)));
  // An outage is one whoever says so; everything else moves money and is proven first.
  if (!IsSuccess(answer) && ErrorOf(answer) == WechatPayError::kOutage) co_return Failed(answer);
  CO_RETURN_IF_ERROR(Prove(answer));
  co_return answer;
}

absl::StatusOr<OrderFact> WechatPayProvider::OrderOf(const http::Response& answer,
                                                     const PaymentId& payment) const {
  if (!IsSuccess(answer)) {
    if (ErrorOf(answer) != WechatPayError::kMissing) return Failed(answer);
    return InState(OrderFact::State::kMissing);
  }
  absl::StatusOr<WechatPayOrder> order = ReadWechatPayOrder(options_.merchant, answer.body);
  if (!order.ok()) return NotUnderstood(order.status());
  if (!(order->payment == payment)) {
    return absl::UnavailableError("WeChat Pay answered about another order");
  }
  return std::move(order->fact);
}

Task<OrderFact> WechatPayProvider::Create(OrderRequest request) {
  ASSIGN_OR_CO_RETURN(const std::string number, OutTradeNo(request.payment));
  if (!(request.amount.currency == Currency())) co_return Refuse(kCurrencyUnfit);
  WechatPayDraft draft;
  draft.out_trade_no = number;
  draft.description = options_.description;
  draft.notify_url = options_.notify_url;
  const bool in_app = !request.payer_openid.empty();
  WechatPayRequest asked;
  asked.method = "POST";
  asked.target = absl::StrCat(kOrders, in_app ? "jsapi" : "native");
  asked.body = RenderWechatPayOrder(options_.merchant, request, draft);
  ASSIGN_OR_CO_RETURN(http::Response answer, co_await Ask(std::move(asked)));
  if (!IsSuccess(answer)) co_return co_await NotCreated(std::move(request), std::move(answer));
  absl::StatusOr<std::string> place = in_app ? ReadPrepayId(answer.body) : ReadCodeUrl(answer.body);
  if (!place.ok()) co_return NotUnderstood(place.status());
  OrderFact fact = InState(OrderFact::State::kOpen);
  (in_app ? fact.prepay_id : fact.code_url) = *std::move(place);
  fact.amount = request.amount;
  co_return fact;
}

Task<OrderFact> WechatPayProvider::NotCreated(OrderRequest request, http::Response answer) {
  switch (ErrorOf(answer)) {
    // Asked before with other content (another payer, another callback address): it stands.
    case WechatPayError::kPaid:
    case WechatPayError::kTaken:
      co_return co_await Query(std::move(request.payment));
    case WechatPayError::kClosed:
      co_return InState(OrderFact::State::kClosed);
    case WechatPayError::kPayer:
    case WechatPayError::kRefused:
      if (!request.payer_openid.empty()) co_return Refuse(kPayerRefused);
      break;
    case WechatPayError::kOutage:
    case WechatPayError::kMissing:
    case WechatPayError::kOther:
      break;
  }
  co_return Failed(answer);
}

Task<OrderFact> WechatPayProvider::Query(PaymentId payment) {
  ASSIGN_OR_CO_RETURN(const std::string number, OutTradeNo(payment));
  WechatPayRequest asked;
  asked.method = "GET";
  asked.target =
      absl::StrCat(kOrders, "out-trade-no/", number, "?mchid=", options_.merchant.mch_id);
  ASSIGN_OR_CO_RETURN(const http::Response answer, co_await Ask(std::move(asked)));
  co_return OrderOf(answer, payment);
}

Task<OrderFact> WechatPayProvider::Close(PaymentId payment) {
  ASSIGN_OR_CO_RETURN(const std::string number, OutTradeNo(payment));
  WechatPayRequest asked;
  asked.method = "POST";
  asked.target = absl::StrCat(kOrders, "out-trade-no/", number, "/close");
  asked.body = RenderWechatPayClose(options_.merchant);
  ASSIGN_OR_CO_RETURN(const http::Response answer, co_await Ask(std::move(asked)));
  if (IsSuccess(answer)) co_return InState(OrderFact::State::kClosed);
  switch (ErrorOf(answer)) {
    case WechatPayError::kPaid:
      co_return co_await Query(std::move(payment));
    case WechatPayError::kMissing:
      co_return InState(OrderFact::State::kMissing);
    case WechatPayError::kClosed:
      co_return InState(OrderFact::State::kClosed);
    case WechatPayError::kOutage:
    case WechatPayError::kTaken:
    case WechatPayError::kPayer:
    case WechatPayError::kRefused:
    case WechatPayError::kOther:
      break;
  }
  co_return Failed(answer);
}

Task<RefundFact> WechatPayProvider::Refund(RefundRequest request) {
  ASSIGN_OR_CO_RETURN(const std::string number, OutTradeNo(request.payment));
  WechatPayRequest asked;
  asked.method = "POST";
  asked.target = std::string(kRefunds);
  asked.body = RenderWechatPayRefund(request, number, options_.notify_url);
  ASSIGN_OR_CO_RETURN(const http::Response answer, co_await Ask(std::move(asked)));
  if (IsSuccess(answer)) co_return RefundOf(answer, request.payment, request.merchant_refund);
  const WechatPayError error = ErrorOf(answer);
  if (error != WechatPayError::kRefused && error != WechatPayError::kMissing) {
    co_return Failed(answer);
  }
  // A refund whose answer got lost can be refused the second time ("refunded in full"): only when
  // it is not there it was refused.
  std::string name = request.merchant_refund;
  ASSIGN_OR_CO_RETURN(RefundFact fact, co_await QueryRefund(request.payment, std::move(name)));
  if (fact.state == RefundFact::State::kMissing) fact.state = RefundFact::State::kRefused;
  co_return fact;
}

Task<RefundFact> WechatPayProvider::QueryRefund(PaymentId payment, std::string merchant_refund) {
  WechatPayRequest asked;
  asked.method = "GET";
  asked.target = absl::StrCat(kRefunds, "/", merchant_refund);
  ASSIGN_OR_CO_RETURN(const http::Response answer, co_await Ask(std::move(asked)));
  co_return RefundOf(answer, payment, merchant_refund);
}

Task<TradeBill> WechatPayProvider::FetchBill(absl::CivilDay day) {
  WechatPayRequest asked;
  asked.method = "GET";
  asked.target = absl::StrCat(kBills, "?bill_date=", absl::FormatCivilTime(day), "&bill_type=ALL");
  ASSIGN_OR_CO_RETURN(const http::Response answer, co_await Ask(std::move(asked)));
  if (!IsSuccess(answer)) {
    if (ErrorOf(answer) == WechatPayError::kMissing) co_return Refuse(kNoBill);
    co_return Failed(answer);
  }
  const absl::StatusOr<BillPlace> place = ReadBillPlace(answer.body);
  if (!place.ok()) co_return NotUnderstood(place.status());
  absl::string_view target = place->url;
  if (!absl::ConsumePrefix(&target, options_.url) || !absl::StartsWith(target, kBillFiles)) {
    co_return absl::UnavailableError("WeChat Pay's bill lies elsewhere");
  }
  WechatPayRequest fetched;
  fetched.method = "GET";
  fetched.target = std::string(target);
  ASSIGN_OR_CO_RETURN(http::Request request, Signed(fetched));
  ASSIGN_OR_CO_RETURN(const http::Response file, co_await files_.Send(std::move(request)));
  if (file.status != 200) co_return Failed(file);
  // The file is not signed: it is proven by the digest in the answer that is.
  if (Sha1Hex(file.body) != place->sha1) {
    co_return absl::UnavailableError("WeChat Pay's bill is not the one that was promised");
  }
  co_return ParseTradeBill(file.body);
}

}  // namespace houbu::payment
