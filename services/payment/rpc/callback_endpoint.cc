#include "services/payment/rpc/callback_endpoint.h"

#include <string>
#include <utility>

namespace houbu::payment {
namespace {

// What the provider is told, and what is counted.
struct Verdict {
  int status;
  std::string outcome;
};

Verdict Judge(const absl::Status& taken) {
  const std::string reason(ReasonOf(taken));
  switch (taken.code()) {
    case absl::StatusCode::kOk:
      return {200, "ACCEPTED"};
    case absl::StatusCode::kUnauthenticated:
      return {401, reason};
    case absl::StatusCode::kAlreadyExists:
      return {409, reason};
    case absl::StatusCode::kInvalidArgument:
      return {400, reason.empty() ? "MALFORMED" : reason};
    case absl::StatusCode::kNotFound:
      return {404, "UNKNOWN"};
    default:
      return {503, "FAILED"};
  }
}

}  // namespace

async::Task<http::Response> CallbackEndpoint::Take(http::Request request) {
  if (request.body.size() > kCallbackBytesMax) {
    count_("OVERSIZED");
    co_return http::ErrorResponse(413, "OVERSIZED", "The callback is too large.");
  }
  SignedNotice notice;
  notice.timestamp = std::string(request.headers.Get("X-Houbu-Timestamp"));
  notice.nonce = std::string(request.headers.Get("X-Houbu-Nonce"));
  notice.signature = std::string(request.headers.Get("X-Houbu-Signature"));
  notice.body = std::move(request.body);
  absl::StatusOr<ProvenNotice> proven = reader_.Read(notice, clock_.Now());
  absl::Status taken = proven.status();
  if (taken.ok()) taken = co_await facts_.Take(*std::move(proven));
  const Verdict verdict = Judge(taken);
  count_(verdict.outcome);
  if (taken.ok()) co_return http::JsonResponse(200, "{}");
  co_return http::ErrorResponse(verdict.status, verdict.outcome, "The callback was not taken.");
}

}  // namespace houbu::payment
