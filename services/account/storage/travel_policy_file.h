/// The file of travel policies as operators write it, JSON with comments:
///
///     {"versions": [{
///       "id": "2026", "travel_from": "2026-01-01",
///       "others": {"passport": {"months_after_travel": 6, "blank_pages": 2}},
///       "destinations": {
///         "CN": {"identity": ["RESIDENT_ID", "PASSPORT"]},
///         "US": {"passport": {"months_after_travel": 6, "blank_pages": 2},
///                "requirements": [{
///                  "code": "US_ENTRY", "text": "Add an ESTA authorisation or a B1/B2 visa.",
///                  "any_of": [{"type": "TRAVEL_AUTHORISATION", "country": "US",
///                              "category": "ESTA"}],
///                  "age_min": 0, "days_after_travel": 0, "except_passports_of": ["US"]}]}}}]}
///
/// `requirements`, and in them what follows any_of, may be left out, and so may `destinations`, and
/// country and category of what is accepted: then any will do.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "services/account/domain/travel_policy.h"

namespace houbu::account {

/// Reads policies from text; INVALID_ARGUMENT with one line that begins with `name` and says what
/// is wrong where. Unknown keys are refused.
absl::StatusOr<TravelPolicyBook> ParseTravelPolicies(absl::string_view text, absl::string_view name,
                                                     const CountryBook& countries);

/// Reads a file. Blocks: for start-up only.
absl::StatusOr<TravelPolicyBook> LoadTravelPolicies(const std::string& path,
                                                    const CountryBook& countries);

}  // namespace houbu::account
