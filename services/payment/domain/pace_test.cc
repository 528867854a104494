#include "services/payment/domain/pace.h"

#include <algorithm>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

namespace houbu::payment {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'793'491'200);

// Asks as fast as it is let for `length`; gives the turns it took.
std::vector<absl::Time> AskFor(Pace& pace, absl::Time from, absl::Duration length) {
  std::vector<absl::Time> turns;
  for (absl::Time now = from; now < from + length;) {
    now = pace.TakeTurn(now);
    turns.push_back(now);
  }
  return turns;
}

// The most turns within any window of one second.
std::size_t MostInASecond(const std::vector<absl::Time>& turns) {
  std::size_t most = 0;
  std::size_t first = 0;
  for (std::size_t last = 0; last < turns.size(); ++last) {
    while (turns[last] - turns[first] >= absl::Seconds(1)) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

TEST_CASE("Over a minute the rate is kept to the turn", "[payment][pace][W-14]") {
  for (const int rate : {1, 3, 80, 150}) {
    CAPTURE(rate);
    Pace pace(rate);
    const std::size_t turns = AskFor(pace, kNow, absl::Minutes(1)).size();
    CHECK(turns >= static_cast<std::size_t>(rate * 60));
    CHECK(turns <= static_cast<std::size_t>(rate * 60 + rate / 4 + 2));
  }
}

TEST_CASE("No second sees more than the rate and a quarter, whoever rests when",
          "[payment][pace][W-14]") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const int rate = 1 + static_cast<int>(random() % 200);
    Pace pace(rate);
    std::vector<absl::Time> turns;
    absl::Time now = kNow;
    for (int i = 0; i < 2000; ++i) {
      if (random() % 50 == 0) now += absl::Milliseconds(random() % 3000);
      now = pace.TakeTurn(now);
      turns.push_back(now);
    }
    CHECK(MostInASecond(turns) <= static_cast<std::size_t>(rate + rate / 4 + 1));
  }
}

TEST_CASE("Who is refused as too fast waits a second and goes half as fast, then grows again",
          "[payment][pace][W-14]") {
  Pace pace(100);
  AskFor(pace, kNow, absl::Seconds(1));
  const absl::Time told = kNow + absl::Seconds(1);
  pace.SlowDown(told);
  CHECK(pace.TakeTurn(told) >= told + absl::Seconds(1));
  pace.SlowDown(told + absl::Milliseconds(900));  // what was under way is refused too
  CHECK(pace.RateAt(told + absl::Milliseconds(950)) == 50);
  CHECK(pace.RateAt(told + absl::Seconds(2)) == 60);
  CHECK(pace.RateAt(told + absl::Seconds(6)) == 100);
  CHECK(pace.RateAt(told + absl::Hours(1)) == 100);
}

TEST_CASE("A provider that goes on refusing is asked once a second", "[payment][pace][W-14]") {
  Pace pace(100);
  absl::Time now = kNow;
  for (int i = 0; i < 10; ++i) {
    pace.SlowDown(now);
    now += absl::Milliseconds(1001);
  }
  CHECK(pace.RateAt(now) == 1);
  const absl::Time turn = pace.TakeTurn(now);
  CHECK(pace.TakeTurn(turn) >= turn + absl::Milliseconds(990));
}

TEST_CASE("A clock that is set back stops nobody", "[payment][pace][W-14]") {
  Pace pace(10);
  AskFor(pace, kNow, absl::Seconds(5));
  const absl::Time back = kNow - absl::Hours(1);
  CHECK(pace.TakeTurn(back) <= back + absl::Milliseconds(200));
  pace.SlowDown(back);
  CHECK(pace.TakeTurn(back - absl::Hours(1)) <= back - absl::Hours(1) + absl::Seconds(1));
}

}  // namespace
}  // namespace houbu::payment
