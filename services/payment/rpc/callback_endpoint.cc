#include "services/payment/rpc/callback_endpoint.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"

namespace houbu::payment {

CallbackEndpoint::Verdict CallbackEndpoint::Judge(const absl::Status& taken) {
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

async::Task<http::Response> CallbackEndpoint::Take(http::Request request) {
  if (request.body.size() > kCallbackBytesMax) co_return Answer(Verdict{413, "OVERSIZED"});
  SignedNotice notice;
  for (const auto& [name, value] : request.headers.fields()) {
    notice.headers.emplace(absl::AsciiStrToLower(name), value);
  }
  notice.body = std::move(request.body);
  absl::StatusOr<ProvenNotice> proven = reader_.Read(notice, clock_.Now());
  absl::Status taken = proven.status();
  if (taken.ok()) taken = co_await facts_.Take(*std::move(proven));
  co_return Answer(Judge(taken));
}

http::Response CallbackEndpoint::Answer(const Verdict& verdict) const {
  count_(verdict.outcome);
  CallbackAnswer answer = reader_.Answer(verdict.status, verdict.outcome);
  http::Response response;
  response.status = answer.status;
  response.headers.Set("Content-Type", answer.content_type);
  response.body = std::move(answer.body);
  return response;
}

}  // namespace houbu::payment
