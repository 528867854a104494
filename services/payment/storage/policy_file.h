/// The policy file: fee policies as operators write them, JSON with comments.
///
///     {"profiles": [{
///       "id": "seed", "in_force_from": "2019-01-01T00:00:00+08:00",
///       "rounding_step_fen": 50, "fee_min_fen": 200, "spring_festival_percent": 20,
///       "rail": [{"tier": "FREE", "more_than_hours": 360, "percent": 0},
///                {"tier": "FIVE_PERCENT", "at_least_hours": 48, "percent": 5},
///                {"tier": "TWENTY_PERCENT", "percent": 20}],
///       "appointment": [...]}]}
///
/// A profile is never changed once payments were opened under it: a new one with a later date is
/// added.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "services/payment/domain/fee_policy.h"

namespace houbu::payment {

/// Reads policies from text; INVALID_ARGUMENT with one line that begins with `name` and says what
/// is wrong where. Unknown keys are refused.
absl::StatusOr<PolicyBook> ParsePolicies(absl::string_view text, absl::string_view name);

/// Reads a file. Blocks: for start-up only.
absl::StatusOr<PolicyBook> LoadPolicies(const std::string& path);

}  // namespace houbu::payment
