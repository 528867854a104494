#include "services/payment/peers/alipay_gateway.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/retry.h"
#include "libs/async/status_macros.h"
#include "services/payment/domain/refusals.h"
#include "services/payment/peers/alipay_wire.h"

namespace houbu::payment {
namespace {

constexpr async::RetryPolicy kSecondTry{.attempts_max = 2,
                                        .backoff_first = absl::Milliseconds(100)};

bool HelpsToRepeat(const absl::Status& status) {
  return async::IsRetryable(status) && ReasonOf(status) != absl::string_view(kProviderBusy.reason);
}

}  // namespace

bool IsSignedByAlipay(const AlipayKeys& keys, absl::string_view text, absl::string_view sign) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](const secrets::RsaVerifier& key) { return key.Verifies(text, sign); });
}

AlipayGateway::AlipayGateway(http::Client& client, const Clock& clock, secrets::RsaSigner signer,
                             AlipayKeys keys, AlipayOptions options)
    : client_(client),
      clock_(clock),
      signer_(std::move(signer)),
      keys_(std::move(keys)),
      options_(std::move(options)) {}

absl::StatusOr<http::Request> AlipayGateway::Signed(const std::string& method,
                                                    const std::string& biz_content) const {
  AlipayFields fields = {
      {"app_id", options_.app_id}, {"method", method},
      {"format", "JSON"},          {"charset", "utf-8"},
      {"sign_type", "RSA2"},       {"timestamp", FormatBeijing(clock_.Now())},
      {"version", "1.0"},          {"biz_content", biz_content},
  };
  if (method == "alipay.trade.precreate") fields["notify_url"] = options_.notify_url;
  ASSIGN_OR_RETURN(fields["sign"], signer_.Sign(SignedTextOfRequest(fields)));
  // The gateway reads who asks and how from the URL, and what from the body.
  const AlipayFields body = {{"biz_content", biz_content}};
  fields.erase("biz_content");
  http::Request request;
  request.method = "POST";
  request.url = absl::StrCat(options_.url, "?", RenderForm(fields));
  request.headers.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8");
  request.body = RenderForm(body);
  request.timeout = options_.timeout;
  return request;
}

absl::StatusOr<AlipayAnswer> AlipayGateway::Proven(const std::string& method,
                                                   const std::string& body) const {
  absl::StatusOr<SignedAnswer> cut = CutAnswer(body, method);
  if (!cut.ok()) return absl::UnavailableError(cut.status().message());
  absl::StatusOr<AlipayAnswer> answer = ReadAlipayAnswer(cut->content);
  if (!answer.ok()) return absl::UnavailableError(answer.status().message());
  if (SaysTooFast(*answer)) return Refuse(kProviderBusy);
  const std::string told =
      absl::StrCat("alipay: ", method, ": ", answer->code, " ", answer->sub_code);
  // What nobody signed proves nothing of an order: at best it says what to mend.
  if (cut->is_error || !IsSignedByAlipay(keys_, cut->content, cut->sign)) {
    return absl::UnavailableError(absl::StrCat(told, " (not signed by a key we know)"));
  }
  if (answer->ok()) return answer;
  const AlipayError error = ErrorOf(*answer);
  if (error == AlipayError::kOutage) return absl::UnavailableError(told);
  if (error == AlipayError::kMistake) return absl::InternalError(told);
  return answer;
}

Task<AlipayAnswer> AlipayGateway::AskOnce(std::string method, std::string biz_content) {
  absl::StatusOr<http::Request> request = Signed(method, biz_content);
  if (!request.ok()) co_return request.status();
  ASSIGN_OR_CO_RETURN(const http::Response response, co_await client_.Send(*std::move(request)));
  if (response.status == 429) co_return Refuse(kProviderBusy);
  if (response.status != 200) {
    co_return absl::UnavailableError(absl::StrCat("alipay: HTTP ", response.status));
  }
  co_return Proven(method, response.body);
}

Task<AlipayAnswer> AlipayGateway::Ask(std::string method, std::string biz_content) {
  absl::StatusOr<AlipayAnswer> first = co_await AskOnce(method, biz_content);
  if (!HelpsToRepeat(first.status())) co_return first;
  CO_RETURN_IF_ERROR(co_await async::Sleep(async::Backoff(kSecondTry, 1)));
  co_return co_await AskOnce(std::move(method), std::move(biz_content));
}

}  // namespace houbu::payment
