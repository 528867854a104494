#include "services/slot/app/departure_board.h"

#include <algorithm>
#include <set>
#include <utility>

#include "libs/base/civil.h"

namespace houbu::slot {
namespace {

constexpr std::int64_t kDaySeconds = std::int64_t{24} * 60 * 60;
constexpr std::int64_t kMidnightSeconds = std::int64_t{3} * 60 * 60;  // no clock is moved further

absl::TimeZone ZoneNamed(absl::string_view name) {
  const absl::StatusOr<absl::TimeZone> zone = LoadZone(name);
  return zone.ok() ? *zone : absl::UTCTimeZone();
}

std::uint64_t PairKey(StationNumber from, StationNumber to) {
  return static_cast<std::uint64_t>(from) << 32 | static_cast<std::uint64_t>(to);
}

Route RouteOf(const Timetable& timetable, const TimetabledTrain& train) {
  Route route;
  route.name = train.number;
  route.trip = TripKey(train.feed, train.trip);
  route.zone_name = train.zone;
  route.zone = ZoneNamed(train.zone);
  for (const TimetabledStop& timed : train.stops) {
    RouteStop stop;
    stop.station = timed.station;
    if (const Station* station = timetable.FindStation(timed.station); station != nullptr) {
      stop.name = station->name;
      stop.city = station->city;
    }
    stop.arrives = timed.arrives;
    stop.departs = timed.departs;
    stop.boards = timed.boards;
    stop.alights = timed.alights;
    route.stops.push_back(std::move(stop));
  }
  return route;
}

}  // namespace

RouteNetwork::RouteNetwork(std::shared_ptr<const Catalogue> catalogue,
                           std::vector<std::shared_ptr<const Route>> opened)
    : catalogue_(std::move(catalogue)) {
  AddStations();
  AddPlanned();
  for (std::shared_ptr<const Route>& route : opened) AddRoute(std::move(route));
  AddCities();
}

void RouteNetwork::AddStations() {
  for (const auto& [id, known] : catalogue_->timetable.stations()) {
    BoardStation station;
    station.id = id;
    station.name = known.name;
    station.zone = ZoneNamed(known.zone);
    station.lat = known.lat;
    station.lon = known.lon;
    const StationNumber number = static_cast<StationNumber>(stations_.size());
    numbers_[id] = number;
    places_[known.name].push_back(number);
    if (!known.city.empty() && known.city != known.name) places_[known.city].push_back(number);
    stations_.push_back(std::move(station));
  }
  calls_.resize(stations_.size());
}

// A station that only a run still knows.
StationNumber RouteNetwork::AddStation(const RouteStop& stop, const Route& route) {
  const auto [found, fresh] =
      numbers_.try_emplace(stop.station, static_cast<StationNumber>(stations_.size()));
  if (fresh) {
    BoardStation station;
    station.id = stop.station;
    station.name = stop.name;
    station.zone = route.zone;
    stations_.push_back(std::move(station));
    calls_.emplace_back();
    places_[stop.name].push_back(found->second);
    if (!stop.city.empty() && stop.city != stop.name) places_[stop.city].push_back(found->second);
  }
  return found->second;
}

void RouteNetwork::AddPlanned() {
  const Timetable& timetable = catalogue_->timetable;
  for (std::size_t i = 0; i < timetable.feeds().size(); ++i) {
    std::set<absl::string_view> offered;
    if (i < catalogue_->offers.size()) {
      for (const TrainOffer& offer : catalogue_->offers[i].trains) offered.insert(offer.train);
    }
    for (const TimetabledTrain& train : timetable.feeds()[i].trains) {
      auto route = std::make_shared<Route>(RouteOf(timetable, train));
      route->offered = offered.contains(train.number);
      trips_[route->trip] = static_cast<int>(routes_.size());
      calendars_.push_back(timetable.CalendarOf(train));
      AddRoute(std::move(route));
    }
  }
}

void RouteNetwork::AddRoute(std::shared_ptr<const Route> route) {
  const int number = static_cast<int>(routes_.size());
  std::vector<StationNumber> stops;
  for (const RouteStop& stop : route->stops) stops.push_back(AddStation(stop, *route));
  const int count = static_cast<int>(stops.size());
  if (route->kind == RunKind::kWindow) windows_.push_back(number);
  for (int from = 0; from < count && route->kind == RunKind::kTrain; ++from) {
    if (!route->stops[static_cast<std::size_t>(from)].boards) continue;
    const StationNumber boarding = stops[static_cast<std::size_t>(from)];
    if (from + 1 < count) {
      calls_[static_cast<std::size_t>(boarding)].push_back(RouteCall{number, from});
    }
    for (int to = from + 1; to < count; ++to) {
      if (!route->stops[static_cast<std::size_t>(to)].alights) continue;
      stretches_[PairKey(boarding, stops[static_cast<std::size_t>(to)])].push_back(
          Stretch{number, LegRange{from, to}});
    }
  }
  stops_.push_back(std::move(stops));
  routes_.push_back(std::move(route));
}

void RouteNetwork::AddCities() {
  for (auto& [name, numbers] : places_) {
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  }
  for (std::size_t i = 0; i < stations_.size(); ++i) {
    const StationNumber number = static_cast<StationNumber>(i);
    ids_[stations_[i].id] = {number};
    const Station* const known = catalogue_->timetable.FindStation(stations_[i].id);
    stations_[i].city = {number};
    if (known == nullptr || known->city.empty()) continue;
    if (const auto city = places_.find(known->city); city != places_.end()) {
      stations_[i].city = city->second;
    }
  }
}

const std::vector<StationNumber>& RouteNetwork::StationsOf(absl::string_view place) const {
  static const auto* const kNone = new std::vector<StationNumber>();
  if (const auto by_id = ids_.find(place); by_id != ids_.end()) return by_id->second;
  const auto by_name = places_.find(place);
  return by_name == places_.end() ? *kNone : by_name->second;
}

int RouteNetwork::PlannedOf(absl::string_view trip) const {
  const auto found = trips_.find(trip);
  return found == trips_.end() ? -1 : found->second;
}

const std::vector<Stretch>& RouteNetwork::Between(StationNumber from, StationNumber to) const {
  static const auto* const kNone = new std::vector<Stretch>();
  const auto found = stretches_.find(PairKey(from, to));
  return found == stretches_.end() ? *kNone : found->second;
}

DepartureBoard::DepartureBoard(std::shared_ptr<const RouteNetwork> network,
                               const absl::flat_hash_map<const Route*, int>& numbers,
                               const std::vector<std::shared_ptr<SoldRun>>& runs)
    : network_(std::move(network)) {
  if (runs.empty()) return;
  absl::CivilDay last = runs.front()->service_date;
  first_ = last;
  for (const auto& run : runs) {
    first_ = std::min(first_, run->service_date);
    last = std::max(last, run->service_date);
  }
  days_.resize(static_cast<std::size_t>(last - first_) + 1);
  const std::size_t planned = static_cast<std::size_t>(network_->planned());
  for (const auto& run : runs) {
    const auto number = numbers.find(run->route.get());
    if (number == numbers.end()) continue;
    Day& day = days_[static_cast<std::size_t>(run->service_date - first_)];
    const std::size_t at = static_cast<std::size_t>(number->second) - planned;
    if (day.runs.size() <= at) day.runs.resize(at + 1);
    day.runs[at] = run;
    const int trip = run->route->trip.empty() ? -1 : network_->PlannedOf(run->route->trip);
    if (trip < 0) continue;
    if (day.opened.empty()) day.opened.resize(planned);
    day.opened[static_cast<std::size_t>(trip)] = true;
  }
}

const DepartureBoard::Day* DepartureBoard::DayOf(absl::CivilDay day) const {
  const absl::civil_diff_t at = day - first_;
  if (at < 0 || at >= static_cast<absl::civil_diff_t>(days_.size())) return nullptr;
  return &days_[static_cast<std::size_t>(at)];
}

void DepartureBoard::FindDepartures(const Stretch& stretch, const Boarding& boarding,
                                    std::vector<BoardJourney>& found) const {
  const Route& route = network_->route(stretch.route);
  const std::int64_t departs = route.stops[static_cast<std::size_t>(stretch.legs.from)].departs;
  const absl::CivilDay nearest = boarding.day - departs / kDaySeconds;
  // Near midnight, in another zone, and on days when clocks change, the day is not where the
  // seconds say: look a day either way.
  const std::int64_t of_day = departs % kDaySeconds;
  const bool certain = route.zone == boarding.zone && of_day >= kMidnightSeconds &&
                       of_day < kDaySeconds - kMidnightSeconds;
  if (!certain) FindDeparture(stretch, nearest - 1, boarding, found);
  FindDeparture(stretch, nearest, boarding, found);
  if (!certain) FindDeparture(stretch, nearest + 1, boarding, found);
}

void DepartureBoard::FindDeparture(const Stretch& stretch, absl::CivilDay start,
                                   const Boarding& boarding,
                                   std::vector<BoardJourney>& found) const {
  const Route& route = network_->route(stretch.route);
  const Day* const day = DayOf(start);
  BoardJourney journey;
  absl::Time counted_from;
  if (stretch.route < network_->planned()) {
    const std::size_t number = static_cast<std::size_t>(stretch.route);
    if (day != nullptr && number < day->opened.size() && day->opened[number]) return;
    if (!network_->StartsOn(stretch.route, start)) return;
    counted_from = ServiceInstant(start, 0, route.zone);
  } else {
    const std::size_t number = static_cast<std::size_t>(stretch.route - network_->planned());
    if (day == nullptr || number >= day->runs.size() || day->runs[number] == nullptr) return;
    journey.run = day->runs[number].get();
    counted_from = journey.run->start;
  }
  journey.departs_at =
      counted_from +
      absl::Seconds(route.stops[static_cast<std::size_t>(stretch.legs.from)].departs);
  if (journey.departs_at < boarding.begin || journey.departs_at >= boarding.end) return;
  journey.arrives_at =
      counted_from + absl::Seconds(route.stops[static_cast<std::size_t>(stretch.legs.to)].arrives);
  journey.route = stretch.route;
  journey.service_day = start;
  journey.legs = stretch.legs;
  found.push_back(journey);
}

std::vector<const SoldRun*> DepartureBoard::WindowsOf(int route, absl::CivilDay first,
                                                      absl::CivilDay last) const {
  std::vector<const SoldRun*> runs;
  const std::size_t at = static_cast<std::size_t>(route - network_->planned());
  if (days_.empty()) return runs;
  const absl::CivilDay final_day = first_ + static_cast<absl::civil_diff_t>(days_.size()) - 1;
  for (absl::CivilDay day = std::max(first, first_); day <= std::min(last, final_day); ++day) {
    const Day* const on = DayOf(day);
    if (at < on->runs.size() && on->runs[at] != nullptr) runs.push_back(on->runs[at].get());
  }
  return runs;
}

}  // namespace houbu::slot
