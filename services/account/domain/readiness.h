/// Whether somebody has what a journey takes: everything that is missing, all at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

#include "services/account/domain/passenger.h"
#include "services/account/domain/travel_policy.h"

namespace houbu::account {

/// No passport at all.
inline constexpr absl::string_view kPassportMissing = "PASSPORT_MISSING";
/// The passport ends before `needed_until`.
inline constexpr absl::string_view kPassportEndsTooSoon = "PASSPORT_ENDS_TOO_SOON";
/// The passport has too few blank pages: `pages_needed`.
inline constexpr absl::string_view kPassportPagesTooFew = "PASSPORT_PAGES_TOO_FEW";
/// Nobody said how many blank pages the passport has: `pages_needed`.
inline constexpr absl::string_view kPassportPagesUnknown = "PASSPORT_PAGES_UNKNOWN";
/// No document of the kinds that say here who somebody is holds on the day of travel.
inline constexpr absl::string_view kIdentityMissing = "IDENTITY_MISSING";
/// No document meets the requirement.
inline constexpr absl::string_view kDocumentMissing = "DOCUMENT_MISSING";
/// A document would meet the requirement but ends before `needed_until`.
inline constexpr absl::string_view kDocumentEndsTooSoon = "DOCUMENT_ENDS_TOO_SOON";
/// On the day of travel the passenger is of another age than their kind has.
inline constexpr absl::string_view kPassengerTypeOutgrown = "PASSENGER_TYPE_OUTGROWN";

/// One thing that is missing.
struct Missing {
  std::string reason;       ///< One of the names above.
  std::string requirement;  ///< The requirement's code; empty for passports and kinds.
  std::string text;         ///< What to do, one English sentence.
  std::optional<absl::CivilDay> needed_until;
  int pages_needed = 0;
  std::vector<Acceptable> acceptable;  ///< What would do.

  /// Tells whether it is the same thing to somebody who has to do it.
  friend bool SameThing(const Missing& a, const Missing& b) {
    return a.reason == b.reason && a.requirement == b.requirement;
  }
};

/// A day `months` later, the last of the month where that has no such day.
absl::CivilDay MonthsAfter(absl::CivilDay day, int months);

/// Everything that somebody is missing for a journey to `destination` on `travel_date` under
/// `policy`; empty when they are ready. Where there are several passports, by the one that leaves
/// least to do.
std::vector<Missing> MissingFor(const Passenger& passenger, const TravelPolicy& policy,
                                const std::string& destination, absl::CivilDay travel_date);

}  // namespace houbu::account
