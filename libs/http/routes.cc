#include "libs/http/routes.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "libs/base/refusal.h"

namespace houbu::http {

void Routes::Add(absl::string_view method, absl::string_view path, Handler handler) {
  const bool is_prefix = absl::ConsumeSuffix(&path, "*");
  routes_.push_back(Route{std::string(method), std::string(path), is_prefix, std::move(handler)});
}

const Routes::Route* Routes::BestFor(absl::string_view path) const {
  const Route* best = nullptr;
  for (const Route& route : routes_) {
    if (!route.is_prefix && route.path == path) {
      return &route;
    }
    if (route.is_prefix && absl::StartsWith(path, route.path) &&
        (best == nullptr || route.path.size() > best->path.size())) {
      best = &route;
    }
  }
  return best;
}

const Handler* Routes::Find(const Request& request, Response& refusal) const {
  const Route* best = BestFor(PathOf(request));
  if (best == nullptr) {
    refusal = ErrorResponse(404, "NOT_FOUND", "There is nothing at this path.");
    return nullptr;
  }
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  std::string allowed;
  for (const Route& route : routes_) {
    if (route.path != best->path || route.is_prefix != best->is_prefix) {
      continue;
    }
    if (route.method == method) {
      return &route.handler;
    }
    absl::StrAppend(&allowed, allowed.empty() ? "" : ", ", route.method);
  }
  refusal = ErrorResponse(405, "METHOD_NOT_ALLOWED", "This path does not take this method.");
  refusal.headers.Set("Allow", allowed);
  return nullptr;
}

namespace {

int HttpStatusOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kFailedPrecondition:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    default:  // kInternal, kUnknown, kDataLoss; Abseil forbids an exhaustive switch on its codes.
      return 500;
  }
}

}  // namespace

Response FailureResponse(const absl::Status& failure) {
  const int status = HttpStatusOf(failure.code());
  if (status == 500) {
    return ErrorResponse(500, "INTERNAL", "Something went wrong.");
  }
  const absl::string_view reason = ReasonOf(failure);
  const std::string error =
      reason.empty() ? absl::StatusCodeToString(failure.code()) : std::string(reason);
  return ErrorResponse(status, error, failure.message());
}

}  // namespace houbu::http
