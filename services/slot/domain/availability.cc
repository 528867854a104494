#include "services/slot/domain/availability.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace houbu::slot {
namespace {

constexpr std::uint64_t kAllFree = ~std::uint64_t{0};

// The bits of a word that stand for units below `capacity`.
std::uint64_t Existing(std::size_t word, int capacity) {
  const std::size_t first = word * 64;
  const std::size_t units = static_cast<std::size_t>(capacity);
  if (units >= first + 64) return kAllFree;
  return units <= first ? 0 : kAllFree >> (64 - (units - first));
}

// A byte of a bitmap, whose highest bit comes first, with its lowest bit first.
std::uint64_t Turned(char byte) {
  std::uint64_t bits = static_cast<unsigned char>(byte);
  bits = (bits & 0xF0U) >> 4 | (bits & 0x0FU) << 4;
  bits = (bits & 0xCCU) >> 2 | (bits & 0x33U) << 2;
  return (bits & 0xAAU) >> 1 | (bits & 0x55U) << 1;
}

}  // namespace

FreePlaces::FreePlaces(ClassKind kind, int legs, int capacity)
    : kind_(kind), legs_(legs), capacity_(capacity) {}

std::optional<FreePlaces> FreePlaces::OfBitmaps(int capacity,
                                                const std::vector<std::string>& bitmaps) {
  FreePlaces places(ClassKind::kAssigned, static_cast<int>(bitmaps.size()), capacity);
  places.words_.assign(bitmaps.size() * places.row_words(), 0);
  bool all_free = true;
  for (std::size_t leg = 0; leg < bitmaps.size(); ++leg) {
    const std::string& bitmap = bitmaps[leg];
    const std::size_t row = leg * places.row_words();
    for (std::size_t byte = 0; byte < bitmap.size(); ++byte) {
      const std::uint64_t bits = Turned(bitmap[byte]);
      if (bits == 0) continue;
      if (byte / 8 >= places.row_words()) return std::nullopt;
      places.words_[row + byte / 8] |= bits << byte % 8 * 8;
    }
    for (std::size_t word = 0; word < places.row_words(); ++word) {
      const std::uint64_t existing = Existing(word, capacity);
      if ((places.words_[row + word] & ~existing) != 0) return std::nullopt;
      all_free = all_free && places.words_[row + word] == existing;
    }
  }
  if (all_free) places.words_ = std::vector<std::uint64_t>();
  return places;
}

std::optional<FreePlaces> FreePlaces::OfCounts(int capacity, const std::vector<int>& counts) {
  FreePlaces places(ClassKind::kCounted, static_cast<int>(counts.size()), capacity);
  bool all_free = true;
  for (const int count : counts) {
    if (count < 0 || count > capacity) return std::nullopt;
    all_free = all_free && count == capacity;
  }
  if (!all_free) places.counts_.assign(counts.begin(), counts.end());
  return places;
}

FreePlaces FreePlaces::Of(const ClassLayout& layout, int legs, const FreeUnits& free) {
  FreePlaces places(layout.kind, legs, layout.capacity);
  const bool all_free = std::all_of(free.count.begin(), free.count.end(),
                                    [&](int count) { return count == layout.capacity; });
  if (all_free) return places;
  if (layout.kind == ClassKind::kCounted) {
    places.counts_.assign(free.count.begin(), free.count.end());
    return places;
  }
  places.words_.assign(static_cast<std::size_t>(legs) * places.row_words(), 0);
  for (std::size_t leg = 0; leg < free.unit_numbers.size(); ++leg) {
    for (const int unit : free.unit_numbers[leg]) {
      const std::size_t at = static_cast<std::size_t>(unit);
      places.words_[leg * places.row_words() + at / 64] |= std::uint64_t{1} << at % 64;
    }
  }
  return places;
}

