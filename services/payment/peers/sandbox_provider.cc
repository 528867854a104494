#include "services/payment/peers/sandbox_provider.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/refusal.h"
#include "services/payment/domain/refusals.h"
#include "services/payment/peers/hmac.h"
#include "services/payment/peers/sandbox_wire.h"

namespace houbu::payment {
namespace {

// What a refusing answer means when it is none of the expected ones.
absl::Status Failed(const http::Response& answer) {
  const std::string code = ReadErrorCode(answer.body);
  const std::string text = absl::StrCat("provider answered ", answer.status, " ", code);
  if (answer.status == 429) return Refuse(kProviderBusy);
  // 401 too: keys and clocks are the operator's to mend, and asking again is safe.
  if (answer.status >= 500 || answer.status == 401) {
    return absl::UnavailableError(text);
  }
  return absl::InternalError(text);
}

absl::StatusOr<OrderFact> OrderOf(const http::Response& answer) {
  if (answer.status == 404 && ReadErrorCode(answer.body) == "ORDER_NOT_FOUND") {
    OrderFact missing;
    missing.state = OrderFact::State::kMissing;
    return missing;
  }
  if (answer.status != 200) return Failed(answer);
  absl::StatusOr<OrderFact> fact = ReadOrder(answer.body);
  if (!fact.ok()) return absl::UnavailableError(fact.status().message());
  return fact;
}

absl::StatusOr<RefundFact> RefundOf(const http::Response& answer,
                                    const std::string& merchant_refund) {
  RefundFact fact;
  fact.merchant_refund = merchant_refund;
  const std::string code = answer.status == 200 ? "" : ReadErrorCode(answer.body);
  if (answer.status == 404 && code == "REFUND_NOT_FOUND") {
    fact.state = RefundFact::State::kMissing;
    return fact;
  }
  if (answer.status == 409 || (answer.status == 404 && code == "ORDER_NOT_FOUND")) {
    fact.state = RefundFact::State::kRefused;
    return fact;
  }
  if (answer.status != 200) return Failed(answer);
  absl::StatusOr<RefundFact> read = ReadRefundAnswer(answer.body);
  if (!read.ok()) return absl::UnavailableError(read.status().message());
  return read;
}

}  // namespace

SandboxProvider::SandboxProvider(http::Client& client, const Clock& clock, const secrets::Key& key,
                                 SandboxOptions options)
    : client_(client), clock_(clock), key_(key), options_(std::move(options)) {}

Task<http::Response> SandboxProvider::Ask(std::string method, std::string path, std::string body) {
  const std::string timestamp = absl::StrCat(absl::ToUnixSeconds(clock_.Now()));
  const std::string nonce = NewNonce();
  SignedParts parts;
  parts.timestamp = timestamp;
  parts.nonce = nonce;
  parts.body = body;
  http::Request request;
  request.headers.Set("X-Houbu-Timestamp", timestamp);
  request.headers.Set("X-Houbu-Nonce", nonce);
  request.headers.Set("X-Houbu-Signature", SignatureOf(key_, parts));
  request.headers.Set("Content-Type", "application/json");
  request.method = std::move(method);
  request.url = absl::StrCat(options_.url, path);
  request.body = std::move(body);
  request.timeout = options_.timeout;
  return client_.Send(std::move(request));
}

Task<OrderFact> SandboxProvider::Create(OrderRequest request) {
  std::string body = RenderOrder(request, options_.notify_url);
  ASSIGN_OR_CO_RETURN(const http::Response answer,
                      co_await Ask("POST", "/v1/orders", std::move(body)));
  // Asked before under other settings (another callback address): it stands as it is.
  if (answer.status == 409 && ReadErrorCode(answer.body) == "ORDER_EXISTS") {
    co_return co_await Query(std::move(request.payment));
  }
  co_return OrderOf(answer);
}

Task<OrderFact> SandboxProvider::Query(PaymentId payment) {
  std::string path = absl::StrCat("/v1/orders/", payment.value());
  ASSIGN_OR_CO_RETURN(const http::Response answer,
                      co_await Ask("GET", std::move(path), std::string()));
  co_return OrderOf(answer);
}

Task<OrderFact> SandboxProvider::Close(PaymentId payment) {
  std::string path = absl::StrCat("/v1/orders/", payment.value(), "/close");
  ASSIGN_OR_CO_RETURN(const http::Response answer, co_await Ask("POST", std::move(path), "{}"));
  if (answer.status == 409 && ReadErrorCode(answer.body) == "ORDER_PAID") {
    co_return co_await Query(std::move(payment));
  }
  co_return OrderOf(answer);
}

Task<RefundFact> SandboxProvider::Refund(RefundRequest request) {
  std::string body = RenderRefund(request, options_.notify_url);
  ASSIGN_OR_CO_RETURN(const http::Response answer,
                      co_await Ask("POST", "/v1/refunds", std::move(body)));
  if (answer.status == 409 && ReadErrorCode(answer.body) == "REFUND_EXISTS") {
    co_return co_await QueryRefund(request.payment, std::move(request.merchant_refund));
  }
  co_return RefundOf(answer, request.merchant_refund);
}

Task<RefundFact> SandboxProvider::QueryRefund(PaymentId, std::string merchant_refund) {
  std::string path = absl::StrCat("/v1/refunds/", merchant_refund);
  ASSIGN_OR_CO_RETURN(const http::Response answer,
                      co_await Ask("GET", std::move(path), std::string()));
  co_return RefundOf(answer, merchant_refund);
}

}  // namespace houbu::payment
