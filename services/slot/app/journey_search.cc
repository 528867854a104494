#include "services/slot/app/journey_search.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"

#include "libs/async/join.h"
#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "libs/base/status_macros.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr std::size_t kFetchesAtOnce = 32;

absl::Status UnknownPlace(const std::string& place) {
  Metadata facts;
  facts["place"] = place;
  return Refuse(kPlaceUnknown, facts);
}

// The letters a number begins with; "0" where it begins with none.
absl::string_view TypeOf(absl::string_view number) {
  std::size_t letters = 0;
  while (letters < number.size() && absl::ascii_isalpha(number[letters])) ++letters;
  return letters == 0 ? absl::string_view("0") : number.substr(0, letters);
}

bool SellsOne(const Route& route, LegRange legs, const std::vector<ClassCode>& classes) {
  for (std::size_t i = 0; i < route.classes.size(); ++i) {
    if (!route.Fare(i, legs).has_value()) continue;
    if (std::find(classes.begin(), classes.end(), route.classes[i].code) != classes.end()) {
      return true;
    }
  }
  return false;
}

bool Passes(const Route& route, LegRange legs, const JourneyFilter& filter) {
  const auto& types = filter.train_types;
  if (!types.empty() && std::find(types.begin(), types.end(), TypeOf(route.name)) == types.end()) {
    return false;
  }
  return filter.classes.empty() || SellsOne(route, legs, filter.classes);
}

Boarding BoardingOf(const JourneyQuery& query, absl::TimeZone zone) {
  Boarding boarding;
  boarding.day = query.day;
  boarding.zone = zone;
  const absl::CivilMinute midnight(query.day);
  const int from = query.filter.departs_from;
  const int to = query.filter.departs_to;
  boarding.begin = from == 0 ? StartOfDay(query.day, zone) : absl::FromCivil(midnight + from, zone);
  boarding.end =
      to == 24 * 60 ? StartOfDay(query.day + 1, zone) : absl::FromCivil(midnight + to, zone);
  return boarding;
}

// What the list is ordered by first.
std::int64_t RankOf(const BoardJourney& journey, const Route& route, const JourneyQuery& query) {
  switch (query.order) {
    case JourneyOrder::kDeparture:
      return 0;
    case JourneyOrder::kDuration:
      return absl::ToInt64Seconds(journey.arrives_at - journey.departs_at);
    case JourneyOrder::kPrice:
      break;
  }
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (std::size_t i = 0; i < route.classes.size(); ++i) {
    const auto& only = query.filter.classes;
    const bool wanted =
        only.empty() || std::find(only.begin(), only.end(), route.classes[i].code) != only.end();
    const std::optional<std::int64_t> fen = route.Fare(i, journey.legs);
    if (wanted && fen.has_value()) least = std::min(least, *fen);
  }
  return least;
}

// A journey with its place in the list.
struct Placed {
  std::int64_t rank;
  BoardJourney journey;
  const Route* route;

  const RouteStop& from() const {
    return route->stops[static_cast<std::size_t>(journey.legs.from)];
  }
  const RouteStop& to() const { return route->stops[static_cast<std::size_t>(journey.legs.to)]; }

  auto Key() const {
    return std::tie(rank, journey.departs_at, route->name, route->trip, from().station,
                    to().station);
  }

  // As a text that orders as Key does.
  std::string Position() const {
    return absl::StrFormat("%020d %020d %s %s %s %s", rank, absl::ToUnixMicros(journey.departs_at),
                           route->name, route->trip, from().station, to().station);
  }
};

// Where a train calls twice at a station, the first call counts, as in a booking.
void DropRepeats(std::size_t begin, std::vector<BoardJourney>& found) {
  std::size_t kept = begin;
  for (std::size_t at = begin; at < found.size(); ++at) {
    if (kept > begin && found[kept - 1].route == found[at].route &&
        found[kept - 1].service_day == found[at].service_day) {
      continue;
    }
    found[kept++] = found[at];
  }
  found.resize(kept);
}