int FreePlaces::CountFree(LegRange legs) const {
  if (!Has(legs)) return 0;
  if (untouched()) return capacity_;
  if (kind_ == ClassKind::kCounted) {
    return *std::min_element(counts_.begin() + legs.from, counts_.begin() + legs.to);
  }
  const std::size_t row = row_words();
  const std::uint64_t* const first = words_.data() + static_cast<std::size_t>(legs.from) * row;
  const std::size_t rows = static_cast<std::size_t>(legs.size());
  int free = 0;
  for (std::size_t word = 0; word < row; ++word) {
    std::uint64_t common = first[word];
    for (std::size_t leg = 1; leg < rows; ++leg) common &= first[leg * row + word];
    free += std::popcount(common);
  }
  return free;
}

void FreePlaces::Spread() {
  if (!untouched()) return;
  const std::size_t legs = static_cast<std::size_t>(legs_);
  if (kind_ == ClassKind::kCounted) {
    counts_.assign(legs, capacity_);
    return;
  }
  words_.reserve(legs * row_words());
  for (std::size_t leg = 0; leg < legs; ++leg) {
    for (std::size_t word = 0; word < row_words(); ++word) {
      words_.push_back(Existing(word, capacity_));
    }
  }
}

bool FreePlaces::All(LegRange legs, const std::vector<int>& units, bool free) const {
  for (const int unit : units) {
    if (unit < 0 || unit >= capacity_) return false;
    const std::size_t at = static_cast<std::size_t>(unit);
    for (int leg = legs.from; leg < legs.to; ++leg) {
      const std::uint64_t word = words_[static_cast<std::size_t>(leg) * row_words() + at / 64];
      if ((word >> at % 64 & 1) != (free ? 1U : 0U)) return false;
    }
  }
  return true;
}

bool FreePlaces::Mark(LegRange legs, int party, const std::vector<int>& units, bool free) {
  if (!Has(legs)) return false;
  Spread();
  if (kind_ == ClassKind::kCounted) {
    const int step = free ? party : -party;
    const auto begin = counts_.begin() + legs.from;
    const auto end = counts_.begin() + legs.to;
    const bool possible = std::all_of(
        begin, end, [&](int count) { return 0 <= count + step && count + step <= capacity_; });
    if (possible) std::for_each(begin, end, [&](std::int32_t& count) { count += step; });
    return possible;
  }
  if (static_cast<int>(units.size()) != party || !All(legs, units, !free)) return false;
  for (const int unit : units) {
    const std::size_t at = static_cast<std::size_t>(unit);
    for (int leg = legs.from; leg < legs.to; ++leg) {
      words_[static_cast<std::size_t>(leg) * row_words() + at / 64] ^= std::uint64_t{1} << at % 64;
    }
  }
  return true;
}

bool FreePlaces::Take(LegRange legs, int party, const std::vector<int>& units) {
  return Mark(legs, party, units, false);
}

bool FreePlaces::GiveBack(LegRange legs, int party, const std::vector<int>& units) {
  return Mark(legs, party, units, true);
}

bool FreePlaces::Add(int first_unit, int units) {
  if (first_unit != capacity_ || units < 1) return false;
  FreePlaces grown(kind_, legs_, capacity_ + units);
  if (!untouched()) grown.Spread();
  for (std::size_t leg = 0; leg < counts_.size(); ++leg) {
    grown.counts_[leg] = counts_[leg] + units;
  }
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const std::size_t word = i % row_words();
    std::uint64_t& to = grown.words_[i / row_words() * grown.row_words() + word];
    to = (to & ~Existing(word, capacity_)) | words_[i];
  }
  *this = std::move(grown);
  return true;
}

std::size_t FreePlaces::bytes() const {
  return words_.capacity() * sizeof(std::uint64_t) + counts_.capacity() * sizeof(std::int32_t);
}

bool operator==(const FreePlaces& a, const FreePlaces& b) {
  if (a.kind_ != b.kind_ || a.legs_ != b.legs_ || a.capacity_ != b.capacity_) return false;
  FreePlaces x = a;
  FreePlaces y = b;
  x.Spread();
  y.Spread();
  return x.words_ == y.words_ && x.counts_ == y.counts_;
}

}  // namespace houbu::slot
