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

// The units of a coach that are free, ascending, and the coach's first unit.
struct Coach {
  int first = 0;
  std::vector<int> units;
};

// Where units stand, and where one would like to be; any place is liked where either is empty.
struct Liking {
  const std::string& layout;
  const std::string& wish;

  bool IsMet(const Coach& coach, std::size_t from, std::size_t party) const {
    if (layout.empty() || wish.empty()) return true;
    for (std::size_t i = from; i < from + party; ++i) {
      const std::size_t place = At(coach.units[i] - coach.first) % layout.size();
      if (wish.find(layout[place]) != std::string::npos) return true;
    }
    return false;
  }
};

// The first `party` neighbours in a coach one of whom is where it is liked; nothing where there are
// none.
std::optional<std::vector<int>> Neighbours(const Coach& coach, std::size_t party,
                                           const Liking& liking) {
  const std::vector<int>& units = coach.units;
  for (std::size_t i = 0; i + party <= units.size(); ++i) {
    if (units[i + party - 1] - units[i] == static_cast<int>(party) - 1 &&
        liking.IsMet(coach, i, party)) {
      const auto first = units.begin() + static_cast<std::ptrdiff_t>(i);
      return std::vector<int>(first, first + static_cast<std::ptrdiff_t>(party));
    }
  }
  return std::nullopt;
}

std::vector<int> FirstOf(const std::vector<int>& units, std::size_t party) {
  return std::vector<int>(units.begin(), units.begin() + static_cast<std::ptrdiff_t>(party));
}

std::vector<Coach> ByCoach(const ClassLayout& layout, const std::vector<int>& units) {
  std::vector<Coach> coaches;
  auto unit = units.begin();
  int end = 0;
  for (const int size : layout.coach_sizes) {
    const auto next = std::lower_bound(unit, units.end(), end + size);
    coaches.push_back(Coach{end, std::vector<int>(unit, next)});
    end += size;
    unit = next;
  }
  return coaches;
}

}  // namespace

PlacePlan::PlacePlan(const RunState& state) : legs_(state.legs) {
  for (const ClassLayout& layout : state.classes) {
    owners_[layout.code] = layout.owner();
    positions_[layout.code] = layout.positions;
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

std::optional<std::vector<int>> PlacePlan::Find(const DemandKind& kind,
                                                const std::string& positions) const {
  const ClassPlaces& places = PlacesOf(kind.class_code);
  if (places.layout.kind == ClassKind::kCounted) {
    if (CountFree(kind.class_code, kind.legs) < kind.party) return std::nullopt;
    return std::vector<int>();
  }
  const std::vector<int> units = FreeUnits(places, kind.legs);
  const std::size_t party = At(kind.party);
  if (units.size() < party) return std::nullopt;
  const std::vector<Coach> coaches = ByCoach(places.layout, units);
  const std::string& layout = positions_.at(kind.class_code);
  const std::string any;
  for (const std::string* const wish : {&positions, &any}) {
    for (const Coach& coach : coaches) {
      const Liking liking{layout, *wish};
      if (std::optional<std::vector<int>> found = Neighbours(coach, party, liking)) return found;
    }
  }
  for (const Coach& coach : coaches) {
    if (coach.units.size() >= party) return FirstOf(coach.units, party);
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
