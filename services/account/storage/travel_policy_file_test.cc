#include "services/account/storage/travel_policy_file.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "services/account/storage/iso_countries.h"
#include "services/account/storage/shipped_travel.h"

namespace houbu::account {
namespace {

constexpr char kSound[] = R"json({"versions": [{
  "id": "a", "travel_from": "2026-01-01",
  "others": {"passport": {"months_after_travel": 6, "blank_pages": 2}},
  "destinations": {
    "CN": {"identity": ["RESIDENT_ID"]},
    "US": {"passport": {"months_after_travel": 6, "blank_pages": 2}, "requirements": [{
      "code": "US_ENTRY", "text": "Add a visa.",
      "any_of": [{"type": "VISA", "country": "US", "category": "B1/B2"}],
      "age_min": 1, "days_after_travel": 3, "except_passports_of": ["US"]}]}}}]})json";

std::string Replaced(const std::string& from, const std::string& to) {
  std::string text = kSound;
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("the shipped travel policies are sound and ask what R-07 says",
          "[account][readiness][R-07]") {
  const CountryBook countries = LoadCountries({}).value();
  const auto shipped = ParseTravelPolicies(kShippedTravel, "the shipped ones", countries);
  INFO(shipped.status());
  REQUIRE(shipped.ok());
  CHECK(shipped->On(absl::CivilDay(2025, 12, 31)) == nullptr);
  const TravelPolicy* const policy = shipped->On(absl::CivilDay(2026, 11, 21));
  REQUIRE(policy != nullptr);
  CHECK(RulesOf(*policy, "JP").passport == PassportRule{6, 2});
  CHECK(RulesOf(*policy, "US").passport == PassportRule{6, 2});
  REQUIRE(RulesOf(*policy, "US").requirements.size() == 1);
  CHECK(RulesOf(*policy, "US").requirements[0].any_of.size() == 2);
  CHECK_FALSE(RulesOf(*policy, "CN").passport.has_value());
}

TEST_CASE("the version of the day of travel holds", "[account][readiness][R-20]") {
  const CountryBook countries = LoadCountries({}).value();
  TravelPolicy old;
  old.id = "old";
  old.travel_from = absl::CivilDay(2026, 1, 1);
  old.others.passport = PassportRule{};
  TravelPolicy next = old;
  next.id = "next";
  next.travel_from = absl::CivilDay(2027, 1, 1);
  const auto book = TravelPolicyBook::Of({old, next}, countries);
  REQUIRE(book.ok());
  CHECK(book->On(absl::CivilDay(2026, 12, 31))->id == "old");
  CHECK(book->On(absl::CivilDay(2027, 1, 1))->id == "next");
  CHECK(book->On(absl::CivilDay(2025, 12, 31)) == nullptr);
}

TEST_CASE("a travel policy file says in one line what is wrong with it",
          "[account][readiness][R-07]") {
  const CountryBook countries = LoadCountries({}).value();
  REQUIRE(ParseTravelPolicies(kSound, "p", countries).ok());
  struct Row {
    std::string text;
    std::string message;
  };
  const std::vector<Row> rows = {
      {"{", "p is not JSON"},
      {"[]", "p: the file is not an object"},
      {"{}", "p: the file needs the list versions"},
      {R"({"versions": []})", "p: there is no version"},
      {R"({"versions": [1]})", "p: versions[0] is not an object"},
      {Replaced("2026-01-01", "2026-02-30"), "p: versions[0] needs travel_from as 2026-01-01"},
      {Replaced("\"others\"", "\"other\""), "p: versions[0] has the unknown key other"},
      {Replaced("\"US\": {", "\"XX\": {"), "p: version a has the unknown destination XX"},
      {Replaced("\"US\": {", "\"usa\": {"), "p: version a has the unknown destination usa"},
      {Replaced("\"identity\": [\"RESIDENT_ID\"]", "\"identity\": []"),
       "p: version a, CN needs a passport or an identity, and one of them only"},
      {Replaced("[\"RESIDENT_ID\"]", "[\"VISA\"]"),
       "p: version a, CN takes VISA for one that says who somebody is"},
      {Replaced("[\"RESIDENT_ID\"]", "[\"LIBRARY_CARD\"]"),
       "p: versions[0].destinations.CN has the unknown document LIBRARY_CARD"},
      {Replaced("\"blank_pages\": 2", "\"blank_pages\": 2.5"),
       "p: versions[0].others.passport needs the whole number blank_pages, 0 to 100000"},
      {Replaced("\"blank_pages\": 2", "\"blank_pages\": 51"),
       "p: version a, others has more than 24 months or 50 blank pages"},
      {Replaced("US_ENTRY", "us entry"),
       "p: version a, US has a requirement whose code is not UPPER_SNAKE or comes twice"},
      {Replaced("\"country\": \"US\"", "\"country\": \"XK\""),
       "p: version a, US, US_ENTRY names the unknown country XK"},
      {Replaced("\"except_passports_of\": [\"US\"]", "\"except_passports_of\": [\"ZZ\"]"),
       "p: version a, US, US_ENTRY excepts the unknown country ZZ"},
      {Replaced("\"text\": \"Add a visa.\"", "\"text\": \"\""),
       "p: version a, US, US_ENTRY needs a text"},
      {Replaced("[{\"type\": \"VISA\", \"country\": \"US\", \"category\": \"B1/B2\"}]", "[]"),
       "p: version a, US, US_ENTRY accepts no document"},
      {Replaced("\"age_min\": 1", "\"age_min\": 121"),
       "p: version a, US, US_ENTRY has an age above 120 or more than 3650 days"},
  };
  for (const Row& row : rows) {
    const absl::Status status = ParseTravelPolicies(row.text, "p", countries).status();
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK(status.message() == row.message);
  }
}

}  // namespace
}  // namespace houbu::account
