#include "services/slot/domain/inventory_audit.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace houbu::slot {
namespace {

// How often each unit-leg is taken, for one class: by (leg, unit), or by (leg, 0) where counted.
std::map<std::pair<int, int>, int> ClaimsOf(const RunState& record, const ClassLayout& layout) {
  std::map<std::pair<int, int>, int> claims;
  for (const TakenPlaces& places : record.taken) {
    if (places.kind.class_code != layout.code) {
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
                      layout.capacity, " units, coaches ", absl::StrJoin(layout.coach_sizes, ","));
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

template <class Item>
void AddDifferences(const std::string& run, const std::vector<Item>& record,
                    const std::vector<Item>& index, std::vector<std::string>& differences) {
  const std::vector<std::string> in_record = DescribeAll(record);
  const std::vector<std::string> in_index = DescribeAll(index);
  for (const std::string& line : in_record) {
    if (!std::binary_search(in_index.begin(), in_index.end(), line)) {
      differences.push_back(absl::StrCat(run, ": only the record: ", line));
    }
  }
  for (const std::string& line : in_index) {
    if (!std::binary_search(in_record.begin(), in_record.end(), line)) {
      differences.push_back(absl::StrCat(run, ": only the index: ", line));
    }
  }
}

}  // namespace

InventoryAudit Audit(const RunState& record, const IndexState& index) {
  InventoryAudit audit;
  audit.waiting = static_cast<std::int64_t>(record.waiting.size());
  for (const ClassLayout& layout : record.classes) {
    audit.capacity += std::int64_t{layout.capacity} * record.legs;
    audit.oversold += CountOversold(record, layout);
  }
  for (const TakenPlaces& places : record.taken) {
    audit.taken += std::int64_t{places.kind.party} * places.kind.legs.size();
  }
  for (const FreeUnits& free : index.free) {
    for (const int count : free.count) {
      audit.free += count;
    }
  }
  for (const WaitingDemand& waiting : record.waiting) {
    audit.servable_waiting += IsServable(waiting, index) ? 1 : 0;
  }
  if (record.epoch != index.state.epoch || record.legs != index.state.legs) {
    audit.differences.push_back(absl::StrCat(record.run, ": the record is of epoch ", record.epoch,
                                             ", the index of ", index.state.epoch));
  }
  AddDifferences(record.run, record.classes, index.state.classes, audit.differences);
  AddDifferences(record.run, record.taken, index.state.taken, audit.differences);
  AddDifferences(record.run, record.waiting, index.state.waiting, audit.differences);
  AddDifferences(record.run, FreeOf(record), index.free, audit.differences);
  return audit;
}

void Add(const InventoryAudit& run, int differences_max, InventoryAudit& total) {
  total.capacity += run.capacity;
  total.taken += run.taken;
  total.free += run.free;
  total.oversold += run.oversold;
  total.waiting += run.waiting;
  total.servable_waiting += run.servable_waiting;
  for (const std::string& difference : run.differences) {
    if (static_cast<int>(total.differences.size()) < differences_max) {
      total.differences.push_back(difference);
    }
  }
}

}  // namespace houbu::slot
