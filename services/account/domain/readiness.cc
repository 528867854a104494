#include "services/account/domain/readiness.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/base/civil.h"

namespace houbu::account {
namespace {

Missing Simple(absl::string_view reason, std::string text) {
  Missing missing;
  missing.reason = std::string(reason);
  missing.text = std::move(text);
  return missing;
}

bool Meets(const Document& document, const Acceptable& acceptable) {
  return document.type == acceptable.type &&
         (acceptable.country.empty() || document.country == acceptable.country) &&
         (acceptable.category.empty() || document.category == acceptable.category);
}

bool MeetsAny(const Document& document, const std::vector<Acceptable>& any_of) {
  return std::any_of(any_of.begin(), any_of.end(), [&document](const Acceptable& acceptable) {
    return Meets(document, acceptable);
  });
}

std::vector<const Document*> PassportsOf(const Passenger& passenger) {
  std::vector<const Document*> passports;
  for (const PassengerDocument& held : passenger.documents) {
    if (held.document.type == DocumentType::kPassport) passports.push_back(&held.document);
  }
  return passports;
}

/// What is wrong with one passport. A destination asks its own citizens' passports only to hold.
std::vector<Missing> WrongWith(const Document& passport, const PassportRule& rule,
                               const std::string& destination, absl::CivilDay travel_date) {
  const bool own = passport.country == destination;
  std::vector<Missing> wrong;
  const absl::CivilDay until =
      own ? travel_date : MonthsAfter(travel_date, rule.months_after_travel);
  if (!HoldsOn(passport, until)) {
    Missing missing = Simple(
        kPassportEndsTooSoon,
        absl::StrCat("Renew the passport: it must be valid until ", FormatCivilDay(until), "."));
    missing.needed_until = until;
    wrong.push_back(std::move(missing));
  }
  const int pages = own ? 0 : rule.blank_pages;
  if (pages > 0 && passport.blank_pages < pages) {
    const bool unknown = passport.blank_pages < 0;
    Missing missing = Simple(unknown ? kPassportPagesUnknown : kPassportPagesTooFew,
                             absl::StrCat(unknown ? "Say how many pages of the passport are blank: "
                                                  : "Renew the passport: ",
                                          pages, " must be."));
    missing.pages_needed = pages;
    wrong.push_back(std::move(missing));
  }
  return wrong;
}

/// What is missing of one requirement, nothing when it is met or does not concern the passenger.
std::optional<Missing> MissingOf(const Passenger& passenger, const Document* passport,
                                 const Requirement& requirement, absl::CivilDay travel_date) {
  if (passport != nullptr && requirement.except_passports_of.count(passport->country) > 0) {
    return std::nullopt;
  }
  if (passenger.birth.has_value() && AgeOn(*passenger.birth, travel_date) < requirement.age_min) {
    return std::nullopt;
  }
  const absl::CivilDay until = travel_date + requirement.days_after_travel;
  bool ends_too_soon = false;
  for (const PassengerDocument& held : passenger.documents) {
    if (!MeetsAny(held.document, requirement.any_of)) continue;
    if (HoldsOn(held.document, until)) return std::nullopt;
    ends_too_soon = true;
  }
  Missing missing =
      Simple(ends_too_soon ? kDocumentEndsTooSoon : kDocumentMissing, requirement.text);
  missing.requirement = requirement.code;
  missing.needed_until = until;
  missing.acceptable = requirement.any_of;
  return missing;
}

/// Everything that is missing when the passenger travels with this passport, or with none.
std::vector<Missing> MissingWith(const Passenger& passenger, const Document* passport,
                                 const DestinationRules& rules, const std::string& destination,
                                 absl::CivilDay travel_date) {
  std::vector<Missing> all;
  if (rules.passport.has_value() && passport == nullptr) {
    all.push_back(Simple(kPassportMissing, "Add the passport to travel with."));
  }
  if (rules.passport.has_value() && passport != nullptr) {
    all = WrongWith(*passport, *rules.passport, destination, travel_date);
  }
  for (const Requirement& requirement : rules.requirements) {
    std::optional<Missing> missing = MissingOf(passenger, passport, requirement, travel_date);
    if (missing.has_value()) all.push_back(*std::move(missing));
  }
  return all;
}

void AddIdentity(const Passenger& passenger, const DestinationRules& rules,
                 absl::CivilDay travel_date, std::vector<Missing>& all) {
  if (rules.identity.empty()) return;
  for (const PassengerDocument& held : passenger.documents) {
    const auto& kinds = rules.identity;
    const bool taken = std::find(kinds.begin(), kinds.end(), held.document.type) != kinds.end();
    if (taken && HoldsOn(held.document, travel_date)) return;
  }
  Missing missing =
      Simple(kIdentityMissing, "Add a document that says who you are and is valid on that day.");
  missing.needed_until = travel_date;
  for (const DocumentType type : rules.identity) {
    Acceptable acceptable;
    acceptable.type = type;
    missing.acceptable.push_back(std::move(acceptable));
  }
  all.push_back(std::move(missing));
}

}  // namespace

absl::CivilDay MonthsAfter(absl::CivilDay day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month) + (day.day() - 1), last);
}

std::vector<Missing> MissingFor(const Passenger& passenger, const TravelPolicy& policy,
                                const std::string& destination, absl::CivilDay travel_date) {
  const DestinationRules& rules = RulesOf(policy, destination);
  const std::vector<const Document*> passports = PassportsOf(passenger);
  std::vector<Missing> least = MissingWith(
      passenger, passports.empty() ? nullptr : passports.front(), rules, destination, travel_date);
  for (const Document* const passport : passports) {
    std::vector<Missing> with = MissingWith(passenger, passport, rules, destination, travel_date);
    if (with.size() < least.size()) least = std::move(with);
  }
  AddIdentity(passenger, rules, travel_date, least);
  const std::string outgrown = PassengerTypeFault(passenger.type, passenger.birth, travel_date);
  if (!outgrown.empty()) {
    least.push_back(
        Simple(kPassengerTypeOutgrown,
               absl::StrCat("On the day of travel this kind of passenger ", outgrown, ".")));
  }
  return least;
}

}  // namespace houbu::account
