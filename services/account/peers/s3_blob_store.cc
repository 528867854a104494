#include "services/account/peers/s3_blob_store.h"

#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "services/account/peers/disk_blob_store.h"

namespace houbu::account {
namespace {

constexpr int kNotFound = 404;
constexpr int kForbidden = 403;
constexpr int kTooManyRequests = 429;
constexpr int kServerErrors = 500;

bool IsSuccess(int status) { return status >= 200 && status < 300; }

// "s3.example:9000" of "http://s3.example:9000".
std::string HostOf(absl::string_view url) {
  const std::size_t scheme = url.find("://");
  return std::string(scheme == absl::string_view::npos ? url : url.substr(scheme + 3));
}

// S3 answers a HEAD without a body, and errors otherwise by XML with their code.
bool IsAboutTheClock(const http::Response& response) {
  return response.status == kForbidden &&
         (response.body.empty() || absl::StrContains(response.body, "RequestTimeTooSkewed"));
}

absl::Status CheckName(const std::string& name) {
  if (IsBlobName(name)) return absl::OkStatus();
  return absl::InternalError("blob store: this names no blob");
}

std::shared_ptr<const std::string> Nothing() { return std::make_shared<const std::string>(); }

}  // namespace

http::Request S3BlobStore::Signed(const std::string& method, const std::string& name,
                                  const std::string& body) const {
  AwsRequest signing;
  signing.method = method;
  signing.path = absl::StrCat("/", options_.bucket, "/", name);
  signing.headers["host"] = HostOf(options_.url);
  const absl::Time now = clock_.Now() + absl::Seconds(skew_seconds_.load());
  SignForS3(options_.credentials, body, now, signing);
  http::Request request;
  request.method = method;
  request.url = absl::StrCat(options_.url, signing.path);
  for (const auto& [header, value] : signing.headers) {
    // libcurl says it by the URL, in the same words.
    if (header != "host") request.headers.Set(header, value);
  }
  if (method == "PUT") request.headers.Set("Content-Type", "application/octet-stream");
  request.body = body;
  request.timeout = options_.timeout;
  return request;
}

// Ok for what the caller can use; UNAVAILABLE or ABORTED for what another try may mend.
absl::Status S3BlobStore::Judge(const http::Response& response) {
  if (IsSuccess(response.status) || response.status == kNotFound) return absl::OkStatus();
  if (response.status >= kServerErrors || response.status == kTooManyRequests) {
    return absl::UnavailableError(absl::StrCat("S3 answers ", response.status));
  }
  absl::Time theirs;
  std::string error;
  if (IsAboutTheClock(response) &&
      absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", std::string(response.headers.Get("Date")),
                      &theirs, &error)) {
    const std::int64_t skew = absl::ToInt64Seconds(theirs - clock_.Now());
    if (skew_seconds_.exchange(skew) != skew) {
      return absl::AbortedError("S3 has another time than we have");
    }
  }
  // Not UNAVAILABLE to us, who would try in vain, but an outage to who asked for the file.
  return absl::FailedPreconditionError(absl::StrCat("S3 refuses with ", response.status));
}

Task<http::Response> S3BlobStore::AskOnce(std::string method, std::string name,
                                          std::shared_ptr<const std::string> body) {
  http::Request request = Signed(method, name, *body);
  absl::StatusOr<http::Response> response = co_await http_.Send(std::move(request));
  if (absl::IsDeadlineExceeded(response.status())) {
    co_return absl::UnavailableError("S3 does not answer in time");
  }
  if (!response.ok()) co_return response;
  absl::Status judged = Judge(*response);
  if (!judged.ok()) co_return judged;
  co_return response;
}

Task<http::Response> S3BlobStore::Ask(std::string method, std::string name,
                                      std::shared_ptr<const std::string> body) {
  CO_RETURN_IF_ERROR(CheckName(name));
  std::function<Task<http::Response>()> attempt = [this, method, name, body] {
    return AskOnce(method, name, body);
  };
  absl::StatusOr<http::Response> response =
      co_await async::Retry<http::Response>(options_.retry, std::move(attempt));
  const bool is_ours =
      absl::IsFailedPrecondition(response.status()) || absl::IsAborted(response.status());
  if (is_ours) co_return absl::UnavailableError(response.status().message());
  co_return response;
}

Task<void> S3BlobStore::Put(std::string name, std::shared_ptr<const std::string> bytes) {
  ASSIGN_OR_CO_RETURN(const http::Response response,
                      co_await Ask("PUT", std::move(name), std::move(bytes)));
  if (!IsSuccess(response.status)) co_return absl::UnavailableError("S3: the bucket is gone");
  co_return absl::OkStatus();
}

Task<std::string> S3BlobStore::Get(std::string name) {
  ASSIGN_OR_CO_RETURN(http::Response response, co_await Ask("GET", std::move(name), Nothing()));
  if (response.status == kNotFound) co_return absl::NotFoundError("no such blob");
  co_return std::move(response.body);
}

Task<bool> S3BlobStore::Has(std::string name) {
  ASSIGN_OR_CO_RETURN(const http::Response response,
                      co_await Ask("HEAD", std::move(name), Nothing()));
  co_return IsSuccess(response.status);
}

Task<void> S3BlobStore::Remove(std::string name) {
  CO_RETURN_IF_ERROR(co_await Ask("DELETE", std::move(name), Nothing()));
  co_return absl::OkStatus();
}

}  // namespace houbu::account
