#include "tools/bench/latencies.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>

namespace houbu::bench {
namespace {

// Values below 128 have a bucket each; above, every doubling is divided into 128.
constexpr int kFineBits = 7;
constexpr std::uint64_t kFine = std::uint64_t{1} << kFineBits;

std::size_t BucketOf(std::uint64_t value) {
  const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - kFineBits - 1);
  return static_cast<std::size_t>(static_cast<std::uint64_t>(shift) * kFine + (value >> shift));
}

// The greatest value of a bucket.
std::int64_t EndOf(std::size_t bucket) {
  if (bucket < 2 * kFine) return static_cast<std::int64_t>(bucket);
  const std::size_t shift = bucket / kFine - 1;
  const std::uint64_t start = static_cast<std::uint64_t>(bucket - shift * kFine) << shift;
  return static_cast<std::int64_t>(start + (std::uint64_t{1} << shift) - 1);
}

}  // namespace

void Latencies::Add(absl::Duration duration) {
  const std::int64_t value = std::max<std::int64_t>(0, absl::ToInt64Nanoseconds(duration));
  const std::size_t bucket = BucketOf(static_cast<std::uint64_t>(value));
  if (bucket >= counts_.size()) counts_.resize(bucket + 1);
  ++counts_[bucket];
  ++count_;
  max_ = std::max(max_, value);
}

absl::Duration Latencies::Percentile(double share) const {
  const auto wanted = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count_)));
  std::int64_t seen = 0;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    seen += counts_[bucket];
    if (counts_[bucket] > 0 && seen >= wanted) {
      return absl::Nanoseconds(std::min(EndOf(bucket), max_));
    }
  }
  return absl::ZeroDuration();
}

}  // namespace houbu::bench
