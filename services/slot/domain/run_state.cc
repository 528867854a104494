#include "services/slot/domain/run_state.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"

#include "services/slot/domain/free_pool.h"

namespace houbu::slot {
namespace {

bool IsCode(const std::string& code) {
  return !code.empty() && code.size() <= 64 && std::all_of(code.begin(), code.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-';
  });
}

bool IsPossible(const ClassLayout& layout) {
  const std::int64_t in_coaches =
      std::accumulate(layout.coach_sizes.begin(), layout.coach_sizes.end(), std::int64_t{0});
  const bool coaches_fit = layout.kind == ClassKind::kCounted ? layout.coach_sizes.empty()
                                                              : in_coaches == layout.capacity;
  return IsCode(layout.code) && layout.capacity >= 0 && layout.capacity <= kCapacityMax &&
         coaches_fit;
}

bool IsPossible(const std::string& positions) {
  return positions.size() <= std::size_t{kPositionsMax} &&
         std::all_of(positions.begin(), positions.end(),
                     [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); });
}

// Whose units it sells stands before it, sells its own, and is as large.
bool SharingIsPossible(const RunState& state, const ClassLayout& layout) {
  if (layout.shares.empty()) {
    return true;
  }
  const ClassLayout* const owner = FindClass(state, layout.shares);
  return owner != nullptr && owner < &layout && owner->shares.empty() &&
         owner->kind == layout.kind && owner->capacity == layout.capacity &&
         owner->coach_sizes == layout.coach_sizes;
}

bool IsPossible(const RunState& state, const DemandKind& kind) {
  const ClassLayout* const layout = FindClass(state, kind.class_code);
  return layout != nullptr && kind.legs.from >= 0 && kind.legs.from < kind.legs.to &&
         kind.legs.to <= state.legs && kind.party >= 1 && kind.party <= PartyMax(layout->kind);
}

bool HoldersArePossible(const RunState& state) {
  std::set<std::string> holders;
  for (const TakenPlaces& places : state.taken) {
    if (!IsPossible(state, places.kind) || !holders.insert(places.token).second) {
      return false;
    }
  }
  for (const WaitingDemand& waiting : state.waiting) {
    if (!IsPossible(state, waiting.kind) || !holders.insert(waiting.demand).second) {
      return false;
    }
  }
  return true;
}

FreeUnits ShownOf(const ClassLayout& layout, const FreePool& pool) {
  FreeUnits free = {layout.code, pool.counts(), {}};
  for (int leg = 0; leg < static_cast<int>(pool.bitmaps().size()); ++leg) {
    free.unit_numbers.push_back(pool.UnitsOn(leg));
  }
  return free;
}

}  // namespace

const ClassLayout* FindClass(const RunState& state, const std::string& code) {
  for (const ClassLayout& layout : state.classes) {
    if (layout.code == code) {
      return &layout;
    }
  }
  return nullptr;
}

std::string OwnerOf(const RunState& state, const std::string& code) {
  const ClassLayout* const layout = FindClass(state, code);
  return layout == nullptr ? "" : layout->owner();
}

absl::Status Validate(const RunState& state) {
  if (state.legs < 1 || state.legs > kLegsMax || !HoldersArePossible(state)) {
    return Refuse(kStateInvalid);
  }
  std::set<std::string> codes;
  for (const ClassLayout& layout : state.classes) {
    if (!codes.insert(layout.code).second || !IsPossible(layout) || !IsPossible(layout.positions) ||
        !SharingIsPossible(state, layout)) {
      return Refuse(kStateInvalid);
    }
  }
  if (!FreePoolsOf(state).is_possible) {
    return Refuse(kStateInvalid);
  }
  return absl::OkStatus();
}

std::vector<FreeUnits> FreeOf(const RunState& state) {
  const FreePools taken = FreePoolsOf(state);
  std::vector<FreeUnits> free;
  free.reserve(state.classes.size());
  for (const ClassLayout& layout : state.classes) {
    free.push_back(ShownOf(layout, taken.pools.at(layout.owner())));
  }
  return free;
}

}  // namespace houbu::slot
