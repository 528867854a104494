#include "services/slot/domain/inventory_audit.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace houbu::slot {
namespace {

// How often each unit-leg is taken, for one class: by (leg, unit), or by (leg, 0) where counted.
std::map<std::pair<int, int>, int> ClaimsOf(const RunState& record, const ClassLayout& layout) {
  std::map<std::pair<int, int>, int> claims;
  for (const TakenPlaces& places : record.taken) {
    if (OwnerOf(record, places.kind.class_code) != layout.code) {
      continue;
    }
    for (int leg = places.kind.legs.from; leg < places.kind.legs.to; ++leg) {
      if (layout.kind == ClassKind::kCounted) {
        claims[{leg, 0}] += places.kind.party;
      }
      for (const int unit : places.units) {
        ++claims[{leg, unit}];
      }
    }
  }
  return claims;
}

std::int64_t CountOversold(const RunState& record, const ClassLayout& layout) {
  const int allowed = layout.kind == ClassKind::kCounted ? layout.capacity : 1;
  std::int64_t oversold = 0;
  for (const auto& [cell, times] : ClaimsOf(record, layout)) {
    oversold += std::max(0, times - allowed);
  }
  return oversold;
}

// Counts the units of `free` over all legs by looking at each: how many passengers fit.
int CountFitting(const FreeUnits& free, LegRange legs) {
  const std::size_t from = static_cast<std::size_t>(legs.from);
  const std::size_t to = std::min(static_cast<std::size_t>(legs.to), free.count.size());
  if (from >= to) {
    return 0;
  }
  if (free.unit_numbers.empty()) {
    return *std::min_element(free.count.begin() + legs.from,
                             free.count.begin() + static_cast<std::ptrdiff_t>(to));
  }
  int fitting = 0;
  for (const int unit : free.unit_numbers[from]) {
    bool everywhere = true;
    for (std::size_t leg = from + 1; leg < to; ++leg) {
      const std::vector<int>& units = free.unit_numbers[leg];
      everywhere = everywhere && std::binary_search(units.begin(), units.end(), unit);
    }
    fitting += everywhere ? 1 : 0;
  }
  return fitting;
}

bool IsServable(const WaitingDemand& demand, const IndexState& index) {
  for (const FreeUnits& free : index.free) {
    if (free.class_code == demand.kind.class_code) {
      return CountFitting(free, demand.kind.legs) >= demand.kind.party;
    }
  }
  return false;
}

std::string Describe(const DemandKind& kind) {
  return absl::StrCat(kind.party, " in ", kind.class_code, " over stops ", kind.legs.from, " to ",
                      kind.legs.to);
}

std::string Describe(const TakenPlaces& places) {
  return absl::StrCat(places.token, " has ", Describe(places.kind),
                      places.units.empty() ? "" : ", units ", absl::StrJoin(places.units, ","));
}

std::string Describe(const WaitingDemand& waiting) {
  return absl::StrCat(waiting.demand, " waits for ", Describe(waiting.kind), " since ",
                      absl::ToUnixMicros(waiting.effective_time), " us");
}

std::string Describe(const ClassLayout& layout) {
  return absl::StrCat("class ", layout.code,
                      layout.kind == ClassKind::kCounted ? " counts " : " numbers ",
                      layout.capacity, " units, coaches ", absl::StrJoin(layout.coach_sizes, ","),
                      layout.shares.empty() ? "" : ", those of ", layout.shares,
                      layout.positions.empty() ? "" : ", positions ", layout.positions);
}

std::string Describe(const FreeUnits& free) {
  std::string text =
      absl::StrCat("free in class ", free.class_code, " by leg ", absl::StrJoin(free.count, ","));
  for (const std::vector<int>& units : free.unit_numbers) {
    absl::StrAppend(&text, " [", absl::StrJoin(units, ","), "]");
  }
  return text;
}

template <class Item>
std::vector<std::string> DescribeAll(const std::vector<Item>& items) {
  std::vector<std::string> lines;
  lines.reserve(items.size());
  for (const Item& item : items) {
    lines.push_back(Describe(item));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

// The kinds of what only one side has.
struct Sides {
  DifferenceKind record;
  DifferenceKind index;
};

void AddDifference(DifferenceKind kind, std::string words, InventoryAudit& audit) {
  ++audit.kinds[kind];
  audit.differences.push_back(std::move(words));
}

template <class Item>
void AddDifferences(const std::string& run, Sides kinds, const std::vector<Item>& record,
                    const std::vector<Item>& index, InventoryAudit& audit) {
  const std::vector<std::string> in_record = DescribeAll(record);
  const std::vector<std::string> in_index = DescribeAll(index);
  for (const std::string& line : in_record) {
    if (!std::binary_search(in_index.begin(), in_index.end(), line)) {
      AddDifference(kinds.record, absl::StrCat(run, ": only the record: ", line), audit);
    }
  }
  for (const std::string& line : in_index) {
    if (!std::binary_search(in_record.begin(), in_record.end(), line)) {
      AddDifference(kinds.index, absl::StrCat(run, ": only the index: ", line), audit);
    }
  }
}

std::string WordFor(Sale sale) { return sale == Sale::kClosed ? "closed" : "open"; }

constexpr Sides kOfClasses{DifferenceKind::kClass, DifferenceKind::kClass};
constexpr Sides kOfPlaces{DifferenceKind::kPlacesLost, DifferenceKind::kPlacesGhost};
constexpr Sides kOfLine{DifferenceKind::kWaiterLost, DifferenceKind::kWaiterGhost};
constexpr Sides kOfFree{DifferenceKind::kFree, DifferenceKind::kFree};

// Demands of one kind fit or do not fit together: each kind is looked at once.
std::int64_t CountServable(const RunState& record, const IndexState& index) {
  std::map<std::tuple<std::string, int, int, int>, bool> servable;
  std::int64_t count = 0;
  for (const WaitingDemand& waiting : record.waiting) {
    const DemandKind& kind = waiting.kind;
    const auto [found, is_new] = servable.emplace(
        std::make_tuple(kind.class_code, kind.legs.from, kind.legs.to, kind.party), false);
    if (is_new) found->second = IsServable(waiting, index);
    count += found->second ? 1 : 0;
  }
  return count;
}

}  // namespace

absl::string_view NameOf(DifferenceKind kind) {
  switch (kind) {
    case DifferenceKind::kEpoch:
      return "epoch";
    case DifferenceKind::kClass:
      return "class";
    case DifferenceKind::kPlacesLost:
      return "places_lost";
    case DifferenceKind::kPlacesGhost:
      return "places_ghost";
    case DifferenceKind::kWaiterLost:
      return "waiter_lost";
    case DifferenceKind::kWaiterGhost:
      return "waiter_ghost";
    case DifferenceKind::kFree:
      return "free";
    case DifferenceKind::kSale:
      return "sale";
  }
  return "";
}

InventoryAudit Audit(const RunState& record, const IndexState& index) {
  InventoryAudit audit;
  audit.waiting = static_cast<std::int64_t>(record.waiting.size());
  for (const ClassLayout& layout : record.classes) {
    if (!layout.shares.empty()) continue;  // its units are another's
    audit.capacity += std::int64_t{layout.capacity} * record.legs;
    audit.oversold += CountOversold(record, layout);
  }
  for (const TakenPlaces& places : record.taken) {
    audit.taken += std::int64_t{places.kind.party} * places.kind.legs.size();
  }
  for (const FreeUnits& free : index.free) {
    if (OwnerOf(index.state, free.class_code) != free.class_code) continue;
    for (const int count : free.count) {
      audit.free += count;
    }
  }
  audit.servable_waiting = CountServable(record, index);
  if (record.epoch != index.state.epoch || record.legs != index.state.legs) {
    AddDifference(DifferenceKind::kEpoch,
                  absl::StrCat(record.run, ": the record is of epoch ", record.epoch,
                               ", the index of ", index.state.epoch),
                  audit);
  }
  if (record.sale != index.state.sale) {
    AddDifference(DifferenceKind::kSale,
                  absl::StrCat(record.run, ": the record says ", WordFor(record.sale),
                               " to new buyers, the index ", WordFor(index.state.sale)),
                  audit);
  }
  AddDifferences(record.run, kOfClasses, record.classes, index.state.classes, audit);
  AddDifferences(record.run, kOfPlaces, record.taken, index.state.taken, audit);
  AddDifferences(record.run, kOfLine, record.waiting, index.state.waiting, audit);
  // Places that only one side has are told above; here what is free must follow from what the index
  // itself calls taken, where that can be.
  const RunState& taken = Validate(index.state).ok() ? index.state : record;
  AddDifferences(record.run, kOfFree, FreeOf(taken), index.free, audit);
  return audit;
}

void Add(const InventoryAudit& run, int differences_max, InventoryAudit& total) {
  total.capacity += run.capacity;
  total.taken += run.taken;
  total.free += run.free;
  total.oversold += run.oversold;
  total.waiting += run.waiting;
  total.servable_waiting += run.servable_waiting;
  for (const auto& [kind, count] : run.kinds) total.kinds[kind] += count;
  for (const std::string& difference : run.differences) {
    if (static_cast<int>(total.differences.size()) < differences_max) {
      total.differences.push_back(difference);
    }
  }
}

}  // namespace houbu::slot
