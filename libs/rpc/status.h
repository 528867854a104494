/// Statuses on the wire: google.rpc.Status with ErrorInfo, BadRequest and RetryInfo, both ways.
#pragma once

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <grpcpp/support/status.h>

namespace houbu::rpc {

/// The ErrorInfo domain of every refusal of ours.
inline constexpr char kErrorDomain[] = "houbu";

/// Gives the name of a code as the wire and the metrics spell it: "InvalidArgument".
absl::string_view CodeLabel(absl::StatusCode code);

/// Gives the name of a code in UPPER_SNAKE: "INVALID_ARGUMENT".
absl::string_view CodeName(absl::StatusCode code);

/// Encodes a status for the caller. Only what a Refusal or Violations said reaches the wire with
/// its message; anything else (our bugs, outages) keeps its code but gets a constant text, for its
/// cause is not the caller's. ErrorInfo is always there; its reason is the code's name where no
/// refusal gave one. RESOURCE_EXHAUSTED and UNAVAILABLE always carry RetryInfo.
grpc::Status ToWire(const absl::Status& status);

/// Restores a peer's status with its reason, metadata, violations and retry delay, so that
/// FromWire(ToWire(s)) says what s says to a caller.
absl::Status FromWire(const grpc::Status& status);

}  // namespace houbu::rpc
