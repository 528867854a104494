/// What the guards of a batch said of each of its changes.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"

namespace houbu::slot {

/// The guards, in the order in which their refusals are told.
enum class Guard {
  kRequest,  ///< The request is answered already.
  kRun,      ///< The run is not there, or its epoch is over.
  kDemand,   ///< The demand exists, or was changed.
  kBooking,  ///< The booking was changed.
  kJourney,  ///< A traveller travels already.
  kPlaces,   ///< Places are taken.
  kTurn,     ///< Somebody earlier in line fits there.
  kLink,     ///< The booking was booked again.
};

/// One verdict for each change; so far nothing was refused.
class ChangeVerdicts final {
 public:
  /// Of a batch of `size` changes.
  explicit ChangeVerdicts(std::size_t size) : verdicts_(size) {}

  /// Refuses a change; of several refusals the earliest guard's is told.
  void Refuse(std::size_t change, Guard guard, absl::Status refusal);

  /// Doubts a change: what it shares with others of the batch was refused, and it cannot be told
  /// which of them is at fault.
  void Doubt(std::size_t change, Guard guard) { Refuse(change, guard, absl::OkStatus()); }

  /// Tells whether every change passed.
  bool all_passed() const { return all_passed_; }

  /// Tells whether the change passed.
  bool passed(std::size_t change) const { return !verdicts_[change].has_value(); }

  /// The refusal of a change that did not pass; OK where it is only doubted.
  const absl::Status& refusal(std::size_t change) const { return verdicts_[change]->refusal; }

 private:
  struct Verdict {
    Guard guard;
    absl::Status refusal;
  };

  std::vector<std::optional<Verdict>> verdicts_;
  bool all_passed_ = true;
};

}  // namespace houbu::slot
