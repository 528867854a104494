/// What a journey takes besides a place: travel policies.
///
/// A policy is dated by the day of travel: of the versions in the file the one holds whose
/// `travel_from` is the latest that is not after the day of travel. So a rule that will come is
/// published ahead, and two people who look on different days read the same of one journey.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

#include "services/account/domain/country.h"
#include "services/account/domain/document.h"

namespace houbu::account {

/// What a passport must be for a destination.
struct PassportRule {
  int months_after_travel = 0;  ///< It must hold so many months after the day of travel.
  int blank_pages = 0;

  /// Compares both parts.
  friend bool operator==(const PassportRule& a, const PassportRule& b) = default;
};

/// One kind of document that meets a requirement.
struct Acceptable {
  DocumentType type = DocumentType::kVisa;
  std::string country;   ///< ISO 3166-1 alpha-2 of the issuer; empty for any.
  std::string category;  ///< As documents have it; empty for any.
};

/// A document that a destination demands besides the passport.
struct Requirement {
  std::string code;  ///< Its stable name: "US_ENTRY".
  std::string text;  ///< What to do, one English sentence.
  std::vector<Acceptable> any_of;
  int age_min = 0;            ///< Not for younger ones, where the date of birth is known.
  int days_after_travel = 0;  ///< It must hold so many days after the day of travel.
  std::set<std::string> except_passports_of;  ///< Alpha-2 codes; holders need it not.
};

/// What a destination takes.
struct DestinationRules {
  /// The passport's rule; nothing where other documents say well enough who somebody is.
  std::optional<PassportRule> passport;
  /// Where there is no passport rule: the kinds of which one must hold on the day of travel.
  std::vector<DocumentType> identity;
  std::vector<Requirement> requirements;
};

/// One version.
struct TravelPolicy {
  std::string id;
  absl::CivilDay travel_from;
  DestinationRules others;                               ///< For destinations not named.
  std::map<std::string, DestinationRules> destinations;  ///< By alpha-2 code.
};

/// What `policy` demands at a destination.
const DestinationRules& RulesOf(const TravelPolicy& policy, const std::string& destination);

/// All versions.
class TravelPolicyBook final {
 public:
  /// Takes versions, oldest first; INVALID_ARGUMENT says which breaks what: an id that comes twice,
  /// dates not in order, an unknown country, a requirement without code, documents or with a code
  /// that comes twice, numbers out of range.
  static absl::StatusOr<TravelPolicyBook> Of(std::vector<TravelPolicy> versions,
                                             const CountryBook& countries);

  /// The version for a day of travel, null where the oldest begins later.
  const TravelPolicy* On(absl::CivilDay travel_date) const;

  /// The versions, oldest first.
  const std::vector<TravelPolicy>& versions() const { return versions_; }

 private:
  explicit TravelPolicyBook(std::vector<TravelPolicy> versions) : versions_(std::move(versions)) {}

  std::vector<TravelPolicy> versions_;
};

}  // namespace houbu::account
