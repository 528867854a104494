#include "services/account/app/travel_readiness.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"

namespace houbu::account {
namespace {

const absl::CivilDay kTravel(2027, 2, 14);

/// Keeps passengers in memory; only reads are asked of it here.
class FakePassengers final : public PassengerStore {
 public:
  Task<std::optional<std::string>> FindAnswer(RequestKey) override { co_return std::nullopt; }
  Task<std::string> Add(Passenger, Reply, absl::Time) override { co_return std::string(); }
  Task<std::string> Save(Passenger, Reply, absl::Time) override { co_return std::string(); }
  Task<std::string> Remove(Passenger, Reply, absl::Time) override { co_return std::string(); }
  Task<Passenger> Load(std::string account, std::string id) override {
    for (const Passenger& passenger : kept) {
      if (passenger.account == account && passenger.id == id) co_return passenger;
    }
    co_return Refuse(kPassengerNotFound);
  }
  Task<std::vector<Passenger>> List(std::string account, std::string, int) override {
    std::vector<Passenger> listed;
    for (const Passenger& passenger : kept) {
      if (passenger.account == account) listed.push_back(passenger);
    }
    co_return listed;
  }

  std::vector<Passenger> kept;
};

Passenger Traveller(const std::string& account, const std::string& id, absl::CivilDay expires) {
  Passenger passenger;
  passenger.id = id;
  passenger.account = account;
  PassengerDocument held;
  held.document.type = DocumentType::kPassport;
  held.document.country = "CN";
  held.document.expires = expires;
  held.document.has_expiry = true;
  held.document.blank_pages = 9;
  held.traveller_key = "key of " + id;
  passenger.documents.push_back(held);
  return passenger;
}

CountryBook Countries() {
  Country japan{"JP", "JPN", "Japan", "日本", {"Japan", "日本"}, {}};
  Country south{"KR", "KOR", "South Korea", "韩国", {"South Korea", "韩国"}, {}};
  Country north{"KP", "PRK", "North Korea", "朝鲜", {"North Korea", "朝鲜"}, {}};
  return CountryBook::Of({japan, south, north}, {}, {}).value();
}

TravelPolicyBook BookOf(const CountryBook& countries, bool with_report) {
  TravelPolicy policy;
  policy.id = with_report ? "with-report" : "old";
  policy.travel_from = absl::CivilDay(2026, 1, 1);
  policy.others.passport = PassportRule{6, 2};
  if (with_report) {
    DestinationRules& japan = policy.destinations["JP"];
    japan.passport = PassportRule{6, 2};
    Requirement report;
    report.code = "HEALTH_REPORT";
    report.text = "Add a health report.";
    report.any_of.push_back({DocumentType::kHealthReport, "", ""});
    japan.requirements.push_back(report);
  }
  return TravelPolicyBook::Of({policy}, countries).value();
}

struct Fixture {
  Fixture() {
    clock.Set(absl::FromCivil(absl::CivilDay(2026, 11, 21), absl::UTCTimeZone()));
    passengers.kept = {Traveller("ac-1", "pg-1", absl::CivilDay(2035, 1, 1)),
                       Traveller("ac-1", "pg-2", absl::CivilDay(2027, 3, 1)),
                       Traveller("ac-2", "pg-3", absl::CivilDay(2035, 1, 1))};
  }

  absl::StatusOr<Readiness> Check(const std::vector<std::string>& ids,
                                  const std::string& destination, absl::CivilDay day) {
    return testing::RunTask(loop, readiness.Check("ac-1", ids, destination, day));
  }