std::vector<Placed> FindAll(const DepartureBoard& board, const ConnectionQuery& wanted,
                            const JourneyQuery& query) {
  std::vector<BoardJourney> found;
  for (const StationNumber from : wanted.from) {
    for (const StationNumber to : wanted.to) {
      const std::size_t begin = found.size();
      for (const Stretch& stretch : board.network().Between(from, to)) {
        board.FindDepartures(stretch, wanted.boarding, found);
      }
      DropRepeats(begin, found);
    }
  }
  std::vector<Placed> placed;
  placed.reserve(found.size());
  for (const BoardJourney& journey : found) {
    if (!wanted.wanted(journey)) continue;
    const Route& route = board.network().route(journey.route);
    placed.push_back(Placed{RankOf(journey, route, query), journey, &route});
  }
  if (!query.after.empty()) {
    std::erase_if(placed, [&](const Placed& one) { return one.Position() <= query.after; });
  }
  std::sort(placed.begin(), placed.end(),
            [](const Placed& a, const Placed& b) { return a.Key() < b.Key(); });
  return placed;
}

}  // namespace

absl::StatusOr<JourneyPage> JourneySearch::Look(const JourneyQuery& query) const {
  return Look(query, FetchedPlaces());
}

absl::StatusOr<JourneyPage> JourneySearch::Look(const JourneyQuery& query,
                                                const FetchedPlaces& fetched) const {
  const absl::Time now = tools_.clock.Now();
  JourneyPage page;
  page.board = tools_.board.Current();
  page.as_of = tools_.availability.as_of();
  const RouteNetwork& network = page.board->network();
  const std::vector<StationNumber>& from = network.StationsOf(query.origin);
  const std::vector<StationNumber>& to = network.StationsOf(query.destination);
  if (from.empty()) return UnknownPlace(query.origin);
  if (to.empty()) return UnknownPlace(query.destination);
  const auto wanted = [&](const BoardJourney& journey) {
    return Passes(network.route(journey.route), journey.legs, query.filter);
  };
  const ConnectionQuery where = {from, to, BoardingOf(query, network.station(from.front()).zone),
                                 wanted};
  std::vector<Placed> placed = FindAll(*page.board, where, query);
  const std::size_t limit = static_cast<std::size_t>(query.limit);
  page.more = placed.size() > limit;
  if (page.more) {
    placed.resize(limit);
    page.position = placed.back().Position();
  }
  page.journeys.reserve(placed.size());
  for (const Placed& one : placed) {
    page.journeys.push_back(Offer(one.journey, query, now, fetched, page));
  }
  if (query.connections > 0 && query.after.empty()) {
    AddConnections(query, where, now, fetched, page);
  }
  return page;
}

JourneyOffer JourneySearch::Offer(const BoardJourney& journey, const JourneyQuery& query,
                                  absl::Time now, const FetchedPlaces& fetched,
                                  JourneyPage& page) const {
  const Route& route = page.board->network().route(journey.route);
  const RouteStop& from = route.stops[static_cast<std::size_t>(journey.legs.from)];
  const RouteStop& to = route.stops[static_cast<std::size_t>(journey.legs.to)];
  JourneyOffer offer;
  offer.sold = journey.run;
  offer.train = route.name;
  offer.trip = route.trip;
  offer.from = from.station;
  offer.from_name = from.name;
  offer.to = to.station;
  offer.to_name = to.name;
  offer.departs_at = journey.departs_at;
  offer.arrives_at = journey.arrives_at;
  offer.legs = journey.legs;
  if (journey.run == nullptr) {
    if (!route.offered) return offer;
    offer.sale_opens_at = StartOfDay(journey.service_day - tools_.presale_days, route.zone);
    return offer;
  }
  const SaleState sale = SaleOf(*journey.run, journey.legs, now, tools_.policy);
  if (sale == SaleState::kNotOpenYet) offer.sale_opens_at = journey.run->sale_open_at;
  const bool known =
      OfferClasses(*journey.run, journey.legs, sale, fetched, query.filter.classes, offer.classes);
  if (!known && !fetched.contains(journey.run)) page.unknown.push_back(journey.run);
  return offer;
}

void JourneySearch::AddConnections(const JourneyQuery& query, const ConnectionQuery& wanted,
                                   absl::Time now, const FetchedPlaces& fetched,
                                   JourneyPage& page) const {
  ConnectionRules rules;
  rules.limit = query.connections;
  for (const BoardConnection& change : FindConnections(*page.board, wanted, rules)) {
    ConnectionOffer offer;
    offer.first = Offer(change.first, query, now, fetched, page);
    offer.second = Offer(change.second, query, now, fetched, page);
    page.connections.push_back(std::move(offer));
  }
}

