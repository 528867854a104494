#include "services/payment/domain/pace.h"

#include <algorithm>

namespace houbu::payment {
namespace {

constexpr absl::Duration kSavedMax = absl::Milliseconds(250);
constexpr absl::Duration kPenalty = absl::Seconds(1);
constexpr absl::Duration kStep = absl::Seconds(1);

}  // namespace

Pace::Pace(int rate_max) : rate_max_(std::max(rate_max, 1)), rate_(rate_max_) {}

absl::Time Pace::TakeTurn(absl::Time now) {
  Notice(now);
  const absl::Duration spacing = absl::Seconds(1) / rate_;
  next_ = std::max(next_, now - kSavedMax);
  const absl::Time turn = std::max(next_, now);
  next_ += spacing;
  return turn;
}

void Pace::SlowDown(absl::Time now) {
  Notice(now);
  if (now < rests_until_) return;
  rate_ = std::max(rate_ / 2, 1);
  rests_until_ = now + kPenalty;
  faster_at_ = rests_until_ + kStep;
  next_ = std::max(next_, rests_until_);
}

int Pace::RateAt(absl::Time now) {
  Notice(now);
  return rate_;
}

void Pace::Notice(absl::Time now) {
  // The clock was set back: turns are as far ahead as they were.
  if (now < now_) {
    next_ -= now_ - now;
    rests_until_ -= now_ - now;
    faster_at_ -= now_ - now;
  }
  now_ = now;
  while (rate_ < rate_max_ && faster_at_ <= now) {
    rate_ = std::min(rate_max_, rate_ + std::max(rate_max_ / 10, 1));
    faster_at_ += kStep;
  }
}

}  // namespace houbu::payment
