#include "services/slot/storage/redis_run_state.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "services/slot/domain/free_pool.h"
#include "services/slot/storage/redis_replies.h"

namespace houbu::slot {
namespace {

// How long filling one part may take, in about microseconds.
constexpr int kPartWork = 500;

// What a part says of what is free, in bytes, and what naming a leg counts for.
constexpr std::size_t kFreeBytes = 65536;
constexpr std::size_t kLegBytes = 128;

absl::Status Malformed() {
  return absl::InternalError("a Redis function answered something unexpected");
}

std::int64_t NumberIn(const redis::Reply& reply) {
  if (reply.kind() == redis::Reply::Kind::kInteger) {
    return reply.integer();
  }
  std::int64_t number = 0;
  return absl::SimpleAtoi(reply.text(), &number) ? number : 0;
}

int IntIn(const redis::Reply& reply) { return static_cast<int>(NumberIn(reply)); }

// The bits that are set, bit 0 being the highest of the first byte.
std::vector<int> BitsIn(const std::string& bitmap) {
  std::vector<int> bits;
  for (std::size_t i = 0; i < bitmap.size(); ++i) {
    for (int b = 0; b < 8; ++b) {
      if ((static_cast<unsigned char>(bitmap[i]) >> (7 - b) & 1U) != 0) {
        bits.push_back(static_cast<int>(i) * 8 + b);
      }
    }
  }
  return bits;
}

// Collects the holders of a state in parts that are not much work each.
class Parts final {
 public:
  explicit Parts(const std::string& generation) : generation_(generation) {}

  void Add(const std::string& holder, const DemandKind& kind, std::string last, int work) {
    if (parts_.empty() || work_ + work > kPartWork) {
      parts_.push_back({generation_});
      work_ = 0;
    }
    work_ += work;
    parts_.back().insert(parts_.back().end(),
                         {holder, kind.class_code, absl::StrCat(kind.legs.from),
                          absl::StrCat(kind.legs.to), absl::StrCat(kind.party), std::move(last)});
  }

  std::vector<std::vector<std::string>> Take() { return std::move(parts_); }

 private:
  const std::string& generation_;
  std::vector<std::vector<std::string>> parts_;
  int work_ = 0;
};

// Four bytes, the highest first.
std::string Packed(int count) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(static_cast<unsigned>(count) >> shift & 0xffU));
  }
  return bytes;
}

}  // namespace

std::vector<std::string> LoadHead(const RunState& state) {
  std::vector<std::string> args = {absl::StrCat(state.epoch), absl::StrCat(state.legs),
                                   state.sale == Sale::kClosed ? "c" : "o"};
  for (const ClassLayout& layout : state.classes) {
    args.insert(args.end(), {layout.code, layout.kind == ClassKind::kCounted ? "c" : "a",
                             absl::StrCat(layout.capacity), absl::StrJoin(layout.coach_sizes, ","),
                             layout.shares, layout.positions});
  }
  return args;
}

std::vector<std::vector<std::string>> LoadFree(const RunState& state,
                                               const std::string& generation) {
  std::vector<std::vector<std::string>> parts;
  std::size_t bytes = kFreeBytes;
  const auto add = [&](const std::string& owner, std::size_t leg, std::string free) {
    if (bytes + free.size() + kLegBytes > kFreeBytes) {
      parts.push_back({generation});
      bytes = 0;
    }
    bytes += free.size() + kLegBytes;
    parts.back().insert(parts.back().end(), {owner, absl::StrCat(leg), std::move(free)});
  };
  const FreePools free = FreePoolsOf(state);
  for (const ClassLayout& layout : state.classes) {
    if (!layout.shares.empty()) continue;
    const FreePool& pool = free.pools.at(layout.code);
    const bool is_counted = layout.kind == ClassKind::kCounted;
    for (std::size_t leg = 0; leg < pool.counts().size(); ++leg) {
      if (pool.counts()[leg] == layout.capacity) continue;
      add(layout.code, leg, is_counted ? Packed(pool.counts()[leg]) : pool.bitmaps()[leg]);
    }
  }
  return parts;
}

