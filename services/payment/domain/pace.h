/// Pace: how fast a provider is asked. Providers take so many requests a second of a merchant and
/// refuse what comes above; whoever is refused asks more slowly for a while.
#pragma once

#include "absl/time/time.h"

namespace houbu::payment {

/// Gives out turns to ask a provider. After a rest, a quarter of a second's worth comes at once;
/// so within any second there are at most `rate_max` and a quarter of it more, plus one.
class Pace final {
 public:
  /// So many turns a second, at least 1.
  explicit Pace(int rate_max);

  /// Takes the next turn and says when it is, at `now` at the earliest.
  absl::Time TakeTurn(absl::Time now);

  /// The provider refused somebody as too fast: from `now` on half as many turns a second, and the
  /// next one in a second. What more is refused within that second says the same once more and
  /// changes nothing. Afterwards the pace grows by a tenth of `rate_max` every second.
  void SlowDown(absl::Time now);

  /// How many turns a second there are at `now`.
  int RateAt(absl::Time now);

 private:
  void Notice(absl::Time now);

  const int rate_max_;
  int rate_;
  absl::Time now_ = absl::InfinitePast();
  absl::Time next_ = absl::InfinitePast();
  absl::Time rests_until_ = absl::InfinitePast();
  absl::Time faster_at_ = absl::InfinitePast();  // While rate_ is below rate_max_.
};

}  // namespace houbu::payment
