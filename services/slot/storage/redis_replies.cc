#include "services/slot/storage/redis_replies.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace houbu::slot {
namespace {

constexpr Refusal kRefusals[] = {kSoldOut,      kRunClosed,  kClassUnknown,    kLegsInvalid,
                                 kPartyInvalid, kTokenInUse, kCapacityInvalid, kStateInvalid};

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

ChangeKind ChangeKindOf(absl::string_view op, std::size_t words) {
  const bool is_places = words == 8;
  if (op == "-" && is_places) {
    return ChangeKind::kTaken;
  }
  if (op == "+" && is_places) {
    return ChangeKind::kGivenBack;
  }
  if (op == "^" && words == 6) {
    return ChangeKind::kAdded;
  }
  if (op == "=") {
    return ChangeKind::kReplaced;
  }
  return op == "x" ? ChangeKind::kRemoved : ChangeKind::kOther;
}

// Reads "<op> <run> <epoch> ...": the words of the stream S:changes.
VacancyChange ParseChange(const std::string& id, absl::string_view text) {
  const std::vector<absl::string_view> words = absl::StrSplit(text, ' ');
  const auto number = [&words](std::size_t at) { return static_cast<int>(NumberIn(words[at])); };
  VacancyChange change;
  change.id = id;
  change.kind = ChangeKindOf(words[0], words.size());
  if (words.size() >= 3) {
    change.run = std::string(words[1]);
    change.epoch = NumberIn(words[2]);
  }
  if (change.kind == ChangeKind::kAdded) {
    change.class_code = std::string(words[3]);
    change.first_unit = number(4);
    change.added = number(5);
  } else if (change.kind == ChangeKind::kTaken || change.kind == ChangeKind::kGivenBack) {
    change.class_code = std::string(words[3]);
    change.legs = LegRange{number(4), number(5)};
    change.party = number(6);
    change.units = words[7] == "*" ? std::vector<int>() : NumbersIn(words[7]);
  }
  return change;
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

std::vector<int> NumbersIn(absl::string_view list) {
  std::vector<int> numbers;
  for (const absl::string_view number : absl::StrSplit(list, ',', absl::SkipEmpty())) {
    numbers.push_back(static_cast<int>(NumberIn(number)));
  }
  return numbers;
}

absl::StatusOr<ClassFree> ParseClass(const redis::Reply& reply) {
  const std::vector<redis::Reply>& items = reply.items();
  if (items.size() != 7) {
    return Malformed();
  }
  const ClassKind kind = items[1].text() == "c" ? ClassKind::kCounted : ClassKind::kAssigned;
  ClassFree free;
  free.layout =
      ClassLayout{items[0].text(), kind,           IntIn(items[2]), NumbersIn(items[3].text()),
                  items[5].text(), items[6].text()};
  for (const redis::Reply& leg : items[4].items()) {
    if (kind == ClassKind::kCounted) {
      free.counts.push_back(IntIn(leg));
    } else {
      free.bitmaps.push_back(leg.text());
    }
  }
  return free;
}

std::vector<int> ParseUnits(const redis::Reply& reply) {
  std::vector<int> units;
  for (const redis::Reply& unit : reply.items()) {
    units.push_back(IntIn(unit));
  }
  return units;
}

absl::StatusOr<RunVacancy> ParseVacancy(const std::string& run, const redis::Reply& reply) {
  const std::vector<redis::Reply>& parts = reply.items();
  if (parts.size() != 4) {
    return Malformed();
  }
  RunVacancy vacancy = {run, NumberIn(parts[0]), IntIn(parts[1]), parts[2].text(), {}};
  for (const redis::Reply& shown : parts[3].items()) {
    absl::StatusOr<ClassFree> free = ParseClass(shown);
    if (!free.ok()) {
      return free.status();
    }
    vacancy.classes.push_back(*std::move(free));
  }
  return vacancy;
}

absl::StatusOr<ChangePage> ParseChanges(const redis::Reply& reply) {
  const std::vector<redis::Reply>& items = reply.items();
  if (items.size() % 2 == 0) {
    return Malformed();
  }
  ChangePage page;
  page.gap = items[0].integer() != 0;
  page.changes.reserve(items.size() / 2);
  for (std::size_t i = 1; i + 1 < items.size(); i += 2) {
    page.changes.push_back(ParseChange(items[i].text(), items[i + 1].text()));
  }
  return page;
}

absl::StatusOr<Match> ParseMatch(int shard, const redis::Reply& entry) {
  if (entry.items().size() != 2) {
    return Malformed();
  }
  const std::vector<redis::Reply>& fields = entry.items()[1].items();
  Match match;
  match.shard = shard;
  match.id = entry.items()[0].text();
  match.readable = false;
  if (fields.size() != 2 || fields[0].text() != "m") {
    return match;
  }
  // <run> <epoch> <demand> <class> <from> <to> <party> <units>
  const std::vector<absl::string_view> words = absl::StrSplit(fields[1].text(), ' ');
  match.run = std::string(words[0]);
  if (words.size() != 8) {
    return match;
  }
  match.demand = std::string(words[2]);
  match.kind.class_code = std::string(words[3]);
  match.units = words[7] == "*" ? std::vector<int>() : NumbersIn(words[7]);
  match.readable = !match.run.empty() && !match.demand.empty() &&
                   absl::SimpleAtoi(words[1], &match.epoch) &&
                   absl::SimpleAtoi(words[4], &match.kind.legs.from) &&
                   absl::SimpleAtoi(words[5], &match.kind.legs.to) &&
                   absl::SimpleAtoi(words[6], &match.kind.party) &&
                   (words[7] == "*" || absl::StrJoin(match.units, ",") == words[7]);
  return match;
}

}  // namespace houbu::slot