std::vector<std::vector<std::string>> LoadParts(const RunState& state,
                                                const std::string& generation) {
  Parts parts(generation);
  for (const TakenPlaces& places : state.taken) {
    const int units = std::max(1, static_cast<int>(places.units.size()));
    parts.Add(places.token, places.kind, absl::StrCat("t", absl::StrJoin(places.units, ",")),
              5 + units / 2);
  }
  for (const WaitingDemand& waiting : state.waiting) {
    parts.Add(waiting.demand, waiting.kind,
              absl::StrCat("w", absl::ToUnixMicros(waiting.effective_time)), 14);
  }
  return parts.Take();
}

absl::Status StatePages::AddClass(const redis::Reply& reply) {
  absl::StatusOr<ClassFree> shown = ParseClass(reply);
  if (!shown.ok()) {
    return shown.status();
  }
  FreeUnits free = {shown->layout.code, std::move(shown->counts), {}};
  for (const std::string& bitmap : shown->bitmaps) {
    free.unit_numbers.push_back(BitsIn(bitmap));
    free.count.push_back(static_cast<int>(free.unit_numbers.back().size()));
  }
  index_.state.classes.push_back(std::move(shown->layout));
  index_.free.push_back(std::move(free));
  return absl::OkStatus();
}

// {'t', token, class, from, to, party, units} or {'w', demand, class, from, to, party, microsecond}
absl::Status StatePages::AddHolder(const redis::Reply& reply) {
  const std::vector<redis::Reply>& items = reply.items();
  if (items.size() != 7) {
    return Malformed();
  }
  const LegRange legs = {IntIn(items[3]), IntIn(items[4])};
  DemandKind kind = {items[2].text(), legs, IntIn(items[5])};
  if (items[0].text() == "t") {
    index_.state.taken.push_back(
        TakenPlaces{items[1].text(), std::move(kind), ParseUnits(items[6])});
  } else {
    index_.state.waiting.push_back(
        WaitingDemand{items[1].text(), std::move(kind), absl::FromUnixMicros(NumberIn(items[6]))});
  }
  return absl::OkStatus();
}

absl::Status StatePages::Add(const redis::Reply& reply) {
  const std::vector<redis::Reply>& parts = reply.items();
  if (parts.size() != 8) {
    return Malformed();
  }
  if (version_.empty()) {
    index_.state.epoch = NumberIn(parts[0]);
    index_.state.legs = IntIn(parts[1]);
    index_.state.sale = parts[2].text() == "c" ? Sale::kClosed : Sale::kOpen;
    version_ = parts[7].text();
  }
  changed_ = changed_ || version_ != parts[7].text();
  for (const redis::Reply& shown : parts[3].items()) {
    if (absl::Status added = AddClass(shown); !added.ok()) {
      return added;
    }
  }
  for (const redis::Reply& holder : parts[4].items()) {
    if (absl::Status added = AddHolder(holder); !added.ok()) {
      return added;
    }
  }
  bucket_ = parts[5].text();
  cursor_ = parts[6].text();
  return absl::OkStatus();
}

IndexState StatePages::Take() {
  std::vector<TakenPlaces>& taken = index_.state.taken;
  std::vector<WaitingDemand>& waiting = index_.state.waiting;
  std::sort(taken.begin(), taken.end(),
            [](const TakenPlaces& a, const TakenPlaces& b) { return a.token < b.token; });
  std::sort(waiting.begin(), waiting.end(), StandsBefore);
  // A page may show a holder a second time, and both before and after it was matched.
  taken.erase(std::unique(taken.begin(), taken.end()), taken.end());
  waiting.erase(std::unique(waiting.begin(), waiting.end()), waiting.end());
  return std::move(index_);
}

}  // namespace houbu::slot
