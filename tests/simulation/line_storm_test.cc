// Two matchers, thousands in line, cancellations all at once, deaths at any moment (I7). By hand:
//   HOUBU_STORM_ORDERS=10000 HOUBU_STORM_RUNS=60 HOUBU_TEST_SEED=1 simulation_test '[storm]'
#include "tests/simulation/line_storm.h"

#include <cstdlib>
#include <random>

#include <catch2/catch.hpp>

namespace houbu::simulation {
namespace {

int FromEnvironment(const char* name, int otherwise) {
  const char* const given = std::getenv(name);
  return given == nullptr ? otherwise : std::atoi(given);
}

TEST_CASE("Two matchers that die serve a long line in its exact order",
          "[simulation][storm][W-05][W-07][X-01]") {
  Weather weather;
  weather.fails = 3;
  weather.loses_answer = 3;
  weather.dies = 5;
  weather.call_lost = 30;
  weather.answer_lost = 30;
  StormSize size;
  size.runs = FromEnvironment("HOUBU_STORM_RUNS", size.runs);
  size.orders = FromEnvironment("HOUBU_STORM_ORDERS", size.orders);
  const int seed =
      FromEnvironment("HOUBU_TEST_SEED", static_cast<int>(std::random_device{}() >> 8));
  INFO("HOUBU_TEST_SEED=" << seed);
  LineStorm storm(static_cast<unsigned>(seed), weather, size);
  REQUIRE(storm.Tell() == "");
  if (std::getenv("HOUBU_TEST_FIGURES") != nullptr) {
    WARN(size.orders << " orders on " << size.runs << " runs: " << storm.cancelled()
                     << " cancelled, " << storm.served() << " served, " << storm.matched()[0]
                     << " and " << storm.matched()[1] << " matches by the two, " << storm.deaths()
                     << " deaths, " << storm.rebuilt() << " loads");
  }
  CHECK(storm.served() > size.orders / 10);
  CHECK(storm.deaths() > 10);
  CHECK(storm.matched()[0] > 0);
  CHECK(storm.matched()[1] > 0);
}

}  // namespace
}  // namespace houbu::simulation