  boost::asio::io_context loop;
  FakePassengers passengers;
  testing::ManualClock clock;
  CountryBook countries = Countries();
  TravelPolicyBook policies = BookOf(countries, false);
  TravelReadiness readiness{passengers, countries, policies,
                            [this](const std::string& text) -> absl::StatusOr<TravelPolicyBook> {
                              if (text == "bad")
                                return absl::InvalidArgumentError("policy is not JSON");
                              return BookOf(countries, true);
                            },
                            clock};
};

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const Violation& violation : ViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

TEST_CASE("a party hears for each of them what is missing", "[account][readiness][R-07]") {
  Fixture fixture;
  const auto readiness = fixture.Check({"pg-1", "pg-2"}, "日本", kTravel);
  REQUIRE(readiness.ok());
  CHECK(readiness->destination == "JP");
  CHECK(readiness->policy == "old");
  REQUIRE(readiness->passengers.size() == 2);
  CHECK(readiness->passengers[0].missing.empty());
  REQUIRE(readiness->passengers[1].missing.size() == 1);
  CHECK(readiness->passengers[1].missing[0].reason == kPassportEndsTooSoon);
  CHECK(readiness->passengers[1].missing[0].needed_until == absl::CivilDay(2027, 8, 14));
}

TEST_CASE("what cannot be checked is named at once", "[account][readiness][R-04][R-16]") {
  Fixture fixture;
  CHECK(FieldsOf(fixture.Check({"pg-1", "pg-3"}, "Korea", absl::CivilDay(2026, 11, 20)).status()) ==
        std::vector<std::string>{"passengers[1]", "destination", "travel_date"});
  CHECK(fixture.Check({"pg-1"}, "JP", absl::CivilDay(2026, 11, 21)).ok());
}

TEST_CASE("a new policy names the trips it hits and nobody else's", "[account][readiness][R-20]") {
  Fixture fixture;
  Passenger ready = Traveller("ac-2", "pg-4", absl::CivilDay(2035, 1, 1));
  PassengerDocument report;
  report.document = ready.documents[0].document;
  report.document.type = DocumentType::kHealthReport;
  ready.documents.push_back(report);
  fixture.passengers.kept.push_back(ready);
  std::vector<PlannedTrip> trips;
  // Hit; lacks something already, so hit by the new demand only; elsewhere; prepared; unknown.
  trips.push_back({"b-1", "ac-1", {"key of pg-1", "key of pg-2"}, "JP", kTravel});
  trips.push_back({"b-2", "ac-1", {"key of pg-1"}, "KR", kTravel});
  trips.push_back({"b-3", "ac-2", {"key of pg-4"}, "JP", kTravel});
  trips.push_back({"b-4", "ac-2", {"key of pg-1"}, "JP", kTravel});
  trips.push_back({"b-5", "ac-1", {"key of pg-1"}, "JP", absl::CivilDay(2025, 1, 1)});
  const auto comparison = testing::RunTask(fixture.loop, fixture.readiness.Compare("new", trips));
  REQUIRE(comparison.ok());
  REQUIRE(comparison->hits.size() == 1);
  CHECK(comparison->hits[0].trip.reference == "b-1");
  REQUIRE(comparison->hits[0].travellers.size() == 2);
  for (const TravellerHit& traveller : comparison->hits[0].travellers) {
    REQUIRE(traveller.missing.size() == 1);
    CHECK(traveller.missing[0].requirement == "HEALTH_REPORT");
  }
  CHECK(comparison->unknown_travellers == std::vector<std::string>{"b-4"});
}

TEST_CASE("a policy or a trip that is not sound is refused", "[account][readiness][R-20]") {
  Fixture fixture;
  std::vector<PlannedTrip> trips;
  trips.push_back({"b-1", "ac-1", {"key of pg-1"}, "QQ", kTravel});
  const auto bad = testing::RunTask(fixture.loop, fixture.readiness.Compare("bad", trips));
  CHECK(ReasonOf(bad.status()) == kTravelPolicyMalformed.reason);
  CHECK(MetadataOf(bad.status()).at("fault") == "policy is not JSON");
  const auto nowhere = testing::RunTask(fixture.loop, fixture.readiness.Compare("new", trips));
  CHECK(FieldsOf(nowhere.status()) == std::vector<std::string>{"trips[0].destination_code"});
}

}  // namespace
}  // namespace houbu::account
