#include "services/slot/app/inventory_model.h"

#include <algorithm>
#include <utility>

namespace houbu::slot {
namespace {

// The units of each coach that are in `free`, as runs of numbers.
std::vector<std::vector<int>> ByCoach(const ClassLayout& layout, const std::vector<int>& free) {
  std::vector<std::vector<int>> coaches;
  int first = 0;
  for (const int size : layout.coach_sizes) {
    std::vector<int> coach;
    for (const int unit : free) {
      if (unit >= first && unit < first + size) {
        coach.push_back(unit);
      }
    }
    coaches.push_back(std::move(coach));
    first += size;
  }
  return coaches;
}

// The position of a unit: the letters begin anew in each coach.
char PositionOf(const ClassLayout& layout, int unit) {
  int first = 0;
  for (const int size : layout.coach_sizes) {
    if (unit < first + size) {
      return layout.positions[static_cast<std::size_t>(unit - first) % layout.positions.size()];
    }
    first += size;
  }
  return '\0';
}

bool HasWished(const ClassLayout& layout, const std::vector<int>& units,
               const std::string& positions) {
  if (layout.positions.empty() || positions.empty()) {
    return true;
  }
  return std::any_of(units.begin(), units.end(), [&](int unit) {
    return positions.find(PositionOf(layout, unit)) != std::string::npos;
  });
}

// Every set of `party` neighbours among the units of a coach.
std::vector<std::vector<int>> Neighbours(const std::vector<int>& coach, std::size_t party) {
  std::vector<std::vector<int>> sets;
  for (std::size_t i = 0; i + party <= coach.size(); ++i) {
    if (coach[i + party - 1] == coach[i] + static_cast<int>(party) - 1) {
      sets.emplace_back(coach.begin() + static_cast<std::ptrdiff_t>(i),
                        coach.begin() + static_cast<std::ptrdiff_t>(i + party));
    }
  }
  return sets;
}

std::vector<int> FirstOf(const std::vector<int>& units, std::size_t party) {
  return std::vector<int>(units.begin(), units.begin() + static_cast<std::ptrdiff_t>(party));
}

}  // namespace

const ClassLayout* InventoryModel::FindClass(const std::string& code) const {
  return slot::FindClass(state_, code);
}

const TakenPlaces* InventoryModel::FindTaken(const std::string& token) const {
  for (const TakenPlaces& places : state_.taken) {
    if (places.token == token) {
      return &places;
    }
  }
  return nullptr;
}

absl::Status InventoryModel::Check(const DemandKind& kind) const {
  const ClassLayout* const layout = FindClass(kind.class_code);
  if (layout == nullptr) {
    return Refuse(kClassUnknown);
  }
  if (kind.legs.from < 0 || kind.legs.from >= kind.legs.to || kind.legs.to > state_.legs) {
    return Refuse(kLegsInvalid);
  }
  if (kind.party < 1 || kind.party > PartyMax(layout->kind)) {
    return Refuse(kPartyInvalid);
  }
  return absl::OkStatus();
}

bool InventoryModel::IsFree(const ClassLayout& layout, LegRange legs, int unit) const {
  for (const TakenPlaces& places : state_.taken) {
    if (OwnerOf(state_, places.kind.class_code) == layout.owner() &&
        places.kind.legs.Overlaps(legs) &&
        std::find(places.units.begin(), places.units.end(), unit) != places.units.end()) {
      return false;
    }
  }
  return true;
}

int InventoryModel::CountFree(const ClassLayout& layout, LegRange legs) const {
  if (layout.kind == ClassKind::kAssigned) {
    int free = 0;
    for (int unit = 0; unit < layout.capacity; ++unit) {
      free += IsFree(layout, legs, unit) ? 1 : 0;
    }
    return free;
  }
  int least = layout.capacity;
  for (int leg = legs.from; leg < legs.to; ++leg) {
    int free = layout.capacity;
    for (const TakenPlaces& places : state_.taken) {
      if (OwnerOf(state_, places.kind.class_code) == layout.owner() &&
          places.kind.legs.from <= leg && leg < places.kind.legs.to) {
        free -= places.kind.party;
      }
    }
    least = std::min(least, free);
  }
  return least;
}

std::optional<std::vector<int>> InventoryModel::Find(const DemandKind& kind,
                                                     const std::string& positions) const {
  const ClassLayout& layout = *FindClass(kind.class_code);
  if (CountFree(layout, kind.legs) < kind.party) {
    return std::nullopt;
  }
  if (layout.kind == ClassKind::kCounted) {
    return std::vector<int>();
  }
  std::vector<int> free;
  for (int unit = 0; unit < layout.capacity; ++unit) {
    if (IsFree(layout, kind.legs, unit)) {
      free.push_back(unit);
    }
  }
  const std::size_t party = static_cast<std::size_t>(kind.party);
  const std::vector<std::vector<int>> coaches = ByCoach(layout, free);
  std::vector<std::vector<int>> together;
  for (const std::vector<int>& coach : coaches) {
    for (std::vector<int>& units : Neighbours(coach, party)) {
      if (HasWished(layout, units, positions)) {
        return std::move(units);
      }
      together.push_back(std::move(units));
    }
  }
  if (!together.empty()) {
    return together[0];
  }
  for (const std::vector<int>& coach : coaches) {
    if (coach.size() >= party) {
      return FirstOf(coach, party);
    }
  }
  return FirstOf(free, party);
}

absl::StatusOr<TakenPlaces> InventoryModel::Allocate(const DemandKind& kind,
                                                     const std::string& token,
                                                     const std::string& positions) {
  if (absl::Status bad = Check(kind); !bad.ok()) {
    return bad;
  }
  if (const TakenPlaces* held = FindTaken(token)) {
    return held->kind == kind ? absl::StatusOr<TakenPlaces>(*held) : Refuse(kTokenInUse);
  }
  for (const WaitingDemand& waiting : state_.waiting) {
    if (waiting.demand == token) {
      return Refuse(kTokenInUse);
    }
  }
  if (state_.sale == Sale::kClosed) {
    return Refuse(kRunClosed);
  }
  std::optional<std::vector<int>> units = Find(kind, positions);
  if (!units) {
    return Refuse(kSoldOut);
  }
  state_.taken.push_back(TakenPlaces{token, kind, *std::move(units)});
  return state_.taken.back();
}

std::vector<TakenPlaces> InventoryModel::Serve() {
  std::vector<TakenPlaces> matches;
  std::sort(state_.waiting.begin(), state_.waiting.end(), StandsBefore);
  std::size_t at = 0;
  while (at < state_.waiting.size()) {
    const WaitingDemand waiting = state_.waiting[at];
    std::optional<std::vector<int>> units = Find(waiting.kind);
    if (!units) {
      ++at;
      continue;
    }
    state_.waiting.erase(state_.waiting.begin() + static_cast<std::ptrdiff_t>(at));
    state_.taken.push_back(TakenPlaces{waiting.demand, waiting.kind, *std::move(units)});
    matches.push_back(state_.taken.back());
    at = 0;
  }
  return matches;
}

InventoryModel::Released InventoryModel::Release(const std::string& token) {
  const auto had = std::remove_if(state_.taken.begin(), state_.taken.end(),
                                  [&](const TakenPlaces& t) { return t.token == token; });
  if (had == state_.taken.end()) {
    return Released{};
  }
  state_.taken.erase(had, state_.taken.end());
  return Released{.released = true, .matches = Serve()};
}

absl::StatusOr<std::optional<TakenPlaces>> InventoryModel::Enlist(const WaitingDemand& demand) {
  if (absl::Status bad = Check(demand.kind); !bad.ok()) {
    return bad;
  }
  if (const TakenPlaces* held = FindTaken(demand.demand)) {
    return held->kind == demand.kind ? absl::StatusOr<std::optional<TakenPlaces>>(std::nullopt)
                                     : Refuse(kTokenInUse);
  }
  for (const WaitingDemand& waiting : state_.waiting) {
    if (waiting.demand == demand.demand) {
      return waiting == demand ? absl::StatusOr<std::optional<TakenPlaces>>(std::nullopt)
                               : Refuse(kTokenInUse);
    }
  }
  std::optional<std::vector<int>> units = Find(demand.kind);
  if (!units) {
    state_.waiting.push_back(demand);
    return std::nullopt;
  }
  state_.taken.push_back(TakenPlaces{demand.demand, demand.kind, *std::move(units)});
  return state_.taken.back();
}

WithdrawOutcome InventoryModel::Withdraw(const std::string& demand) {
  for (auto at = state_.waiting.begin(); at != state_.waiting.end(); ++at) {
    if (at->demand == demand) {
      state_.waiting.erase(at);
      return WithdrawOutcome::kWithdrawn;
    }
  }
  return FindTaken(demand) != nullptr ? WithdrawOutcome::kMatched : WithdrawOutcome::kUnknown;
}

absl::StatusOr<std::vector<TakenPlaces>> InventoryModel::AddCapacity(const AddedUnits& added) {
  const ClassLayout* const grown = FindClass(added.class_code);
  if (grown == nullptr) {
    return Refuse(kClassUnknown);
  }
  const int last = added.first_unit + added.units;
  if (added.units < 1 || last > kCapacityMax || !grown->shares.empty()) {
    return Refuse(kCapacityInvalid);
  }
  if (grown->capacity >= last) {
    return std::vector<TakenPlaces>();
  }
  if (grown->capacity != added.first_unit) {
    return Refuse(kStaleIndex);
  }
  for (ClassLayout& layout : state_.classes) {
    if (layout.owner() != added.class_code) {
      continue;
    }
    layout.capacity = last;
    if (layout.kind == ClassKind::kAssigned && added.extends_coach && !layout.coach_sizes.empty()) {
      layout.coach_sizes.back() += added.units;
    } else if (layout.kind == ClassKind::kAssigned) {
      layout.coach_sizes.push_back(added.units);
    }
  }
  return Serve();
}

}  // namespace houbu::slot
