#include "services/slot/domain/free_pool.h"

#include <algorithm>
#include <cstddef>

namespace houbu::slot {
namespace {

constexpr int kByte = 8;

// A bit for each unit, all set; those behind the last are not.
std::string AllFree(int capacity) {
  std::string bitmap(static_cast<std::size_t>((capacity + kByte - 1) / kByte), '\xff');
  const int rest = capacity % kByte;
  if (rest > 0) bitmap.back() = static_cast<char>(0xff << (kByte - rest));
  return bitmap;
}

std::size_t ByteOf(int unit) { return static_cast<std::size_t>(unit / kByte); }

unsigned BitOf(int unit) { return 0x80U >> static_cast<unsigned>(unit % kByte); }

}  // namespace

FreePool::FreePool(const ClassLayout& owner, int legs)
    : capacity_(owner.capacity), counts_(static_cast<std::size_t>(legs), owner.capacity) {
  if (owner.kind == ClassKind::kAssigned) {
    bitmaps_.assign(static_cast<std::size_t>(legs), AllFree(owner.capacity));
  }
}

bool FreePool::Take(const TakenPlaces& places) {
  const LegRange& legs = places.kind.legs;
  if (legs.from < 0 || legs.to > static_cast<int>(counts_.size())) return false;
  const std::size_t numbered = bitmaps_.empty() ? 0 : static_cast<std::size_t>(places.kind.party);
  bool is_possible = places.units.size() == numbered;
  for (int at = legs.from; at < legs.to; ++at) {
    const auto leg = static_cast<std::size_t>(at);
    counts_[leg] -= places.kind.party;
    is_possible = is_possible && counts_[leg] >= 0;
    for (const int unit : places.units) {
      is_possible = !bitmaps_.empty() && TakeUnit(bitmaps_[leg], unit) && is_possible;
    }
  }
  return is_possible;
}

bool FreePool::TakeUnit(std::string& bitmap, int unit) const {
  if (unit < 0 || unit >= capacity_) return false;
  const auto byte = static_cast<unsigned char>(bitmap[ByteOf(unit)]);
  bitmap[ByteOf(unit)] = static_cast<char>(byte & ~BitOf(unit));
  return (byte & BitOf(unit)) != 0;
}

std::vector<int> FreePool::UnitsOn(int leg) const {
  const std::string& bitmap = bitmaps_[static_cast<std::size_t>(leg)];
  std::vector<int> units;
  units.reserve(static_cast<std::size_t>(std::max(0, counts_[static_cast<std::size_t>(leg)])));
  for (int unit = 0; unit < capacity_; ++unit) {
    if ((static_cast<unsigned char>(bitmap[ByteOf(unit)]) & BitOf(unit)) != 0) {
      units.push_back(unit);
    }
  }
  return units;
}

FreePools FreePoolsOf(const RunState& state) {
  FreePools free;
  std::map<std::string, FreePool*> by_class;
  for (const ClassLayout& layout : state.classes) {
    const auto pool = free.pools.try_emplace(layout.owner(), layout, state.legs).first;
    by_class[layout.code] = &pool->second;
  }
  for (const TakenPlaces& places : state.taken) {
    const auto pool = by_class.find(places.kind.class_code);
    const bool taken = pool != by_class.end() && pool->second->Take(places);
    free.is_possible = free.is_possible && taken;
  }
  return free;
}

}  // namespace houbu::slot
