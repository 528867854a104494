#include "services/account/domain/readiness.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace houbu::account {
namespace {

const absl::CivilDay kTravel(2027, 2, 14);

Document PassportOf(absl::CivilDay expires, int blank_pages, const std::string& country = "CN") {
  Document passport;
  passport.type = DocumentType::kPassport;
  passport.country = country;
  passport.expires = expires;
  passport.has_expiry = true;
  passport.blank_pages = blank_pages;
  return passport;
}

Document Given(DocumentType type, const std::string& country, const std::string& category,
               absl::CivilDay expires) {
  Document document = PassportOf(expires, -1, country);
  document.type = type;
  document.category = category;
  return document;
}

Passenger Holding(const std::vector<Document>& documents) {
  Passenger passenger;
  for (const Document& document : documents) {
    PassengerDocument held;
    held.document = document;
    passenger.documents.push_back(held);
  }
  return passenger;
}

TravelPolicy Policy() {
  TravelPolicy policy;
  policy.others.passport = PassportRule{6, 2};
  DestinationRules& home = policy.destinations["CN"];
  home.identity = {DocumentType::kResidentId, DocumentType::kPassport};
  DestinationRules& states = policy.destinations["US"];
  states.passport = PassportRule{6, 2};
  Requirement entry;
  entry.code = "US_ENTRY";
  entry.any_of = {{DocumentType::kTravelAuthorisation, "US", "ESTA"},
                  {DocumentType::kVisa, "US", "B1/B2"}};
  entry.except_passports_of = {"US"};
  Requirement health;
  health.code = "HEALTH_REPORT";
  health.any_of = {{DocumentType::kHealthReport, "", ""}};
  health.days_after_travel = 7;
  Requirement fever;
  fever.code = "YELLOW_FEVER";
  fever.any_of = {{DocumentType::kVaccinationCertificate, "", "YELLOW_FEVER"}};
  fever.age_min = 1;
  states.requirements = {entry, health, fever};
  return policy;
}

/// What is missing: reasons, and the requirement's code after a slash.
std::vector<std::string> MissingOf(const Passenger& passenger, const std::string& destination) {
  std::vector<std::string> all;
  for (const Missing& missing : MissingFor(passenger, Policy(), destination, kTravel)) {
    all.push_back(missing.requirement.empty() ? missing.reason
                                              : missing.reason + "/" + missing.requirement);
    CHECK((!missing.text.empty() || !missing.requirement.empty()));
  }
  return all;
}

using Texts = std::vector<std::string>;
const absl::CivilDay kLong(2035, 1, 1);

TEST_CASE("a passport holds six months past the journey and has two blank pages",
          "[account][readiness][R-07]") {
  struct Row {
    std::vector<Document> documents;
    Texts missing;
  };
  const std::vector<Row> table = {
      {{}, {"PASSPORT_MISSING"}},
      {{PassportOf(absl::CivilDay(2027, 8, 14), 2)}, {}},
      {{PassportOf(absl::CivilDay(2027, 8, 13), 2)}, {"PASSPORT_ENDS_TOO_SOON"}},
      {{PassportOf(kLong, 1)}, {"PASSPORT_PAGES_TOO_FEW"}},
      {{PassportOf(kLong, 0)}, {"PASSPORT_PAGES_TOO_FEW"}},
      {{PassportOf(kLong, -1)}, {"PASSPORT_PAGES_UNKNOWN"}},
      {{PassportOf(absl::CivilDay(2027, 1, 1), 1)},
       {"PASSPORT_ENDS_TOO_SOON", "PASSPORT_PAGES_TOO_FEW"}},
      // The better of two passports counts.
      {{PassportOf(absl::CivilDay(2027, 1, 1), 1), PassportOf(kLong, 5)}, {}},
      {{PassportOf(kLong, 5), PassportOf(absl::CivilDay(2027, 1, 1), 1)}, {}},
      // One's own country asks only that it holds.
      {{PassportOf(kTravel, -1, "JP")}, {}},
      {{PassportOf(kTravel - 1, -1, "JP")}, {"PASSPORT_ENDS_TOO_SOON"}},
  };
  for (const Row& row : table) {
    CHECK(MissingOf(Holding(row.documents), "JP") == row.missing);
  }
}

TEST_CASE("everything that is missing is listed at once", "[account][readiness][R-07]") {
  CHECK(MissingOf(Holding({}), "US") == Texts{"PASSPORT_MISSING", "DOCUMENT_MISSING/US_ENTRY",
                                              "DOCUMENT_MISSING/HEALTH_REPORT",
                                              "DOCUMENT_MISSING/YELLOW_FEVER"});
  const Document passport = PassportOf(kLong, 5);
  const Document health = Given(DocumentType::kHealthReport, "CN", "", kTravel + 7);
  const Document fever = Given(DocumentType::kVaccinationCertificate, "CN", "YELLOW_FEVER", kLong);
  const Document esta = Given(DocumentType::kTravelAuthorisation, "US", "ESTA", kTravel);
  const Document visa = Given(DocumentType::kVisa, "US", "B1/B2", kTravel);
  CHECK(MissingOf(Holding({passport, health, fever, esta}), "US").empty());
  CHECK(MissingOf(Holding({passport, health, fever, visa}), "US").empty());
  CHECK(MissingOf(Holding({PassportOf(kLong, 5, "US"), health, fever}), "US").empty());
  const Document late = Given(DocumentType::kVisa, "US", "B1/B2", kTravel - 1);
  const Document other = Given(DocumentType::kVisa, "CA", "B1/B2", kLong);
  const Document study = Given(DocumentType::kVisa, "US", "F1", kLong);
  CHECK(MissingOf(Holding({passport, health, fever, late}), "US") ==
        Texts{"DOCUMENT_ENDS_TOO_SOON/US_ENTRY"});
  CHECK(MissingOf(Holding({passport, health, fever, other, study}), "US") ==
        Texts{"DOCUMENT_MISSING/US_ENTRY"});
  const Document short_report = Given(DocumentType::kHealthReport, "CN", "", kTravel + 6);
  CHECK(MissingOf(Holding({passport, short_report, fever, esta}), "US") ==
        Texts{"DOCUMENT_ENDS_TOO_SOON/HEALTH_REPORT"});
  Passenger baby = Holding({passport, health, esta});
  baby.type = PassengerType::kChild;
  baby.birth = absl::CivilDay(2026, 2, 15);
  CHECK(MissingOf(baby, "US").empty());
  baby.birth = absl::CivilDay(2026, 2, 14);
  CHECK(MissingOf(baby, "US") == Texts{"DOCUMENT_MISSING/YELLOW_FEVER"});
}

TEST_CASE("at home any document that says who one is will do", "[account][readiness][R-07]") {
  Document card;
  CHECK(MissingOf(Holding({card}), "CN").empty());
  CHECK(MissingOf(Holding({PassportOf(kTravel, -1)}), "CN").empty());
  CHECK(MissingOf(Holding({PassportOf(kTravel - 1, 5)}), "CN") == Texts{"IDENTITY_MISSING"});
  CHECK(MissingOf(Holding({}), "CN") == Texts{"IDENTITY_MISSING"});
}

TEST_CASE("who has outgrown their kind by the day of travel is told",
          "[account][readiness][R-04]") {
  Passenger child = Holding({PassportOf(kLong, 5)});
  child.type = PassengerType::kChild;
  child.birth = absl::CivilDay(2013, 2, 15);
  CHECK(MissingOf(child, "JP").empty());
  child.birth = absl::CivilDay(2013, 2, 14);
  CHECK(MissingOf(child, "JP") == Texts{"PASSENGER_TYPE_OUTGROWN"});
}

TEST_CASE("months later is the same day or the month's last", "[account][readiness][R-07]") {
  CHECK(MonthsAfter(absl::CivilDay(2027, 2, 14), 6) == absl::CivilDay(2027, 8, 14));
  CHECK(MonthsAfter(absl::CivilDay(2026, 8, 31), 6) == absl::CivilDay(2027, 2, 28));
  CHECK(MonthsAfter(absl::CivilDay(2027, 8, 31), 6) == absl::CivilDay(2028, 2, 29));
  CHECK(MonthsAfter(absl::CivilDay(2026, 12, 31), 6) == absl::CivilDay(2027, 6, 30));
  CHECK(MonthsAfter(absl::CivilDay(2026, 1, 1), 0) == absl::CivilDay(2026, 1, 1));
}

}  // namespace
}  // namespace houbu::account
