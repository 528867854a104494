/// Why a demand still waits: the legs that lack places, and who stands before it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/slot/domain/run_state.h"

namespace houbu::slot {

/// A leg with fewer free places than a demand needs.
struct BlockingLeg {
  int leg = 0;   ///< From stop `leg` to the next.
  int free = 0;  ///< How many places are free on it, of those the demand's class sells.

  /// Compares both.
  friend bool operator==(const BlockingLeg& a, const BlockingLeg& b) = default;
};

/// Why a demand waits. Where neither a leg blocks it nor what is free is fragmented, it fits: its
/// places are being given to it.
struct WhyNotYet {
  std::string
      unit_class;      ///< The class whose units it needs: its own, or the one that shares them.
  int passengers = 0;  ///< How many places it needs on each leg, and over the whole stretch.
  /// Its place, from 1, among those who wait for units of the same class over a stretch that has a
  /// leg in common with its own.
  int rank = 0;
  /// How many of those before it would take places it needs: they go over a leg of its stretch on
  /// which not all who stand before it and it have room; where it is fragmented, all of them.
  int in_the_way = 0;
  std::vector<BlockingLeg> legs;  ///< The legs that block it, ascending.
  int fitting = 0;                ///< How many passengers fit over its whole stretch.
  /// Each leg has room for it, but too few units are free over the whole stretch.
  bool fragmented = false;
};

/// Explains why a demand waits; nothing where it is not among `state.waiting`. `state` must be
/// valid.
std::optional<WhyNotYet> ExplainWaiting(const RunState& state, const std::string& demand);

}  // namespace houbu::slot
