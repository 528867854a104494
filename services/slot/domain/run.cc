#include "services/slot/domain/run.h"

#include "absl/strings/str_cat.h"

#include "libs/base/civil.h"

namespace houbu::slot {

std::string NameOf(const RunId& id) { return absl::StrCat("runs/", id.value()); }

absl::TimeZone ZoneOf(const Run& run) {
  const absl::StatusOr<absl::TimeZone> zone = LoadZone(run.time_zone);
  return zone.ok() ? *zone : absl::UTCTimeZone();
}

const RunClass* FindClass(const Run& run, absl::string_view code) {
  for (const RunClass& run_class : run.classes) {
    if (run_class.code == code) return &run_class;
  }
  return nullptr;
}

ClassCode OwnerOf(const Run& run, const ClassCode& code) {
  const RunClass* const found = FindClass(run, code);
  return found == nullptr ? code : found->owner();
}

std::optional<LegRange> FindLegs(const Run& run, absl::string_view from, absl::string_view to) {
  const int count = static_cast<int>(run.stops.size());
  for (int first = 0; first < count; ++first) {
    if (run.stops[static_cast<std::size_t>(first)].station != from) continue;
    for (int last = first + 1; last < count; ++last) {
      if (run.stops[static_cast<std::size_t>(last)].station == to) return LegRange{first, last};
    }
  }
  return std::nullopt;
}

const Stop& BoardingOf(const Run& run, LegRange legs) {
  return run.stops.at(static_cast<std::size_t>(legs.from));
}

const Stop& AlightingOf(const Run& run, LegRange legs) {
  return run.stops.at(static_cast<std::size_t>(legs.to));
}

}  // namespace houbu::slot
