#include "services/account/domain/travel_policy.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace houbu::account {
namespace {

constexpr int kMonthsMax = 24;
constexpr int kPagesMax = 50;
constexpr int kDaysMax = 3650;
constexpr int kAgeMax = 120;

absl::Status Wrong(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, " ", what));
}

bool InRange(int value, int max) { return value >= 0 && value <= max; }

/// "US_ENTRY": what programs look at.
bool IsUpperSnake(absl::string_view code) {
  return !code.empty() && code.size() <= 63 &&
         absl::ascii_isupper(static_cast<unsigned char>(code[0])) &&
         std::all_of(code.begin(), code.end(), [](unsigned char c) {
           return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

absl::Status CheckRequirement(const Requirement& requirement, const CountryBook& countries,
                              const std::string& where) {
  if (requirement.text.empty()) return Wrong(where, "needs a text");
  if (requirement.any_of.empty()) return Wrong(where, "accepts no document");
  for (const Acceptable& acceptable : requirement.any_of) {
    if (!acceptable.country.empty() && countries.Find(acceptable.country) == nullptr) {
      return Wrong(where, absl::StrCat("names the unknown country ", acceptable.country));
    }
    if (Identifies(acceptable.type) && !acceptable.category.empty()) {
      return Wrong(where, "has a category of a document that has none");
    }
  }
  for (const std::string& country : requirement.except_passports_of) {
    if (countries.Find(country) == nullptr) {
      return Wrong(where, absl::StrCat("excepts the unknown country ", country));
    }
  }
  if (!InRange(requirement.age_min, kAgeMax) || !InRange(requirement.days_after_travel, kDaysMax)) {
    return Wrong(where, "has an age above 120 or more than 3650 days");
  }
  return absl::OkStatus();
}

absl::Status CheckRules(const DestinationRules& rules, const CountryBook& countries,
                        const std::string& where) {
  if (rules.passport.has_value() != rules.identity.empty()) {
    return Wrong(where, "needs a passport or an identity, and one of them only");
  }
  if (rules.passport.has_value() && (!InRange(rules.passport->months_after_travel, kMonthsMax) ||
                                     !InRange(rules.passport->blank_pages, kPagesMax))) {
    return Wrong(where, "has more than 24 months or 50 blank pages");
  }
  for (const DocumentType type : rules.identity) {
    if (!Identifies(type)) {
      return Wrong(where, absl::StrCat("takes ", DocumentTypeName(type),
                                       " for one that says who somebody is"));
    }
  }
  std::set<std::string> codes;
  for (const Requirement& requirement : rules.requirements) {
    if (!IsUpperSnake(requirement.code) || !codes.insert(requirement.code).second) {
      return Wrong(where, "has a requirement whose code is not UPPER_SNAKE or comes twice");
    }
    const std::string inner = absl::StrCat(where, ", ", requirement.code);
    if (absl::Status checked = CheckRequirement(requirement, countries, inner); !checked.ok()) {
      return checked;
    }
  }
  return absl::OkStatus();
}

}  // namespace

const DestinationRules& RulesOf(const TravelPolicy& policy, const std::string& destination) {
  const auto found = policy.destinations.find(destination);
  return found == policy.destinations.end() ? policy.others : found->second;
}

absl::StatusOr<TravelPolicyBook> TravelPolicyBook::Of(std::vector<TravelPolicy> versions,
                                                      const CountryBook& countries) {
  if (versions.empty()) return absl::InvalidArgumentError("there is no version");
  std::set<std::string> ids;
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const TravelPolicy& policy = versions[i];
    const std::string where = absl::StrCat("version ", policy.id);
    if (policy.id.empty() || !ids.insert(policy.id).second) {
      return Wrong(where, "needs an id of its own");
    }
    if (i > 0 && policy.travel_from <= versions[i - 1].travel_from) {
      return Wrong(where, "does not begin after the version before it");
    }
    absl::Status checked = CheckRules(policy.others, countries, absl::StrCat(where, ", others"));
    if (!checked.ok()) return checked;
    for (const auto& [country, rules] : policy.destinations) {
      if (countries.Find(country) == nullptr) {
        return Wrong(where, absl::StrCat("has the unknown destination ", country));
      }
      checked = CheckRules(rules, countries, absl::StrCat(where, ", ", country));
      if (!checked.ok()) return checked;
    }
  }
  return TravelPolicyBook(std::move(versions));
}

const TravelPolicy* TravelPolicyBook::On(absl::CivilDay travel_date) const {
  const TravelPolicy* held = nullptr;
  for (const TravelPolicy& policy : versions_) {
    if (policy.travel_from <= travel_date) held = &policy;
  }
  return held;
}

}  // namespace houbu::account