Task<void> JourneySearch::RequirePlace(std::string place) {
  if (!tools_.board.Current()->network().StationsOf(place).empty()) co_return absl::OkStatus();
  // It may have been imported a moment ago.
  CO_RETURN_IF_ERROR(co_await tools_.cache.Refresh());
  CO_RETURN_IF_ERROR(co_await tools_.board.Refresh());
  if (!tools_.board.Current()->network().StationsOf(place).empty()) co_return absl::OkStatus();
  co_return UnknownPlace(place);
}

Task<JourneyPage> JourneySearch::Search(JourneyQuery query) {
  CO_RETURN_IF_ERROR(co_await RequirePlace(query.origin));
  CO_RETURN_IF_ERROR(co_await RequirePlace(query.destination));
  ASSIGN_OR_CO_RETURN(JourneyPage page, Look(query));
  if (page.unknown.empty()) co_return page;
  const std::shared_ptr<const DepartureBoard> board = page.board;
  ASSIGN_OR_CO_RETURN(const FetchedPlaces fetched, co_await Fetch(std::move(page)));
  co_return Look(query, fetched);
}

Task<FetchedPlaces> JourneySearch::Fetch(JourneyPage page) {
  FetchedPlaces fetched;
  for (std::size_t at = 0; at < page.unknown.size(); at += kFetchesAtOnce) {
    const std::size_t end = std::min(at + kFetchesAtOnce, page.unknown.size());
    std::vector<Task<RunPlaces>> questions;
    for (std::size_t i = at; i < end; ++i) {
      // The board keeps its runs alive.
      std::shared_ptr<const SoldRun> run(page.board, page.unknown[i]);
      questions.push_back(tools_.availability.Fetch(std::move(run)));
    }
    ASSIGN_OR_CO_RETURN(auto answers, co_await async::Join<RunPlaces>(std::move(questions)));
    for (std::size_t i = at; i < end; ++i) {
      absl::StatusOr<RunPlaces>& answer = answers[i - at];
      fetched[page.unknown[i]] = answer.ok() ? *std::move(answer) : RunPlaces();
    }
  }
  co_return fetched;
}

Task<std::shared_ptr<const SoldRun>> JourneySearch::Find(RunId id) {
  const auto found = tools_.board.runs().find(id.value());
  if (found != tools_.board.runs().end()) {
    co_return std::shared_ptr<const SoldRun>(found->second);
  }
  std::vector<RunId> ids(1, std::move(id));
  ASSIGN_OR_CO_RETURN(const std::vector<OpenedRun> opened,
                      co_await tools_.opened.Load(std::move(ids)));
  if (opened.empty() || opened.front().run.stops.size() < 2) co_return Refuse(kRunNotFound);
  std::shared_ptr<const SoldRun> sold = SoldRunOf(opened.front(), RouteOf(opened.front()));
  co_return sold;
}

Task<RunOffer> JourneySearch::Get(RunId id) {
  ASSIGN_OR_CO_RETURN(const std::shared_ptr<const SoldRun> sold, co_await Find(std::move(id)));
  const absl::Time now = tools_.clock.Now();
  const std::vector<ClassCode> all;
  RunOffer offer;
  offer.run = RunOf(*sold);
  offer.as_of = tools_.availability.as_of();
  const LegRange whole{0, offer.run.legs()};
  const SaleState sale = SaleOf(*sold, whole, now, tools_.policy);
  FetchedPlaces fetched;
  if (!OfferClasses(*sold, whole, sale, fetched, all, offer.classes)) {
    ASSIGN_OR_CO_RETURN(fetched[sold.get()], co_await tools_.availability.Fetch(sold));
    offer.as_of = now;
    offer.classes.clear();
    OfferClasses(*sold, whole, sale, fetched, all, offer.classes);
  }
  for (ClassOffer& one : offer.classes) {
    for (const RouteClass& known : sold->route->classes) {
      if (known.code == one.code) one.positions = PositionsIn(known.positions);
    }
  }
  co_return offer;
}

}  // namespace houbu::slot
