#include "tools/bench/latencies.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

namespace houbu::bench {
namespace {

TEST_CASE("small durations are told exactly", "[bench][latencies]") {
  Latencies latencies;
  CHECK(latencies.Percentile(0.5) == absl::ZeroDuration());
  for (int value = 1; value <= 100; ++value) latencies.Add(absl::Nanoseconds(value));
  CHECK(latencies.count() == 100);
  CHECK(latencies.Percentile(0.0) == absl::Nanoseconds(1));
  CHECK(latencies.Percentile(0.5) == absl::Nanoseconds(50));
  CHECK(latencies.Percentile(0.99) == absl::Nanoseconds(99));
  CHECK(latencies.Percentile(1.0) == absl::Nanoseconds(100));
  CHECK(latencies.max() == absl::Nanoseconds(100));
}

TEST_CASE("percentiles are those of the sorted values, to one percent", "[bench][latencies]") {
  const std::uint32_t seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> exponent(0, 11);
  Latencies latencies;
  std::vector<std::int64_t> values;
  for (int i = 0; i < 20000; ++i) {
    values.push_back(static_cast<std::int64_t>(std::pow(10, exponent(random))));
    latencies.Add(absl::Nanoseconds(values.back()));
  }
  std::sort(values.begin(), values.end());
  for (const double share : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    CAPTURE(share);
    const auto rank = static_cast<std::size_t>(std::ceil(share * 20000));
    const auto exact = static_cast<double>(values[rank - 1]);
    const auto told = static_cast<double>(absl::ToInt64Nanoseconds(latencies.Percentile(share)));
    CHECK(told >= exact);
    CHECK(told <= exact * 1.01);
  }
}

TEST_CASE("what ended before it began counts as no time", "[bench][latencies]") {
  Latencies latencies;
  latencies.Add(absl::Nanoseconds(-5));
  CHECK(latencies.Percentile(1.0) == absl::ZeroDuration());
  CHECK(latencies.count() == 1);
}

}  // namespace
}  // namespace houbu::bench
