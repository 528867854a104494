#include "services/slot/storage/redis_replies.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace houbu::slot {
namespace {

constexpr Refusal kRefusals[] = {kSoldOut,    kClassUnknown,    kLegsInvalid, kPartyInvalid,
                                 kTokenInUse, kCapacityInvalid, kStateInvalid};

absl::Status Malformed() {
  return absl::InternalError("a Redis function answered something unexpected");
}

std::int64_t NumberIn(absl::string_view text) {
  std::int64_t number = 0;
  return absl::SimpleAtoi(text, &number) ? number : 0;
}

std::int64_t NumberIn(const redis::Reply& reply) {
  return reply.kind() == redis::Reply::Kind::kInteger ? reply.integer() : NumberIn(reply.text());
}

int IntIn(const redis::Reply& reply) { return static_cast<int>(NumberIn(reply)); }

std::vector<int> NumbersIn(absl::string_view list) {
  std::vector<int> numbers;
  for (const absl::string_view number : absl::StrSplit(list, ',', absl::SkipEmpty())) {
    numbers.push_back(static_cast<int>(NumberIn(number)));
  }
  return numbers;
}

void AppendKind(const DemandKind& kind, std::vector<std::string>& args) {
  args.push_back(kind.class_code);
  args.push_back(absl::StrCat(kind.legs.from));
  args.push_back(absl::StrCat(kind.legs.to));
  args.push_back(absl::StrCat(kind.party));
}

// Reads class, from, to, party from `items` at `at`.
DemandKind KindIn(const std::vector<redis::Reply>& items, std::size_t at) {
  const LegRange legs = {IntIn(items[at + 1]), IntIn(items[at + 2])};
  return DemandKind{items[at].text(), legs, IntIn(items[at + 3])};
}

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

absl::Status ReadClass(const redis::Reply& reply, IndexState& index) {
  const std::vector<redis::Reply>& items = reply.items();
  if (items.size() != 5) {
    return Malformed();
  }
  const ClassKind kind = items[1].text() == "c" ? ClassKind::kCounted : ClassKind::kAssigned;
  index.state.classes.push_back(
      ClassLayout{items[0].text(), kind, IntIn(items[2]), NumbersIn(items[3].text())});
  FreeUnits free = {items[0].text(), {}, {}};
  for (const redis::Reply& leg : items[4].items()) {
    if (kind == ClassKind::kCounted) {
      free.count.push_back(IntIn(leg));
      continue;
    }
    free.unit_numbers.push_back(BitsIn(leg.text()));
    free.count.push_back(static_cast<int>(free.unit_numbers.back().size()));
  }
  index.free.push_back(std::move(free));
  return absl::OkStatus();
}

}  // namespace

absl::Status RefusalOf(const absl::Status& failure) {
  const absl::string_view reason = ReasonOf(failure);
  if (reason == kStaleIndex.reason) {
    // The text ends in the epoch the index has.
    const std::string text(failure.message());
    const std::string epoch = absl::StrCat(NumberIn(text.substr(text.find_last_of(' ') + 1)));
    return Refuse(kStaleIndex, {{"epoch", epoch}});
  }
  for (const Refusal& refusal : kRefusals) {
    if (reason == refusal.reason) {
      return Refuse(refusal);
    }
  }
  return failure;
}

std::vector<std::string> LoadArguments(const RunState& state) {
  std::vector<std::string> args = {absl::StrCat(state.epoch), absl::StrCat(state.legs),
                                   absl::StrCat(state.classes.size())};
  for (const ClassLayout& layout : state.classes) {
    args.push_back(layout.code);
    args.push_back(layout.kind == ClassKind::kCounted ? "c" : "a");
    args.push_back(absl::StrCat(layout.capacity));
    args.push_back(absl::StrJoin(layout.coach_sizes, ","));
  }
  args.push_back(absl::StrCat(state.taken.size()));
  for (const TakenPlaces& places : state.taken) {
    args.push_back(places.token);
    AppendKind(places.kind, args);
    args.push_back(absl::StrJoin(places.units, ","));
  }
  args.push_back(absl::StrCat(state.waiting.size()));
  for (const WaitingDemand& waiting : state.waiting) {
    args.push_back(waiting.demand);
    AppendKind(waiting.kind, args);
    args.push_back(absl::StrCat(absl::ToUnixMicros(waiting.effective_time)));
  }
  return args;
}

std::vector<int> ParseUnits(const redis::Reply& reply) {
  std::vector<int> units;
  for (const redis::Reply& unit : reply.items()) {
    units.push_back(IntIn(unit));
  }
  return units;
}

absl::StatusOr<IndexState> ParseIndexState(const std::string& run, const redis::Reply& reply) {
  const std::vector<redis::Reply>& parts = reply.items();
  if (parts.size() != 5) {
    return Malformed();
  }
  IndexState index;
  index.state.run = run;
  index.state.epoch = NumberIn(parts[0]);
  index.state.legs = IntIn(parts[1]);
  for (const redis::Reply& layout : parts[2].items()) {
    if (absl::Status read = ReadClass(layout, index); !read.ok()) {
      return read;
    }
  }
  for (const redis::Reply& taken : parts[3].items()) {
    const std::vector<redis::Reply>& items = taken.items();
    if (items.size() != 6) {
      return Malformed();
    }
    index.state.taken.push_back(
        TakenPlaces{items[0].text(), KindIn(items, 1), ParseUnits(items[5])});
  }
  for (const redis::Reply& waiting : parts[4].items()) {
    const std::vector<redis::Reply>& items = waiting.items();
    if (items.size() != 6) {
      return Malformed();
    }
    index.state.waiting.push_back(
        WaitingDemand{items[0].text(), KindIn(items, 1), absl::FromUnixMicros(NumberIn(items[5]))});
  }
  std::sort(index.state.taken.begin(), index.state.taken.end(),
            [](const TakenPlaces& a, const TakenPlaces& b) { return a.token < b.token; });
  std::sort(index.state.waiting.begin(), index.state.waiting.end(), StandsBefore);
  return index;
}

absl::StatusOr<Match> ParseMatch(int shard, const redis::Reply& entry) {
  if (entry.items().size() != 2) {
    return Malformed();
  }
  std::map<std::string, std::string> fields;
  const std::vector<redis::Reply>& pairs = entry.items()[1].items();
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    fields[pairs[i].text()] = pairs[i + 1].text();
  }
  Match match;
  match.shard = shard;
  match.id = entry.items()[0].text();
  match.run = fields["run"];
  match.demand = fields["demand"];
  match.kind.class_code = fields["class"];
  match.units = NumbersIn(fields["units"]);
  match.readable = !match.run.empty() && !match.demand.empty() &&
                   absl::SimpleAtoi(fields["epoch"], &match.epoch) &&
                   absl::SimpleAtoi(fields["from"], &match.kind.legs.from) &&
                   absl::SimpleAtoi(fields["to"], &match.kind.legs.to) &&
                   absl::SimpleAtoi(fields["party"], &match.kind.party) &&
                   absl::StrJoin(match.units, ",") == fields["units"];
  return match;
}

}  // namespace houbu::slot
