/// Refusals: a rule said no.
///
/// A refusal is a value with a name: its code says what the caller can do about it, its reason is
/// the stable name programs and tests look at, its message is for people. It travels as an
/// absl::Status whose payloads carry reason, metadata, field violations and retry delay; libs/rpc
/// turns these into google.rpc details on the wire and back.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"

namespace houbu {

/// One way a rule says no; a named constant in the domain header that owns the rule.
struct Refusal {
  absl::StatusCode code;
  const char* reason;   ///< UPPER_SNAKE, at most 63 characters, never changed once released.
  const char* message;  ///< One English sentence, constant: no personal data can slip in.
};

/// Facts that go with a reason, as {"departure_time", "..."}; keys lowerCamel or snake.
using Metadata = std::map<std::string, std::string>;

/// Returns `refusal` as a status.
absl::Status Refuse(const Refusal& refusal, Metadata metadata = {});

/// Returns a status with a reason known only at run time: what a peer or a script answered.
absl::Status StatusWithReason(absl::StatusCode code, absl::string_view reason,
                              absl::string_view message, const Metadata& metadata = {});

/// Returns the reason, "" when there is none; borrows from `status`.
absl::string_view ReasonOf(const absl::Status& status);

/// Returns the metadata, empty when there is none.
Metadata MetadataOf(const absl::Status& status);

/// Returns `status` with a delay after which trying again makes sense.
absl::Status WithRetryAfter(absl::Status status, absl::Duration delay);

/// Returns the retry delay, nothing when there is none.
absl::optional<absl::Duration> RetryAfterOf(const absl::Status& status);

/// What is wrong with one field of a request.
struct Violation {
  std::string field;        ///< The field's path, as "passengers[1].document.number".
  std::string description;  ///< What it must be; never the value it had.

  /// Compares both parts.
  friend bool operator==(const Violation& a, const Violation& b) = default;
};

/// Returns `status` carrying `violations`.
absl::Status WithViolations(absl::Status status, const std::vector<Violation>& violations);

/// Returns the field violations, empty when there are none.
std::vector<Violation> ViolationsOf(const absl::Status& status);

/// The reason of a malformed request.
inline constexpr Refusal kInvalidRequest{absl::StatusCode::kInvalidArgument, "INVALID_REQUEST",
                                         "The request has invalid fields."};

/// Gathers everything that is wrong with a request, so the caller hears all of it at once.
class Violations final {
 public:
  /// Notes that `field` is not what `description` says.
  void Add(absl::string_view field, absl::string_view description);

  /// Tells whether nothing is wrong so far.
  bool empty() const { return violations_.empty(); }

  /// Returns OK when nothing is wrong, else kInvalidRequest with all violations in order.
  absl::Status ToStatus() const;

 private:
  std::vector<Violation> violations_;
};

}  // namespace houbu
