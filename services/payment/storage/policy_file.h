/// The policy file: fee policies as operators write them, JSON with comments.
///
///     {"profiles": [{
///       "id": "cr-2024", "in_force_from": "2024-01-15T00:00:00+08:00",
///       "rounding_step_fen": 50, "fee_min_fen": 200, "spring_festival_percent": 20,
///       "rail": [{"tier": "FREE", "at_least_hours": 192, "percent": 0},
///                {"tier": "FIVE_PERCENT", "at_least_hours": 48, "percent": 5},
///                {"tier": "TWENTY_PERCENT", "percent": 20}],
///       "appointment": [...],
///       "spring_festivals": [{"first": "2027-01-22", "last": "2027-03-02"}],
///       "change": {"tiers": [...], "free_until_travel_day": true, "fee_on_difference": true},
///       "later_change": {"within_hours": 192, "percent": 5},
///       "grace": {"minutes_after_purchase": 30, "minutes_before_departure": 240},
///       "service_fee_fen": {"least": 1000, "most": 5000},
///       "expedite_fee_fen": {"least": 1000, "most": 10000}}]}
///
/// From `in_force_from` to `appointment` only the date may be left out: such a profile is known,
/// for quotes, but not in force. What follows may be left out whole: then there is no such rule,
/// changes are free and nothing is charged.
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
