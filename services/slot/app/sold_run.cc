#include "services/slot/app/sold_run.h"

#include <utility>

#include "absl/container/flat_hash_map.h"

#include "services/slot/domain/timetable.h"

namespace houbu::slot {
namespace {

std::vector<RouteClass> ClassesOf(const OpenedRun& opened, const Route& route) {
  const std::size_t stretches = route.stops.size() * (route.stops.size() - 1) / 2;
  std::vector<RouteClass> classes;
  absl::flat_hash_map<std::string, std::size_t> places;
  for (const RunClass& one : opened.run.classes) {
    places[one.code] = classes.size();
    classes.push_back(
        RouteClass{one.code, std::vector<std::int64_t>(stretches, -1), one.positions});
  }
  for (const OpenedRun::Fare& fare : opened.fares) {
    const auto place = places.find(fare.code);
    const int last = static_cast<int>(route.stops.size()) - 1;
    if (place == places.end() || fare.legs.from < 0 || fare.legs.to > last) continue;
    classes[place->second].fens[route.FareIndex(fare.legs)] = fare.fen;
  }
  return classes;
}

}  // namespace

absl::Time StartOf(const Run& run) { return ServiceInstant(run.service_date, 0, ZoneOf(run)); }

std::shared_ptr<const Route> RouteOf(const OpenedRun& opened) {
  const Run& run = opened.run;
  const absl::Time start = StartOf(run);
  auto route = std::make_shared<Route>();
  route->kind = run.kind;
  route->name = run.display_name;
  route->trip = run.trip;
  route->zone_name = run.time_zone;
  route->zone = ZoneOf(run);
  for (const Stop& stop : run.stops) {
    RouteStop at;
    at.station = stop.station;
    at.name = stop.name;
    at.city = stop.city;
    at.arrives = absl::ToInt64Seconds(stop.arrives_at - start);
    at.departs = absl::ToInt64Seconds(stop.departs_at - start);
    route->stops.push_back(std::move(at));
  }
  route->classes = ClassesOf(opened, *route);
  return route;
}

std::shared_ptr<SoldRun> SoldRunOf(const OpenedRun& opened, std::shared_ptr<const Route> route) {
  auto sold = std::make_shared<SoldRun>();
  sold->id = opened.run.id;
  sold->service_date = opened.run.service_date;
  sold->start = StartOf(opened.run);
  sold->sale_open_at = opened.run.sale_open_at;
  sold->closed = opened.closed;
  sold->ends_at = opened.run.stops.back().arrives_at;
  sold->route = std::move(route);
  return sold;
}

Run RunOf(const SoldRun& sold) {
  const Route& route = *sold.route;
  Run run;
  run.id = sold.id;
  run.kind = route.kind;
  run.display_name = route.name;
  run.trip = route.trip;
  run.service_date = sold.service_date;
  run.time_zone = route.zone_name;
  run.sale_open_at = sold.sale_open_at;
  run.departs_at = sold.DepartsAt(0);
  for (std::size_t i = 0; i < route.stops.size(); ++i) {
    const RouteStop& stop = route.stops[i];
    run.stops.push_back(Stop{stop.station, stop.name, stop.city,
                             sold.ArrivesAt(static_cast<int>(i)),
                             sold.DepartsAt(static_cast<int>(i))});
  }
  return run;
}

}  // namespace houbu::slot
