#include "services/slot/app/journey_search.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"

namespace houbu::slot {
namespace {

using async::Task;

// Orders by departure, then train; unique for a stretch of a run.
std::string PositionOf(const JourneyOffer& offer, absl::string_view trip) {
  return absl::StrFormat("%020d %s %s %s %s", absl::ToUnixMicros(offer.departs_at), offer.train,
                         trip, offer.from, offer.to);
}

JourneyOffer OfferOf(const OpenedJourney& opened) {
  JourneyOffer offer;
  offer.run = opened.run.id;
  offer.train = opened.run.display_name;
  offer.from = opened.boarding.station;
  offer.from_name = opened.boarding.name;
  offer.to = opened.alighting.station;
  offer.to_name = opened.alighting.name;
  offer.departs_at = opened.boarding.departs_at;
  offer.arrives_at = opened.alighting.arrives_at;
  offer.position = PositionOf(offer, opened.run.trip);
  return offer;
}

std::string StationName(const Timetable& timetable, const std::string& id) {
  const Station* station = timetable.FindStation(id);
  return station == nullptr ? std::string() : station->name;
}

JourneyOffer OfferOf(const Timetable& timetable, const PlannedJourney& planned) {
  const TimetabledTrain& train = *planned.train;
  JourneyOffer offer;
  offer.train = train.number;
  offer.from = train.stops[static_cast<std::size_t>(planned.from)].station;
  offer.from_name = StationName(timetable, offer.from);
  offer.to = train.stops[static_cast<std::size_t>(planned.to)].station;
  offer.to_name = StationName(timetable, offer.to);
  offer.departs_at = planned.departs_at;
  offer.arrives_at = planned.arrives_at;
  offer.position = PositionOf(offer, TripKey(train.feed, train.trip));
  return offer;
}

absl::Status UnknownPlace(const std::string& place) {
  Metadata facts;
  facts["place"] = place;
  return Refuse(kPlaceUnknown, facts);
}

absl::TimeZone ZoneAt(const Timetable& timetable, const std::set<std::string>& stations) {
  const Station* station = timetable.FindStation(*stations.begin());
  const absl::StatusOr<absl::TimeZone> zone = LoadZone(station == nullptr ? "" : station->zone);
  return zone.ok() ? *zone : absl::UTCTimeZone();
}

}  // namespace

Task<std::vector<JourneySearch::Found>> JourneySearch::FindAll(JourneyQuery query) {
  CO_RETURN_IF_ERROR(co_await RequirePlace(query.origin));
  CO_RETURN_IF_ERROR(co_await RequirePlace(query.destination));
  const std::shared_ptr<const Catalogue> catalogue = tools_.cache.Current();
  const Timetable& timetable = catalogue->timetable;
  const std::set<std::string> from = timetable.StationsOf(query.origin);
  const std::set<std::string> to = timetable.StationsOf(query.destination);
  if (from.empty()) co_return UnknownPlace(query.origin);  // gone within the last statement
  if (to.empty()) co_return UnknownPlace(query.destination);
  const absl::TimeZone zone = ZoneAt(timetable, from);
  OpenedQuery opened_query;
  opened_query.from.assign(from.begin(), from.end());
  opened_query.to.assign(to.begin(), to.end());
  opened_query.begin = StartOfDay(query.day, zone);
  opened_query.end = StartOfDay(query.day + 1, zone);
  ASSIGN_OR_CO_RETURN(std::vector<OpenedJourney> opened,
                      co_await tools_.opened.Journeys(std::move(opened_query)));
  const std::vector<PlannedJourney> planned = timetable.Journeys(from, to, query.day);

  std::set<TripDay> sold;  // these go as they were opened, whatever the timetable says now
  if (!planned.empty()) {
    absl::CivilDay first = query.day;
    absl::CivilDay last = query.day;
    for (const PlannedJourney& journey : planned) {
      first = std::min(first, journey.service_day);
      last = std::max(last, journey.service_day);
    }
    ASSIGN_OR_CO_RETURN(sold, co_await tools_.opened.Days(first, last));
  }
  std::vector<Found> found;
  for (OpenedJourney& journey : opened) {
    Found one;
    one.offer = OfferOf(journey);
    one.opened = std::move(journey);
    found.push_back(std::move(one));
  }
  for (const PlannedJourney& journey : planned) {
    const std::string trip = TripKey(journey.train->feed, journey.train->trip);
    if (sold.contains(TripDay(trip, journey.service_day))) continue;
    Found one;
    one.offer = OfferOf(timetable, journey);
    found.push_back(std::move(one));
  }
  co_return found;
}

Task<void> JourneySearch::RequirePlace(std::string place) {
  if (!tools_.cache.Current()->timetable.StationsOf(place).empty()) co_return absl::OkStatus();
  // It may have been imported a moment ago.
  CO_RETURN_IF_ERROR(co_await tools_.cache.Refresh());
  if (!tools_.cache.Current()->timetable.StationsOf(place).empty()) co_return absl::OkStatus();
  co_return UnknownPlace(place);
}

Task<JourneyPage> JourneySearch::Search(JourneyQuery query) {
  const absl::Time now = tools_.clock.Now();
  const std::string after = query.after;
  const std::size_t limit = static_cast<std::size_t>(query.limit);
  ASSIGN_OR_CO_RETURN(std::vector<Found> found, co_await FindAll(std::move(query)));
  std::erase_if(found, [&](const Found& one) { return one.offer.position <= after; });
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return a.offer.position < b.offer.position; });
  JourneyPage page;
  page.more = found.size() > limit;
  if (page.more) found.resize(limit);
  for (Found& one : found) {
    if (one.opened.has_value()) {
      OpenedJourney& opened = *one.opened;
      const LegRange ends{0, 1};  // of the stops the journey has
      const bool on_sale = CheckSale(opened.run, ends, now, tools_.policy).ok();
      RunEpoch epoch;
      epoch.run = opened.run.id.value();
      epoch.epoch = opened.run.epoch;
      const LegRange legs = opened.legs;
      ASSIGN_OR_CO_RETURN(one.offer.classes, co_await Fill(std::move(opened.classes),
                                                           std::move(epoch), legs, on_sale));
    }
    page.journeys.push_back(std::move(one.offer));
  }
  co_return page;
}

