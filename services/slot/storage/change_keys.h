/// Which changes must not be committed together: those that touch the same thing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "services/slot/app/change.h"

namespace houbu::slot {

/// A change that waits for its commit; never altered.
using PendingChange = std::shared_ptr<const Change>;

/// Names what a change touches alone: its request, booking, demand and travellers. Units are not
/// among them: several changes may take different legs of one.
std::vector<std::string> KeysOf(const Change& change);

/// Places of a list, in its order.
struct Wave {
  std::vector<std::size_t> now;    ///< No two touch the same thing or the same leg of a unit.
  std::vector<std::size_t> later;  ///< Each touches what an earlier one does.
};

/// Divides the changes at `positions` of `changes`.
Wave TakeWave(const std::vector<PendingChange>& changes, const std::vector<std::size_t>& positions);

}  // namespace houbu::slot
