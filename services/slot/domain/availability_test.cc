// Counting by words agrees with counting one by one.
#include "services/slot/domain/availability.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <set>
#include <vector>

#include <catch2/catch.hpp>

namespace houbu::slot {
namespace {

// The free units of each leg, as plainly as can be; counted places are units nobody tells apart.
struct Plain {
  int capacity;
  std::vector<std::set<int>> free;

  int Count(LegRange legs, bool counted) const {
    if (counted) {
      std::size_t least = free[static_cast<std::size_t>(legs.from)].size();
      for (int leg = legs.from; leg < legs.to; ++leg) {
        least = std::min(least, free[static_cast<std::size_t>(leg)].size());
      }
      return static_cast<int>(least);
    }
    int count = 0;
    for (int unit = 0; unit < capacity; ++unit) {
      bool all = true;
      for (int leg = legs.from; leg < legs.to; ++leg) {
        all = all && free[static_cast<std::size_t>(leg)].contains(unit);
      }
      count += all ? 1 : 0;
    }
    return count;
  }

  bool Has(int unit, LegRange legs, bool as_free) const {
    for (int leg = legs.from; leg < legs.to; ++leg) {
      if (free[static_cast<std::size_t>(leg)].contains(unit) != as_free) return false;
    }
    return true;
  }
};

class Dice final {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int Roll(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }

 private:
  std::mt19937 engine_;
};

void Compare(const FreePlaces& places, const Plain& plain, bool counted) {
  const int legs = static_cast<int>(plain.free.size());
  for (int from = 0; from < legs; ++from) {
    for (int to = from + 1; to <= legs; ++to) {
      CHECK(places.CountFree({from, to}) == plain.Count({from, to}, counted));
    }
  }
}

}  // namespace

TEST_CASE("numbered places count as one by one, whatever is taken and given back",
          "[slot][availability][W-02][X-01]") {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  Dice dice(seed);
  for (int history = 0; history < 200; ++history) {
    const int legs = dice.Roll(1, 6);
    Plain plain{dice.Roll(1, 150), std::vector<std::set<int>>(static_cast<std::size_t>(legs))};
    for (std::set<int>& free : plain.free) {
      for (int unit = 0; unit < plain.capacity; ++unit) free.insert(unit);
    }
    FreePlaces places(ClassKind::kAssigned, legs, plain.capacity);
    for (int step = 0; step < 60; ++step) {
      const int from = dice.Roll(0, legs - 1);
      const LegRange over = {from, dice.Roll(from + 1, legs)};
      const int unit = dice.Roll(0, plain.capacity - 1);
      const bool take = dice.Roll(0, 1) == 0;
      const bool possible = plain.Has(unit, over, take);
      const bool done = take ? places.Take(over, 1, {unit}) : places.GiveBack(over, 1, {unit});
      REQUIRE(done == possible);
      for (int leg = over.from; leg < over.to && possible; ++leg) {
        std::set<int>& free = plain.free[static_cast<std::size_t>(leg)];
        if (take) free.erase(unit);
        if (!take) free.insert(unit);
      }
      if (step == 30) {
        const int more = dice.Roll(1, 70);
        REQUIRE(places.Add(plain.capacity, more));
        for (std::set<int>& free : plain.free) {
          for (int added = 0; added < more; ++added) free.insert(plain.capacity + added);
        }
        plain.capacity += more;
      }
    }
    Compare(places, plain, false);
  }
}

TEST_CASE("counted places are the least of their legs", "[slot][availability][W-02]") {
  FreePlaces places(ClassKind::kCounted, 3, 5);
  CHECK(places.bytes() == 0);
  CHECK(places.CountFree({0, 3}) == 5);
  REQUIRE(places.Take({1, 2}, 4, {}));
  CHECK(places.CountFree({0, 1}) == 5);
  CHECK(places.CountFree({0, 2}) == 1);
  REQUIRE(places.Add(5, 2));
  CHECK(places.CountFree({0, 2}) == 3);
  CHECK(places.CountFree({2, 3}) == 7);
  CHECK_FALSE(places.Take({0, 2}, 4, {}));
  CHECK_FALSE(places.GiveBack({0, 1}, 1, {}));
  CHECK_FALSE(places.Add(5, 2));
  CHECK(places.CountFree({0, 2}) == 3);
}

TEST_CASE("bitmaps are read with their highest bit first", "[slot][availability]") {
  const std::string first = "\x80";
  const std::string ninth(std::string("\0", 1) + "\x80");
  const auto places = FreePlaces::OfBitmaps(10, {first + "\x40", ninth});
  REQUIRE(places.has_value());
  CHECK(places->CountFree({0, 1}) == 2);  // units 0 and 9
  CHECK(places->CountFree({1, 2}) == 1);  // unit 8
  CHECK(places->CountFree({0, 2}) == 0);
  CHECK_FALSE(FreePlaces::OfBitmaps(9, {first + "\x40"}).has_value());  // there is no unit 9
  CHECK_FALSE(FreePlaces::OfBitmaps(9, {std::string(20, '\xff')}).has_value());
  CHECK_FALSE(FreePlaces::OfCounts(3, {3, 4}).has_value());
  const auto untouched = FreePlaces::OfBitmaps(10, {"\xff\xc0", "\xff\xc0"});
  REQUIRE(untouched.has_value());
  CHECK(untouched->bytes() == 0);
  CHECK(*untouched == FreePlaces(ClassKind::kAssigned, 2, 10));
}

TEST_CASE("legs that a run does not have hold nothing", "[slot][availability]") {
  FreePlaces places(ClassKind::kAssigned, 2, 3);
  for (const LegRange legs : {LegRange{0, 3}, LegRange{-1, 1}, LegRange{1, 1}, LegRange{2, 1}}) {
    CHECK(places.CountFree(legs) == 0);
    CHECK_FALSE(places.Take(legs, 1, {0}));
  }
  CHECK_FALSE(places.Take({0, 1}, 1, {3}));
  CHECK_FALSE(places.Take({0, 1}, 2, {0}));
  CHECK(FreePlaces().CountFree({0, 1}) == 0);
}

TEST_CASE("what counting costs is printed", "[slot][availability][figures]") {
  constexpr int kRounds = 200000;
  for (const int legs : {1, 5, 15}) {
    FreePlaces places(ClassKind::kAssigned, 15, 1000);
    REQUIRE(places.Take({0, 15}, 2, {0, 999}));
    std::int64_t sum = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (int round = 0; round < kRounds; ++round) {
      const int from = round % (16 - legs);
      sum += places.CountFree({from, from + legs});
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    std::printf("1,000 places over %d legs: %.0f ns a count\n", legs, took.count() / kRounds);
    CHECK(sum == std::int64_t{998} * kRounds);
  }
}

}  // namespace houbu::slot
