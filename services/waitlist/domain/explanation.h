/// Why an order is not served yet, choice by choice.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "services/waitlist/domain/order.h"

namespace houbu::waitlist {

/// A leg on which fewer places are free than are needed.
struct BlockingLeg {
  std::string from;       ///< The id of the station where it begins.
  std::string from_name;  ///< That station's name.
  std::string to;         ///< The id of the next station.
  std::string to_name;    ///< That station's name.
  int free = 0;           ///< Places free on the leg.
  int needed = 0;         ///< Places needed on it.
};

/// How a choice stands in line. When nothing blocks it, its places are being given to it.
struct LinePosition {
  std::string unit_class_code;      ///< The class whose places it needs.
  int passengers = 0;               ///< How many travel, all or nobody (W-07).
  int rank = 0;                     ///< From 1, among those who want places it could use.
  int in_the_way = 0;               ///< How many before it would take places it needs.
  std::vector<BlockingLeg> blocks;  ///< In the order of the journey.
  bool fragmented = false;          ///< Enough places on each leg, but not the same all the way.
  int fitting = 0;                  ///< How many passengers would fit all the way.
  absl::Time as_of;                 ///< All recorded up to then is taken into account.
};

/// An order, and how each of its choices stands in line, in the same order; nothing for a choice
/// that is not in line (not paid yet, on its way there, found, over).
struct OrderExplanation {
  Order order;
  std::vector<std::optional<LinePosition>> positions;
};

}  // namespace houbu::waitlist
