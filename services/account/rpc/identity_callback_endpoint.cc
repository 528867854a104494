#include "services/account/rpc/identity_callback_endpoint.h"

#include <map>

#include "absl/strings/ascii.h"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

constexpr Refusal kOversized{absl::StatusCode::kOutOfRange, "OVERSIZED",
                             "The callback is too large."};

/// What HTTP says of it, and what is counted.
struct Outcome {
  int status;
  std::string name;
};

Outcome OutcomeOf(const absl::Status& taken) {
  switch (taken.code()) {
    case absl::StatusCode::kOk:
      return {200, "ACCEPTED"};
    case absl::StatusCode::kUnauthenticated:
      return {401, std::string(ReasonOf(taken))};
    case absl::StatusCode::kAlreadyExists:
      return {409, std::string(ReasonOf(taken))};
    case absl::StatusCode::kInvalidArgument:
      return {400, kNoticeMalformed.reason};
    case absl::StatusCode::kOutOfRange:
      return {413, kOversized.reason};
    case absl::StatusCode::kNotFound:
      return {404, "UNKNOWN"};
    default:
      return {503, "FAILED"};
  }
}

}  // namespace

Task<void> IdentityCallbackEndpoint::Believe(http::Request request) {
  if (request.body.size() > kCallbackBytesMax) {
    co_return Refuse(kOversized);
  }
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : request.headers.fields()) {
    headers.emplace(absl::AsciiStrToLower(name), value);
  }
  absl::StatusOr<CheckNotice> notice = reader_.Read(headers, request.body, clock_.Now());
  CO_RETURN_IF_ERROR(notice.status());
  co_return co_await answers_.Take(*std::move(notice));
}

Task<http::Response> IdentityCallbackEndpoint::Take(http::Request request) {
  const absl::Status taken = co_await Believe(std::move(request));
  const Outcome outcome = OutcomeOf(taken);
  count_(outcome.name);
  co_return outcome.status == 200
      ? http::JsonResponse(200, "{}")
      : http::ErrorResponse(outcome.status, outcome.name, "It was not taken.");
}

}  // namespace houbu::account
