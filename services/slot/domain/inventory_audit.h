/// The audit of a run's inventory: record and index, side by side.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "services/slot/domain/run_state.h"

namespace houbu::slot {

/// What is different between record and index.
enum class DifferenceKind : std::uint8_t {
  kEpoch,        ///< The index is of another epoch, or has other legs.
  kClass,        ///< A class and how its units stand.
  kPlacesLost,   ///< Places that are taken in the record only.
  kPlacesGhost,  ///< Places that are taken in the index only.
  kWaiterLost,   ///< Somebody waits in the record only, or at another place in the line.
  kWaiterGhost,  ///< Somebody waits in the index only, or at another place in the line.
  kFree,         ///< What is free does not follow from what the index calls taken.
  kSale,         ///< One says that the run is closed to new buyers, the other that it is open.
};

/// The name of a kind: "places_lost".
absl::string_view NameOf(DifferenceKind kind);

/// What an audit found. Matches that are still on their way to the record show as differences, so
/// only a quiet run must be without any.
struct InventoryAudit {
  std::int64_t capacity = 0;             ///< Unit-legs that exist, by the record.
  std::int64_t taken = 0;                ///< Unit-legs that are taken, by the record.
  std::int64_t free = 0;                 ///< Unit-legs that are free, by the index.
  std::int64_t oversold = 0;             ///< Unit-legs taken more than once, by the record: 0.
  std::int64_t waiting = 0;              ///< Demands in line, by the record.
  std::int64_t servable_waiting = 0;     ///< Those that fit what is free, by the index: 0 (W-05).
  std::vector<std::string> differences;  ///< Where index and record differ, in words.
  std::map<DifferenceKind, int> kinds;   ///< How many differences there are of each kind.

  /// What is neither taken nor free, or both: 0.
  std::int64_t conservation_error() const { return capacity - taken - free; }
};

/// Compares the record's state of a run with its index. The record may contradict itself; that is
/// counted, not refused.
InventoryAudit Audit(const RunState& record, const IndexState& index);

/// Adds the figures of another run and its differences, at most `differences_max` in all.
void Add(const InventoryAudit& run, int differences_max, InventoryAudit& total);

}  // namespace houbu::slot
