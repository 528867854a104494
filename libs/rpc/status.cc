#include "libs/rpc/status.h"

#include <absl/strings/str_cat.h>
#include <google/protobuf/any.pb.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/refusal.h"
#include "libs/rpc/wire.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace houbu::rpc {

namespace {

struct CodeText {
  const char* label;
  const char* name;
  const char* message;  // what a caller hears of what is not its fault or its business
};

constexpr std::array<CodeText, 17> kCodes = {{
    {"OK", "OK", ""},
    {"Canceled", "CANCELLED", "The call was cancelled."},
    {"Unknown", "UNKNOWN", "Something went wrong on our side."},
    {"InvalidArgument", "INVALID_ARGUMENT", "The request is not valid."},
    {"DeadlineExceeded", "DEADLINE_EXCEEDED", "The call took too long."},
    {"NotFound", "NOT_FOUND", "There is no such resource."},
    {"AlreadyExists", "ALREADY_EXISTS", "The resource already exists."},
    {"PermissionDenied", "PERMISSION_DENIED", "This is not allowed."},
    {"ResourceExhausted", "RESOURCE_EXHAUSTED", "A limit is reached."},
    {"FailedPrecondition", "FAILED_PRECONDITION", "This is not possible in the present state."},
    {"Aborted", "ABORTED", "Another change came first; please try again."},
    {"OutOfRange", "OUT_OF_RANGE", "The value is out of range."},
    {"Unimplemented", "UNIMPLEMENTED", "There is no such method."},
    {"Internal", "INTERNAL", "Something went wrong on our side."},
    {"Unavailable", "UNAVAILABLE", "The service is away for the moment; please try again."},
    {"DataLoss", "DATA_LOSS", "Something went wrong on our side."},
    {"Unauthenticated", "UNAUTHENTICATED", "Please sign in first."},
}};

const CodeText& TextOf(absl::StatusCode code) {
  const auto index = static_cast<std::size_t>(code);
  return kCodes[index < kCodes.size() ? index
                                      : static_cast<std::size_t>(absl::StatusCode::kUnknown)];
}

bool IsOurBug(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

absl::optional<absl::Duration> RetryDelayOf(const absl::Status& status) {
  const absl::optional<absl::Duration> delay = RetryAfterOf(status);
  if (delay.has_value()) return delay;
  if (status.code() == absl::StatusCode::kUnavailable) return absl::Seconds(1);
  if (status.code() == absl::StatusCode::kResourceExhausted) return absl::Seconds(30);
  return absl::nullopt;
}

void AddDetails(const absl::Status& status, bool named, google::rpc::Status& wire) {
  google::rpc::ErrorInfo info;
  info.set_domain(kErrorDomain);
  info.set_reason(std::string(named ? ReasonOf(status) : CodeName(status.code())));
  if (named) {
    for (const auto& [key, value] : MetadataOf(status)) (*info.mutable_metadata())[key] = value;
  }
  wire.add_details()->PackFrom(info);
  const std::vector<Violation> violations = ViolationsOf(status);
  if (named && !violations.empty()) {
    google::rpc::BadRequest bad_request;
    for (const Violation& violation : violations) {
      auto* field = bad_request.add_field_violations();
      field->set_field(violation.field);
      field->set_description(violation.description);
    }
    wire.add_details()->PackFrom(bad_request);
  }
  if (const absl::optional<absl::Duration> delay = RetryDelayOf(status)) {
    google::rpc::RetryInfo retry;
    *retry.mutable_retry_delay() = ToWire(*delay);
    wire.add_details()->PackFrom(retry);
  }
}

absl::Status WithInfo(absl::Status status, const google::rpc::ErrorInfo& info) {
  const bool named = info.domain() == kErrorDomain && info.reason() != CodeName(status.code());
  if (!named) return status;
  const Metadata metadata(info.metadata().begin(), info.metadata().end());
  return StatusWithReason(status.code(), info.reason(), status.message(), metadata);
}

}  // namespace

absl::string_view CodeLabel(absl::StatusCode code) { return TextOf(code).label; }

absl::string_view CodeName(absl::StatusCode code) { return TextOf(code).name; }

grpc::Status ToWire(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const bool named = !ReasonOf(status).empty() && !IsOurBug(status.code());
  const CodeText& text = TextOf(status.code());
  google::rpc::Status wire;
  wire.set_code(static_cast<std::int32_t>(status.code()));
  wire.set_message(named ? std::string(status.message()) : std::string(text.message));
  AddDetails(status, named, wire);
  return grpc::Status(static_cast<grpc::StatusCode>(wire.code()), wire.message(),
                      wire.SerializeAsString());
}

absl::Status FromWire(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status wire;
  if (status.error_details().empty() || !wire.ParseFromString(status.error_details())) {
    return result;
  }
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad_request;
  google::rpc::RetryInfo retry;
  for (const google::protobuf::Any& detail : wire.details()) {
    // One that does not unpack stays empty and says nothing.
    if (detail.Is<google::rpc::ErrorInfo>()) detail.UnpackTo(&info);
    if (detail.Is<google::rpc::BadRequest>()) detail.UnpackTo(&bad_request);
    if (detail.Is<google::rpc::RetryInfo>()) detail.UnpackTo(&retry);
  }
  result = WithInfo(std::move(result), info);
  if (!bad_request.field_violations().empty()) {
    std::vector<Violation> violations;
    for (const auto& field : bad_request.field_violations()) {
      violations.push_back(Violation{field.field(), field.description()});
    }
    result = WithViolations(std::move(result), violations);
  }
  const absl::StatusOr<absl::Duration> delay = FromWire(retry.retry_delay());
  if (retry.has_retry_delay() && delay.ok()) result = WithRetryAfter(std::move(result), *delay);
  return result;
}

}  // namespace houbu::rpc
