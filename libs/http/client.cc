#include "libs/http/client.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "libs/base/refusal.h"
#include "libs/base/status_macros.h"
#include "libs/http/curl.h"

namespace houbu::http {
namespace {

constexpr Refusal kResponseTooLarge{absl::StatusCode::kFailedPrecondition, "RESPONSE_TOO_LARGE",
                                    "The peer answered more than is taken."};

// An answer as it comes in.
struct Arriving {
  Response response;
  std::size_t bytes_left = 0;
  bool is_too_large = false;
};

bool TakeBytes(Arriving& arriving, std::size_t size) {
  arriving.is_too_large = arriving.is_too_large || size > arriving.bytes_left;
  arriving.bytes_left -= std::min(size, arriving.bytes_left);
  return !arriving.is_too_large;
}

std::size_t OnBody(char* bytes, std::size_t size, std::size_t count, void* context) {
  auto& arriving = *static_cast<Arriving*>(context);
  if (!TakeBytes(arriving, size * count)) {
    return 0;
  }
  arriving.response.body.append(bytes, size * count);
  return size * count;
}

std::size_t OnHeader(char* bytes, std::size_t size, std::size_t count, void* context) {
  auto& arriving = *static_cast<Arriving*>(context);
  if (!TakeBytes(arriving, size * count)) {
    return 0;
  }
  const absl::string_view line(bytes, size * count);
  const std::size_t colon = line.find(':');
  if (absl::StartsWith(line, "HTTP/")) {
    arriving.response.headers = Headers();  // After a 100 Continue the real answer follows.
  } else if (colon != absl::string_view::npos) {
    arriving.response.headers.Set(line.substr(0, colon),
                                  absl::StripAsciiWhitespace(line.substr(colon + 1)));
  }
  return size * count;
}

bool IsToken(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("-_.!~", c);
  });
}

bool HasControl(absl::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c)) && c != '\t';
  });
}

absl::Status CheckRequest(const Request& request) {
  if (!IsToken(request.method) || HasControl(request.url)) {
    return absl::InvalidArgumentError("malformed method or URL");
  }
  for (const auto& [name, value] : request.headers.fields()) {
    if (!IsToken(name) || HasControl(value)) {
      return absl::InvalidArgumentError("malformed header");
    }
  }
  return absl::OkStatus();
}

CurlList HeaderList(const Request& request) {
  CurlList list;
  for (const auto& [name, value] : request.headers.fields()) {
    // libcurl takes "Name;" for an empty value; "Name:" would remove the header.
    Append(list, value.empty() ? absl::StrCat(name, ";") : absl::StrCat(name, ": ", value));
  }
  Append(list, "Expect:");
  if (request.headers.Get("Content-Type").empty()) {
    Append(list, "Content-Type:");
  }
  return list;
}

void SetRequest(CURL* curl, const Request& request, const curl_slist* headers) {
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  if (request.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET" || !request.body.empty()) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

void SetLimits(CURL* curl, const ClientOptions& options, absl::Duration timeout) {
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "houbu");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, CurlMilliseconds(timeout));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   CurlMilliseconds(std::min(options.connect_timeout, timeout)));
  if (!options.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
  }
}

absl::Status FailureOf(CURL* curl, CURLcode code) {
  const std::string message = absl::StrCat("http: ", curl_easy_strerror(code));
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
    return absl::InvalidArgumentError(message);
  }
  curl_off_t sent_after = 0;
  curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &sent_after);
  // Before anything was sent, a timeout is merely a peer that is away: safe to try again.
  if (code == CURLE_OPERATION_TIMEDOUT && sent_after > 0) {
    return absl::DeadlineExceededError(message);
  }
  return absl::UnavailableError(message);
}

// Blocks; runs on the pool. Each thread keeps its handle, and with it connections that live on.
absl::StatusOr<Response> Perform(const Request& request, const ClientOptions& options,
                                 absl::Duration timeout) {
  thread_local const CurlHandle handle = NewCurl();
  CURL* curl = handle.get();
  curl_easy_reset(curl);
  const CurlList headers = HeaderList(request);
  SetRequest(curl, request, headers.get());
  SetLimits(curl, options, timeout);
  Arriving arriving;
  arriving.bytes_left = options.response_bytes_max;
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &OnBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &arriving);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &OnHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &arriving);
  const CURLcode code = curl_easy_perform(curl);
  if (arriving.is_too_large) {
    return Refuse(kResponseTooLarge);
  }
  if (code != CURLE_OK) {
    return FailureOf(curl, code);
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  arriving.response.status = static_cast<int>(status);
  return std::move(arriving.response);
}

}  // namespace

Client::Client(async::WorkerPool& pool, ClientOptions options)
    : pool_(pool), options_(std::move(options)) {}

async::Task<Response> Client::Send(Request request) {
  const auto begun = std::chrono::steady_clock::now();
  std::function<absl::StatusOr<Response>()> work =
      [request = std::move(request), options = options_, begun]() -> absl::StatusOr<Response> {
    RETURN_IF_ERROR(CheckRequest(request));
    // Time spent waiting for a thread counts.
    const absl::Duration waited = absl::FromChrono(std::chrono::steady_clock::now() - begun);
    if (waited >= request.timeout) {
      return absl::UnavailableError("http: no time left to send the request");
    }
    return Perform(request, options, request.timeout - waited);
  };
  return async::OnPool<Response>(pool_, std::move(work));
}

}  // namespace houbu::http
