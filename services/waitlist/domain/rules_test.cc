#include "services/waitlist/domain/rules.h"

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

namespace houbu::waitlist {
namespace {

const absl::CivilDay kDay(2026, 12, 1);
const absl::Time kNow = absl::FromUnixSeconds(1'795'000'000);

Choice ChoiceOf(const std::string& run, const std::string& class_code, std::int64_t fare,
                absl::CivilDay day = kDay) {
  Choice choice;
  choice.wish.run = run;
  choice.wish.class_code = class_code;
  choice.wish.from = "BJP";
  choice.wish.to = "SHH";
  choice.quote.fare = Fen(fare);
  choice.quote.boarding_day = day;
  choice.quote.departs_at = kNow + absl::Hours(24 * (day - kDay + 5));
  choice.quote.origin_city = "北京";
  choice.quote.destination_city = "上海";
  choice.demand = absl::StrCat("dm-", run, "-", class_code);
  return choice;
}

Application ApplicationOf(std::vector<Choice> choices, std::size_t travellers = 1) {
  Application application;
  application.choices = std::move(choices);
  application.travellers.resize(travellers);
  return application;
}

std::vector<Wish> WishesOf(const std::vector<Choice>& choices) {
  std::vector<Wish> wishes;
  for (const Choice& choice : choices) {
    wishes.push_back(choice.wish);
  }
  return wishes;
}

TEST_CASE("an order names one to four different choices", "[waitlist][W-03]") {
  const WaitlistPolicy policy;
  std::vector<Choice> choices;
  CHECK(ReasonOf(CheckWishes(WishesOf(choices), policy)) == "INVALID_REQUEST");
  for (int i = 0; i < 4; ++i) {
    choices.push_back(ChoiceOf(absl::StrCat("runs/", i), "second", 100));
    CHECK(CheckWishes(WishesOf(choices), policy).ok());
  }
  choices.push_back(ChoiceOf("runs/4", "second", 100));
  CHECK(ReasonOf(CheckWishes(WishesOf(choices), policy)) == "INVALID_REQUEST");
  const std::vector<Choice> twice = {ChoiceOf("runs/1", "second", 1),
                                     ChoiceOf("runs/1", "second", 1)};
  const absl::Status refused = CheckWishes(WishesOf(twice), policy);
  REQUIRE(ViolationsOf(refused).size() == 1);
  CHECK(ViolationsOf(refused)[0].field == "choices[1]");
}

struct DayCase {
  const char* what;
  std::vector<int> days;  ///< Of each choice, after kDay.
  bool allowed;
};

TEST_CASE("an order takes up to two adjacent days with up to two choices each",
          "[waitlist][W-03]") {
  const WaitlistPolicy policy;
  const std::vector<DayCase> table = {
      {"one day, one choice", {0}, true},
      {"one day, two choices", {0, 0}, true},
      {"one day, three choices", {0, 0, 0}, false},
      {"two adjacent days", {0, 1}, true},
      {"two adjacent days, two each", {0, 0, 1, 1}, true},
      {"two adjacent days, three on one", {0, 1, 1, 1}, false},
      {"two days apart", {0, 2}, false},
      {"three days", {0, 1, 2}, false},
  };
  for (const DayCase& row : table) {
    INFO(row.what);
    std::vector<Choice> choices;
    for (const int day : row.days) {
      choices.push_back(ChoiceOf(absl::StrCat("runs/", choices.size()), "second", 100, kDay + day));
    }
    CHECK(CheckApplication(ApplicationOf(choices), kNow, policy).ok() == row.allowed);
  }
}

TEST_CASE("all choices leave one city for one city, whatever the station", "[waitlist][W-03]") {
  const WaitlistPolicy policy;
  Choice other_station = ChoiceOf("runs/2", "second", 100);
  other_station.wish.from = "VNP";
  CHECK(CheckApplication(ApplicationOf({ChoiceOf("runs/1", "second", 100), other_station}), kNow,
                         policy)
            .ok());
  Choice other_city = ChoiceOf("runs/2", "second", 100);
  other_city.quote.destination_city = "南京";
  const absl::Status refused = CheckApplication(
      ApplicationOf({ChoiceOf("runs/1", "second", 100), other_city}), kNow, policy);
  REQUIRE(ViolationsOf(refused).size() == 1);
  CHECK(ViolationsOf(refused)[0].field == "choices[1].to");
}

TEST_CASE("the deadline is at the latest two hours before the last departure", "[waitlist][W-08]") {
  const WaitlistPolicy policy;
  Application application = ApplicationOf({ChoiceOf("runs/1", "second", 100)});
  const absl::Time latest = application.choices[0].quote.departs_at - absl::Hours(2);
  CHECK(LatestDeadline(application.choices, policy) == latest);
  for (const auto& [deadline, allowed] :
       std::vector<std::pair<absl::Time, bool>>{{latest, true},
                                                {latest + absl::Microseconds(1), false},
                                                {kNow, false},
                                                {kNow + absl::Microseconds(1), true}}) {
    application.deadline = deadline;
    CHECK(CheckApplication(application, kNow, policy).ok() == allowed);
  }
}

TEST_CASE("nobody waits for what is left for the whole party", "[waitlist][W-02]") {
  const WaitlistPolicy policy;
  Application application = ApplicationOf({ChoiceOf("runs/1", "second", 100)}, 3);
  application.choices[0].quote.free = 2;
  CHECK(CheckApplication(application, kNow, policy).ok());
  application.choices[0].quote.free = 3;
  CHECK(ReasonOf(CheckApplication(application, kNow, policy)) == "PLACES_AVAILABLE");
}

TEST_CASE("the prepayment is the dearest choice times the passengers", "[waitlist][W-06]") {
  const std::vector<Choice> choices = {ChoiceOf("runs/1", "second", 55300),
                                       ChoiceOf("runs/1", "first", 93300),
                                       ChoiceOf("runs/2", "second", 62600)};
  CHECK(PrepaymentOf(choices, 1).value() == Fen(93300));
  CHECK(PrepaymentOf(choices, 3).value() == Fen(279900));
}

}  // namespace
}  // namespace houbu::waitlist
