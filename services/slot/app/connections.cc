#include "services/slot/app/connections.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

#include "libs/base/civil.h"

namespace houbu::slot {
namespace {

using Stations = absl::flat_hash_set<StationNumber>;

// What goes on to the destination from a station, by departure.
class Onward final {
 public:
  Onward(const DepartureBoard& board, const ConnectionQuery& query)
      : board_(board), query_(query) {}

  const std::vector<BoardJourney>& From(StationNumber station) {
    const auto [found, fresh] = rides_.try_emplace(station);
    if (fresh) found->second = Find(station);
    return found->second;
  }

 private:
  // One may change on the day of boarding or on the next.
  std::vector<BoardJourney> Find(StationNumber station) const {
    std::vector<BoardJourney> rides;
    const absl::TimeZone zone = board_.network().station(station).zone;
    const absl::CivilDay first = DayAt(query_.boarding.begin, zone);
    for (const absl::CivilDay day : {first, first + 1}) {
      const Boarding boarding = {day, StartOfDay(day, zone), StartOfDay(day + 1, zone), zone};
      for (const StationNumber to : query_.to) {
        for (const Stretch& stretch : board_.network().Between(station, to)) {
          board_.FindDepartures(stretch, boarding, rides);
        }
      }
    }
    std::sort(rides.begin(), rides.end(), [](const BoardJourney& a, const BoardJourney& b) {
      return std::tie(a.departs_at, a.arrives_at) < std::tie(b.departs_at, b.arrives_at);
    });
    return rides;
  }

  const DepartureBoard& board_;
  const ConnectionQuery& query_;
  absl::flat_hash_map<StationNumber, std::vector<BoardJourney>> rides_;
};

// Keeps the earlier arrival; of equal ones that which was there first.
void KeepBetter(std::optional<BoardJourney>& best, const BoardJourney& ride) {
  if (best.has_value() && best->arrives_at <= ride.arrives_at) return;
  best = ride;
}

class Finder final {
 public:
  Finder(const DepartureBoard& board, const ConnectionQuery& query, const ConnectionRules& rules)
      : board_(board),
        query_(query),
        rules_(rules),
        ends_(query.to.begin(), query.to.end()),
        onward_(board, query) {
    // A change in the city where one starts or wants to get to is none.
    for (const auto* stations : {&query.from, &query.to}) {
      for (const StationNumber station : *stations) {
        const std::vector<StationNumber>& city = board.network().station(station).city;
        closed_.insert(city.begin(), city.end());
      }
    }
  }

  std::vector<BoardConnection> Find() {
    std::vector<BoardConnection> found;
    for (const StationNumber from : query_.from) {
      for (const RouteCall& call : board_.network().CallsAt(from)) AddFrom(call, found);
    }
    return Best(std::move(found));
  }

 private:
  // The best connection that begins with this train.
  void AddFrom(const RouteCall& call, std::vector<BoardConnection>& found) {
    const RouteNetwork& network = board_.network();
    const Route& route = network.route(call.route);
    const int stops = static_cast<int>(route.stops.size());
    for (int stop = call.stop + 1; stop < stops; ++stop) {
      if (ends_.contains(network.StationAt(RouteCall{call.route, stop}))) return;
    }
    const LegRange whole = {call.stop, stops - 1};
    std::vector<BoardJourney> rides;
    board_.FindDepartures(Stretch{call.route, whole}, query_.boarding, rides);
    for (const BoardJourney& ride : rides) {
      std::optional<BoardConnection> best;
      for (int stop = call.stop + 1; stop < stops; ++stop) {
        if (!route.stops[static_cast<std::size_t>(stop)].alights) continue;
        AddChange(ride, stop, best);
      }
      if (best.has_value()) found.push_back(*best);
    }
  }

  void AddChange(const BoardJourney& ride, int stop, std::optional<BoardConnection>& best) {
    const RouteNetwork& network = board_.network();
    const StationNumber at = network.StationAt(RouteCall{ride.route, stop});
    if (closed_.contains(at)) return;
    const Route& route = network.route(ride.route);
    const RouteStop& last = route.stops[static_cast<std::size_t>(ride.legs.to)];
    const RouteStop& here = route.stops[static_cast<std::size_t>(stop)];
    const absl::Time arrives_at = ride.arrives_at - absl::Seconds(last.arrives - here.arrives);
    std::optional<BoardJourney> onward;
    for (const StationNumber station : network.station(at).city) {
      const absl::Duration change =
          station == at ? rules_.change_at_station : rules_.change_in_city;
      const std::vector<BoardJourney>& rides = onward_.From(station);
      auto next = std::lower_bound(
          rides.begin(), rides.end(), arrives_at + change,
          [](const BoardJourney& one, absl::Time time) { return one.departs_at < time; });
      for (; next != rides.end() && next->departs_at <= arrives_at + rules_.wait_max; ++next) {
        if (query_.wanted(*next)) KeepBetter(onward, *next);
      }
    }
    if (!onward.has_value()) return;
    if (best.has_value() && best->second.arrives_at <= onward->arrives_at) return;
    BoardConnection change = {ride, *onward};
    change.first.legs.to = stop;
    change.first.arrives_at = arrives_at;
    if (query_.wanted(change.first)) best = change;
  }

  std::vector<BoardConnection> Best(std::vector<BoardConnection> found) const {
    std::sort(found.begin(), found.end(), [](const BoardConnection& a, const BoardConnection& b) {
      return std::tie(b.first.departs_at, a.second.arrives_at) <
             std::tie(a.first.departs_at, b.second.arrives_at);
    });
    std::vector<BoardConnection> best;
    absl::Time earliest = absl::InfiniteFuture();
    for (const BoardConnection& one : found) {
      if (one.second.arrives_at >= earliest) continue;
      earliest = one.second.arrives_at;
      best.push_back(one);
    }
    std::reverse(best.begin(), best.end());
    if (best.size() > static_cast<std::size_t>(rules_.limit)) {
      best.resize(static_cast<std::size_t>(rules_.limit));
    }
    return best;
  }

  const DepartureBoard& board_;
  const ConnectionQuery& query_;
  const ConnectionRules& rules_;
  Stations ends_;
  Stations closed_;
  Onward onward_;
};

}  // namespace

std::vector<BoardConnection> FindConnections(const DepartureBoard& board,
                                             const ConnectionQuery& query,
                                             const ConnectionRules& rules) {
  return Finder(board, query, rules).Find();
}

}  // namespace houbu::slot