Task<RunOffer> JourneySearch::Get(RunId id) {
  const absl::Time now = tools_.clock.Now();
  RunOffer offer;
  ASSIGN_OR_CO_RETURN(offer.run, co_await tools_.runs.Load(std::move(id)));
  const LegRange whole{0, offer.run.legs()};
  const bool on_sale = CheckSale(offer.run, whole, now, tools_.policy).ok();
  RunEpoch epoch;
  epoch.run = offer.run.id.value();
  epoch.epoch = offer.run.epoch;
  ASSIGN_OR_CO_RETURN(std::vector<OpenedClass> classes,
                      co_await tools_.opened.Classes(offer.run.id, whole));
  ASSIGN_OR_CO_RETURN(offer.classes,
                      co_await Fill(std::move(classes), std::move(epoch), whole, on_sale));
  co_return offer;
}

Task<std::vector<ClassOffer>> JourneySearch::Fill(std::vector<OpenedClass> classes, RunEpoch run,
                                                  LegRange legs, bool on_sale) {
  std::vector<ClassOffer> offers;
  if (classes.empty()) co_return offers;
  ASSIGN_OR_CO_RETURN(const std::vector<ClassVacancy> vacancies,
                      co_await tools_.fresh_index.Snapshot(std::move(run), legs));
  std::map<std::string, int> free;
  for (const ClassVacancy& vacancy : vacancies) free[vacancy.class_code] = vacancy.free;
  for (OpenedClass& one : classes) {
    ClassOffer offer;
    offer.code = std::move(one.code);
    offer.fare = Fen(one.fen);
    offer.free = free[offer.code];
    offer.on_sale = on_sale;
    offer.waitlist = on_sale && offer.free == 0;
    offers.push_back(std::move(offer));
  }
  co_return offers;
}

}  // namespace houbu::slot
