#include "services/slot/domain/why_not_yet.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "services/slot/domain/place_plan.h"

namespace houbu::slot {
namespace {

// Those before `mine` in line who need units of the same class on a leg of its stretch.
std::vector<const WaitingDemand*> FindBefore(const RunState& state, const WaitingDemand& mine) {
  const std::string units = OwnerOf(state, mine.kind.class_code);
  std::vector<const WaitingDemand*> before;
  for (const WaitingDemand& other : state.waiting) {
    if (StandsBefore(other, mine) && other.kind.legs.Overlaps(mine.kind.legs) &&
        OwnerOf(state, other.kind.class_code) == units) {
      before.push_back(&other);
    }
  }
  return before;
}

// Tells for each leg of the run whether it has too few places for all of `before` and for `mine`.
std::vector<bool> FindTight(const PlacePlan& places, const RunState& state,
                            const WaitingDemand& mine,
                            const std::vector<const WaitingDemand*>& before) {
  std::vector<std::int64_t> wanted(static_cast<std::size_t>(state.legs), mine.kind.party);
  for (const WaitingDemand* other : before) {
    for (int leg = other->kind.legs.from; leg < other->kind.legs.to; ++leg) {
      wanted[static_cast<std::size_t>(leg)] += other->kind.party;
    }
  }
  std::vector<bool> tight(wanted.size(), false);
  for (int leg = mine.kind.legs.from; leg < mine.kind.legs.to; ++leg) {
    const int free = places.CountFree(mine.kind.class_code, {leg, leg + 1});
    tight[static_cast<std::size_t>(leg)] = free < wanted[static_cast<std::size_t>(leg)];
  }
  return tight;
}

bool GoesOver(LegRange legs, const std::vector<bool>& tight) {
  return std::find(tight.begin() + legs.from, tight.begin() + legs.to, true) !=
         tight.begin() + legs.to;
}

}  // namespace

std::optional<WhyNotYet> ExplainWaiting(const RunState& state, const std::string& demand) {
  const auto mine =
      std::find_if(state.waiting.begin(), state.waiting.end(),
                   [&demand](const WaitingDemand& waiting) { return waiting.demand == demand; });
  if (mine == state.waiting.end()) return std::nullopt;
  const PlacePlan places(state);
  WhyNotYet why;
  why.unit_class = OwnerOf(state, mine->kind.class_code);
  why.passengers = mine->kind.party;
  for (int leg = mine->kind.legs.from; leg < mine->kind.legs.to; ++leg) {
    const int free = places.CountFree(mine->kind.class_code, {leg, leg + 1});
    if (free < why.passengers) why.legs.push_back(BlockingLeg{leg, free});
  }
  why.fitting = places.CountFree(mine->kind.class_code, mine->kind.legs);
  why.fragmented = why.legs.empty() && why.fitting < why.passengers;
  const std::vector<const WaitingDemand*> before = FindBefore(state, *mine);
  why.rank = static_cast<int>(before.size()) + 1;
  const std::vector<bool> tight = FindTight(places, state, *mine, before);
  for (const WaitingDemand* other : before) {
    if (why.fragmented || GoesOver(other->kind.legs, tight)) ++why.in_the_way;
  }
  return why;
}

}  // namespace houbu::slot
