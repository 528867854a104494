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

std::optional<Stretch> FindStretch(const Run& run, absl::string_view from, absl::string_view to) {
  const int count = static_cast<int>(run.stops.size());
  for (int first = 0; first < count; ++first) {
    if (run.stops[static_cast<std::size_t>(first)].station != from) continue;
    for (int last = first + 1; last < count; ++last) {
      if (run.stops[static_cast<std::size_t>(last)].station == to) return Stretch{first, last};
    }
  }
  return std::nullopt;
}

std::optional<Money> FindFare(const RunClass& run_class, Stretch stretch) {
  for (const Fare& fare : run_class.fares) {
    if (fare.stretch == stretch) return fare.price;
  }
  return std::nullopt;
}

absl::Time DepartureOf(const Run& run, Stretch stretch) {
  return run.stops.at(static_cast<std::size_t>(stretch.from_stop)).departs_at;
}

absl::Time ArrivalOf(const Run& run, Stretch stretch) {
  return run.stops.at(static_cast<std::size_t>(stretch.to_stop)).arrives_at;
}

}  // namespace houbu::slot
