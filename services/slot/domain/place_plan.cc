#include "services/slot/domain/place_plan.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <set>
#include <tuple>
#include <utility>

namespace houbu::slot {
namespace {

constexpr std::size_t kWordBits = 64;

std::size_t At(int number) { return static_cast<std::size_t>(number); }

// The first `party` neighbours among ascending units; nothing where there are none.
std::optional<std::vector<int>> Neighbours(const std::vector<int>& units, std::size_t party) {
  for (std::size_t i = 0; i + party <= units.size(); ++i) {
    if (units[i + party - 1] - units[i] == static_cast<int>(party) - 1) {
      const auto first = units.begin() + static_cast<std::ptrdiff_t>(i);
      return std::vector<int>(first, first + static_cast<std::ptrdiff_t>(party));
    }
  }
  return std::nullopt;
}

std::vector<int> FirstOf(const std::vector<int>& units, std::size_t party) {
  return std::vector<int>(units.begin(), units.begin() + static_cast<std::ptrdiff_t>(party));
}

std::vector<std::vector<int>> ByCoach(const ClassLayout& layout, const std::vector<int>& units) {
  std::vector<std::vector<int>> coaches;
  auto unit = units.begin();
  int end = 0;
  for (const int size : layout.coach_sizes) {
    end += size;
    const auto next = std::lower_bound(unit, units.end(), end);
    coaches.emplace_back(unit, next);
    unit = next;
  }
  return coaches;
}

}  // namespace

PlacePlan::PlacePlan(const RunState& state) : legs_(state.legs) {
  for (const ClassLayout& layout : state.classes) {
    owners_[layout.code] = layout.owner();
    if (layout.owner() != layout.code) continue;
    ClassPlaces places;
    places.layout = layout;
    if (layout.kind == ClassKind::kCounted) {
      places.counts.assign(At(legs_), layout.capacity);
    } else {
      Bits all((At(layout.capacity) + kWordBits - 1) / kWordBits, ~std::uint64_t{0});
      const std::size_t rest = At(layout.capacity) % kWordBits;
      if (rest > 0) all.back() = (std::uint64_t{1} << rest) - 1;
      places.free.assign(At(legs_), all);
    }
    places_.emplace(layout.code, std::move(places));
  }
  for (const TakenPlaces& taken : state.taken) Take(taken.kind, taken.units);
}

absl::Status PlacePlan::Check(const DemandKind& kind) const {
  if (owners_.count(kind.class_code) == 0) return Refuse(kClassUnknown);
  if (kind.legs.from < 0 || kind.legs.from >= kind.legs.to || kind.legs.to > legs_) {
    return Refuse(kLegsInvalid);
  }
  const int party_max = PartyMax(PlacesOf(kind.class_code).layout.kind);
  if (kind.party < 1 || kind.party > party_max) return Refuse(kPartyInvalid);
  return absl::OkStatus();
}

const PlacePlan::ClassPlaces& PlacePlan::PlacesOf(const std::string& class_code) const {
  return places_.at(owners_.at(class_code));
}

std::vector<int> PlacePlan::FreeUnits(const ClassPlaces& places, LegRange legs) const {
  Bits common = places.free[At(legs.from)];
  for (int leg = legs.from + 1; leg < legs.to; ++leg) {
    const Bits& free = places.free[At(leg)];
    for (std::size_t i = 0; i < common.size(); ++i) common[i] &= free[i];
  }
  std::vector<int> units;
  for (std::size_t i = 0; i < common.size(); ++i) {
    for (std::uint64_t word = common[i]; word != 0; word &= word - 1) {
      units.push_back(static_cast<int>(i * kWordBits) + std::countr_zero(word));
    }
  }
  return units;
}

int PlacePlan::CountFree(const std::string& class_code, LegRange legs) const {
  const ClassPlaces& places = PlacesOf(class_code);
  if (places.layout.kind == ClassKind::kCounted) {
    return *std::min_element(places.counts.begin() + legs.from, places.counts.begin() + legs.to);
  }
  return static_cast<int>(FreeUnits(places, legs).size());
}

std::optional<std::vector<int>> PlacePlan::Find(const DemandKind& kind) const {
  const ClassPlaces& places = PlacesOf(kind.class_code);
  if (places.layout.kind == ClassKind::kCounted) {
    if (CountFree(kind.class_code, kind.legs) < kind.party) return std::nullopt;
    return std::vector<int>();
  }
  const std::vector<int> units = FreeUnits(places, kind.legs);
  const std::size_t party = At(kind.party);
  if (units.size() < party) return std::nullopt;
  const std::vector<std::vector<int>> coaches = ByCoach(places.layout, units);
  for (const std::vector<int>& coach : coaches) {
    if (std::optional<std::vector<int>> found = Neighbours(coach, party)) return found;
  }
  for (const std::vector<int>& coach : coaches) {
    if (coach.size() >= party) return FirstOf(coach, party);
  }
  return FirstOf(units, party);
}

void PlacePlan::Take(const DemandKind& kind, const std::vector<int>& units) {
  ClassPlaces& places = places_.at(owners_.at(kind.class_code));
  for (int leg = kind.legs.from; leg < kind.legs.to; ++leg) {
    if (places.layout.kind == ClassKind::kCounted) {
      places.counts[At(leg)] -= kind.party;
      continue;
    }
    Bits& free = places.free[At(leg)];
    for (const int unit : units) {
      free[At(unit) / kWordBits] &= ~(std::uint64_t{1} << (At(unit) % kWordBits));
    }
  }
}

// One look at each is enough: who does not fit now will not fit when more is taken.
std::vector<TakenPlaces> ServeLine(PlacePlan& free, std::vector<WaitingDemand> waiting) {
  std::sort(waiting.begin(), waiting.end(), StandsBefore);
  std::set<std::tuple<std::string, int, int, int>> too_large;
  std::vector<TakenPlaces> served;
  for (WaitingDemand& demand : waiting) {
    const DemandKind& kind = demand.kind;
    std::tuple<std::string, int, int, int> key(kind.class_code, kind.legs.from, kind.legs.to,
                                               kind.party);
    if (too_large.count(key) > 0) continue;
    std::optional<std::vector<int>> units = free.Find(kind);
    if (!units.has_value()) {
      too_large.insert(std::move(key));
      continue;
    }
    free.Take(kind, *units);
    served.push_back(TakenPlaces{std::move(demand.demand), kind, *std::move(units)});
  }
  return served;
}

}  // namespace houbu::slot
