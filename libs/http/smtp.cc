#include "libs/http/smtp.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/base/refusal.h"
#include "libs/base/status_macros.h"
#include "libs/http/curl.h"

namespace houbu::http {
namespace {

constexpr Refusal kMailRefused{absl::StatusCode::kFailedPrecondition, "MAIL_REFUSED",
                               "The mail server refuses this mail for good."};

// What libcurl has yet to read of the message.
struct Leaving {
  std::string text;
  std::size_t at = 0;
};

std::size_t OnRead(char* buffer, std::size_t size, std::size_t count, void* context) {
  auto& leaving = *static_cast<Leaving*>(context);
  const std::size_t taken = std::min(size * count, leaving.text.size() - leaving.at);
  std::copy_n(leaving.text.data() + leaving.at, taken, buffer);
  leaving.at += taken;
  return taken;
}

void SetServer(CURL* curl, const SmtpOptions& options) {
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_URL, options.url.c_str());
  curl_easy_setopt(curl, CURLOPT_USE_SSL,
                   static_cast<long>(options.require_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  if (!options.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
  }
  if (!options.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, options.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, options.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CurlMilliseconds(options.connect_timeout));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, CurlMilliseconds(options.timeout));
}

absl::Status FailureOf(CURL* curl, CURLcode code) {
  long reply = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
  const std::string message = absl::StrCat("smtp: ", curl_easy_strerror(code), ", reply ", reply);
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
    return absl::InvalidArgumentError(message);
  }
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return absl::DeadlineExceededError(message);
  }
  // A refused sign-in is our configuration's fault, not the mail's.
  if (reply >= 500 && reply < 600 && code != CURLE_LOGIN_DENIED) {
    Metadata metadata;
    metadata["smtp_reply"] = absl::StrCat(reply);
    return Refuse(kMailRefused, std::move(metadata));
  }
  return absl::UnavailableError(message);
}

// Blocks; runs on the pool.
absl::Status Perform(const Mail& mail, const SmtpOptions& options) {
  Leaving leaving;
  ASSIGN_OR_RETURN(leaving.text, RenderMail(mail));
  const CurlHandle handle = NewCurl();
  CURL* curl = handle.get();
  SetServer(curl, options);
  const std::string from = absl::StrCat("<", mail.from, ">");
  CurlList recipients;
  Append(recipients, absl::StrCat("<", mail.to, ">"));
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, &OnRead);
  curl_easy_setopt(curl, CURLOPT_READDATA, &leaving);
  const CURLcode code = curl_easy_perform(curl);
  return code == CURLE_OK ? absl::OkStatus() : FailureOf(curl, code);
}

}  // namespace

Smtp::Smtp(async::WorkerPool& pool, SmtpOptions options)
    : pool_(pool), options_(std::move(options)) {}

async::Task<void> Smtp::Send(Mail mail) {
  std::function<absl::Status()> work = [mail = std::move(mail), options = options_] {
    return Perform(mail, options);
  };
  return async::OnPool<void>(pool_, std::move(work));
}

}  // namespace houbu::http
