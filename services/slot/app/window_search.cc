#include "services/slot/app/window_search.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>
#include <tuple>
#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::slot {
namespace {

using async::Task;

// Best by date and by place: some of the same station leave room for others.
constexpr std::size_t kAlternativesMax = 8;
constexpr std::size_t kSameStationMax = 4;
constexpr int kDaysAround = 31;
constexpr int kLooksMax = 4;
constexpr std::size_t kUnknownMax = 16;  // asked for between two looks

// The great circle between two stations, in radii.
double Distance(const BoardStation& a, const BoardStation& b) {
  constexpr double kRadians = 0.017453292519943295;
  const double lat = std::sin((b.lat - a.lat) * kRadians / 2);
  const double lon = std::sin((b.lon - a.lon) * kRadians / 2);
  const double chord =
      lat * lat + std::cos(a.lat * kRadians) * std::cos(b.lat * kRadians) * lon * lon;
  return 2 * std::asin(std::sqrt(std::min(1.0, chord)));
}

bool IsOf(const RouteStop& stop, const std::string& station) {
  return stop.station == station || stop.name == station;
}

bool Sells(const Route& route, const ClassCode& class_code) {
  return std::any_of(route.classes.begin(), route.classes.end(),
                     [&](const RouteClass& one) { return one.code == class_code; });
}

// A window that may do instead, in the order in which they are offered.
struct Other {
  bool elsewhere;
  double distance;
  absl::string_view station;
  absl::civil_diff_t days;
  const SoldRun* run;

  auto Key() const {
    return std::tuple(elsewhere, distance, station, days, run->DepartsAt(0),
                      absl::string_view(run->id.value()));
  }
};

// Where the asked station lies; null where the board does not know it.
const BoardStation* StationNamed(const RouteNetwork& network, const std::string& name) {
  for (const StationNumber number : network.StationsOf(name)) {
    const BoardStation& station = network.station(number);
    if (station.id == name || station.name == name) return &station;
  }
  return nullptr;
}

// The windows of the class within some weeks, but those that were asked for.
std::vector<Other> Others(const DepartureBoard& board, const WindowQuery& query, absl::Time now) {
  const RouteNetwork& network = board.network();
  const BoardStation* const here = StationNamed(network, query.station);
  std::vector<Other> others;
  for (const int number : network.windows()) {
    const Route& route = network.route(number);
    if (!Sells(route, query.class_code)) continue;
    const bool same = IsOf(route.stops.front(), query.station);
    const BoardStation& there = network.station(network.StationAt(RouteCall{number, 0}));
    for (const SoldRun* run :
         board.WindowsOf(number, query.day - kDaysAround, query.day + kDaysAround)) {
      if (run->DepartsAt(0) <= now || (same && run->service_date == query.day)) continue;
      Other other = {};
      other.elsewhere = !same;
      if (!same) {
        other.distance =
            here == nullptr ? std::numeric_limits<double>::max() : Distance(*here, there);
        other.station = there.id;
      }
      other.days = std::abs(run->service_date - query.day);
      other.run = run;
      others.push_back(other);
    }
  }
  std::sort(others.begin(), others.end(),
            [](const Other& a, const Other& b) { return a.Key() < b.Key(); });
  return others;
}

}  // namespace

// What a look came by.
struct WindowSearch::Seen {
  std::shared_ptr<const DepartureBoard> board;
  std::vector<const SoldRun*> unknown;
};

Task<WindowDay> WindowSearch::Find(std::string station, ClassCode class_code, absl::CivilDay day,
                                   absl::Time now) {
  WindowQuery query;
  query.station = std::move(station);
  query.class_code = std::move(class_code);
  query.day = day;
  FetchedPlaces fetched;
  for (int looks = 1;; ++looks) {
    Seen seen;
    WindowDay found = Look(query, now, fetched, seen);
    if (seen.unknown.empty() || looks == kLooksMax) co_return found;
    for (const SoldRun* run : seen.unknown) {
      std::shared_ptr<const SoldRun> kept(seen.board, run);
      ASSIGN_OR_CO_RETURN(fetched[run], co_await tools_.availability.Fetch(std::move(kept)));
    }
  }
}

std::optional<WindowDay> WindowSearch::Look(const WindowQuery& query, absl::Time now) const {
  Seen seen;
  const FetchedPlaces none;
  WindowDay found = Look(query, now, none, seen);
  if (!seen.unknown.empty()) return std::nullopt;
  return found;
}

WindowDay WindowSearch::Look(const WindowQuery& query, absl::Time now, const FetchedPlaces& fetched,
                             Seen& seen) const {
  seen.board = tools_.board.Current();
  const RouteNetwork& network = seen.board->network();
  WindowDay found;
  found.as_of = tools_.availability.as_of();
  for (const int number : network.windows()) {
    const Route& route = network.route(number);
    if (!IsOf(route.stops.front(), query.station) || !Sells(route, query.class_code)) continue;
    for (const SoldRun* run : seen.board->WindowsOf(number, query.day, query.day)) {
      found.windows.push_back(Describe(*run, query.class_code, now, fetched, seen));
    }
  }
  std::sort(found.windows.begin(), found.windows.end(),
            [](const WindowOffer& a, const WindowOffer& b) {
              return std::tie(a.run.departs_at, a.run.id) < std::tie(b.run.departs_at, b.run.id);
            });
  // Nobody says that nothing is left who does not know.
  found.sold_out = std::none_of(found.windows.begin(), found.windows.end(), [](const auto& offer) {
    return offer.on_sale && (offer.free > 0 || !offer.known);
  });
  if (found.sold_out) AddAlternatives(query, now, fetched, seen, found);
  return found;
}

void WindowSearch::AddAlternatives(const WindowQuery& query, absl::Time now,
                                   const FetchedPlaces& fetched, Seen& seen, WindowDay& day) const {
  std::size_t same_station = 0;
  for (const Other& other : Others(*seen.board, query, now)) {
    if (day.alternatives.size() == kAlternativesMax || seen.unknown.size() >= kUnknownMax) return;
    if (!other.elsewhere && same_station == kSameStationMax) continue;
    WindowOffer offer = Describe(*other.run, query.class_code, now, fetched, seen);
    if (offer.free == 0 || !offer.on_sale) continue;
    if (!other.elsewhere) ++same_station;
    day.alternatives.push_back(std::move(offer));
  }
}

WindowOffer WindowSearch::Describe(const SoldRun& run, const ClassCode& class_code, absl::Time now,
                                   const FetchedPlaces& fetched, Seen& seen) const {
  const LegRange whole{0, static_cast<int>(run.route->stops.size()) - 1};
  WindowOffer offer;
  offer.run = RunOf(run);
  offer.class_code = class_code;
  offer.sale = SaleOf(run, whole, now, tools_.policy);
  const std::vector<ClassCode> only(1, class_code);
  std::vector<ClassOffer> classes;
  offer.known = OfferClasses(run, whole, offer.sale, fetched, only, classes);
  if (!offer.known && !fetched.contains(&run)) seen.unknown.push_back(&run);
  if (classes.empty()) return offer;  // it has no price, so it is not sold
  offer.fare = classes.front().fare;
  offer.free = classes.front().free;
  offer.on_sale = classes.front().on_sale;
  return offer;
}

}  // namespace houbu::slot
