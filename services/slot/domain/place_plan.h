/// What is free of a run, bit by bit: for those who must find places without the index.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/slot/domain/inventory.h"
#include "services/slot/domain/run_state.h"

namespace houbu::slot {

/// The free places of one run; finds as the index does. Finding looks at each unit of a class once.
class PlacePlan final {
 public:
  /// Of a state that is valid; its line is not served.
  explicit PlacePlan(const RunState& state);

  /// Refuses what the run does not offer: kClassUnknown, kLegsInvalid, kPartyInvalid.
  absl::Status Check(const DemandKind& kind) const;

  /// How many passengers fit over a stretch, alone or split over coaches. The kind must be offered.
  int CountFree(const std::string& class_code, LegRange legs) const;

  /// Places for a party: neighbouring units of one coach where it can be, else of one coach, else
  /// the first ones; none where counted. Nothing where it does not fit. The kind must be offered.
  /// Where it can be, one of the neighbours is at one of `positions` (ClassLayout::positions).
  std::optional<std::vector<int>> Find(const DemandKind& kind,
                                       const std::string& positions = std::string()) const;

  /// Takes places; what is not free stays as it is.
  void Take(const DemandKind& kind, const std::vector<int>& units);

 private:
  using Bits = std::vector<std::uint64_t>;
  struct ClassPlaces {
    ClassLayout layout;
    std::vector<Bits> free;   // for each leg, where numbered
    std::vector<int> counts;  // for each leg, where counted
  };

  /// Where the units of a class are counted: its own, or those of the class it sells from.
  const ClassPlaces& PlacesOf(const std::string& class_code) const;
  std::vector<int> FreeUnits(const ClassPlaces& places, LegRange legs) const;

  int legs_;
  std::map<std::string, std::string> owners_;     // by class
  std::map<std::string, std::string> positions_;  // by class
  std::map<std::string, ClassPlaces> places_;     // by owner
};

/// Serves a line as the index does, the earliest who fits first; gives what each of them has.
std::vector<TakenPlaces> ServeLine(PlacePlan& free, std::vector<WaitingDemand> waiting);

}  // namespace houbu::slot
