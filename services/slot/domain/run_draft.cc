#include "services/slot/domain/run_draft.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "libs/base/civil.h"

namespace houbu::slot {
namespace {

constexpr std::int64_t kHundredKilometres = 100'000;
constexpr std::int64_t kHalfYuan = 50;

absl::TimeZone ZoneNamed(absl::string_view name) {
  const absl::StatusOr<absl::TimeZone> zone = LoadZone(name);
  return zone.ok() ? *zone : absl::UTCTimeZone();
}

RunId IdOf(absl::string_view key, absl::CivilDay day) {
  return RunId(DerivedId(RunTag::kPrefix, absl::StrCat(key, "@", FormatCivilDay(day))));
}

std::optional<std::int64_t> FareOf(const ClassTemplate& from, const TimetabledStop& boarding,
                                   const TimetabledStop& alighting) {
  for (const PairFare& fare : from.fares) {
    if (fare.from == boarding.station && fare.to == alighting.station) return fare.fen;
  }
  if (!from.rate || boarding.metres < 0 || alighting.metres < boarding.metres) return std::nullopt;
  return FareAtRate(*from.rate, alighting.metres - boarding.metres);
}

ClassDraft DraftClass(const ClassTemplate& from, const TimetabledTrain& train) {
  ClassDraft draft;
  draft.run_class.code = from.code;
  draft.run_class.kind = from.kind;
  draft.run_class.capacity = from.places;
  draft.run_class.positions = from.positions;
  draft.run_class.shares = from.shares;
  if (from.kind == ClassKind::kAssigned) {
    for (const CoachTemplate& coach : from.coaches) {
      for (std::string& number : ExpandPlaces(coach.places).value_or(std::vector<std::string>())) {
        draft.units.push_back(Unit{coach.coach, std::move(number)});
      }
    }
    draft.run_class.capacity = static_cast<int>(draft.units.size());
  }
  const int stops = static_cast<int>(train.stops.size());
  for (int i = 0; i < stops; ++i) {
    const TimetabledStop& boarding = train.stops[static_cast<std::size_t>(i)];
    if (!boarding.boards) continue;
    for (int j = i + 1; j < stops; ++j) {
      const TimetabledStop& alighting = train.stops[static_cast<std::size_t>(j)];
      if (!alighting.alights) continue;
      const std::optional<std::int64_t> fen = FareOf(from, boarding, alighting);
      if (fen) draft.fares.push_back(FareDraft{LegRange{i, j}, *fen});
    }
  }
  return draft;
}

}  // namespace

std::int64_t FareAtRate(std::int64_t rate, std::int64_t metres) {
  const std::int64_t fen = rate * metres / kHundredKilometres;
  const std::int64_t rounded = (fen + kHalfYuan / 2) / kHalfYuan * kHalfYuan;
  return rate == 0 ? 0 : std::max(rounded, kHalfYuan);
}

RunDraft DraftTrain(const Timetable& timetable, const TimetabledTrain& train,
                    const TrainOffer& offer, absl::CivilDay day, const RunOpeningPolicy& policy) {
  const absl::TimeZone zone = ZoneNamed(train.zone);
  RunDraft draft;
  Run& run = draft.run;
  run.kind = RunKind::kTrain;
  run.trip = TripKey(train.feed, train.trip);
  run.id = IdOf(run.trip, day);
  run.display_name = train.number;
  run.service_date = day;
  run.time_zone = train.zone;
  run.sale_open_at = StartOfDay(day - policy.presale_days, zone);
  run.departs_at = ServiceInstant(day, train.stops.front().departs, zone);
  for (const TimetabledStop& timed : train.stops) {
    Stop stop;
    stop.station = timed.station;
    if (const Station* station = timetable.FindStation(timed.station); station != nullptr) {
      stop.name = station->name;
      stop.city = station->city;
    }
    stop.arrives_at = ServiceInstant(day, timed.arrives, zone);
    stop.departs_at = ServiceInstant(day, timed.departs, zone);
    run.stops.push_back(std::move(stop));
  }
  for (const ClassTemplate& from : offer.classes) {
    ClassDraft made = DraftClass(from, train);
    for (const ClassDraft& owner : draft.classes) {
      if (owner.run_class.code == from.shares) made.run_class.capacity = owner.run_class.capacity;
    }
    draft.classes.push_back(std::move(made));
  }
  return draft;
}

std::string WindowKey(absl::string_view feed, const WindowOfferTemplate& window) {
  return absl::StrCat(feed, "/", window.station.id, "/", window.class_code, "/", window.opens);
}

bool OpensOn(const WindowOfferTemplate& window, absl::CivilDay day) {
  if (day < window.first_day || window.last_day < day) return false;
  return (window.weekdays >> static_cast<int>(absl::GetWeekday(day)) & 1) == 1;
}

RunDraft DraftWindow(absl::string_view feed, const WindowOfferTemplate& window, absl::CivilDay day,
                     const RunOpeningPolicy& policy) {
  const absl::TimeZone zone = ZoneNamed(window.station.zone);
  // A window's hours are those of the clock on the wall.
  const auto instant = [&](int seconds) {
    return absl::FromCivil(absl::CivilSecond(day) + seconds, zone);
  };
  RunDraft draft;
  Run& run = draft.run;
  run.kind = RunKind::kWindow;
  run.trip = WindowKey(feed, window);
  run.id = IdOf(run.trip, day);
  run.display_name =
      absl::StrFormat("%s %02d:%02d-%02d:%02d", window.station.name, window.opens / 3600,
                      window.opens / 60 % 60, window.closes / 3600, window.closes / 60 % 60);
  run.service_date = day;
  run.time_zone = window.station.zone;
  run.sale_open_at = StartOfDay(day - policy.presale_days, zone);
  run.departs_at = instant(window.opens);
  Stop opening;
  opening.station = window.station.id;
  opening.name = window.station.name;
  opening.city = window.station.city;
  opening.arrives_at = run.departs_at;
  opening.departs_at = run.departs_at;
  Stop end = opening;
  end.arrives_at = instant(window.closes);
  end.departs_at = end.arrives_at;
  run.stops = {opening, end};
  ClassDraft places;
  places.run_class = RunClass{window.class_code, ClassKind::kCounted, window.capacity};
  places.fares.push_back(FareDraft{LegRange{0, 1}, window.fee_fen});
  draft.classes.push_back(std::move(places));
  return draft;
}

}  // namespace houbu::slot
