#include "services/slot/app/window_search.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::slot {
namespace {

// Best by date and by place: some of the same station leave room for others.
constexpr std::size_t kAlternativesMax = 8;
constexpr std::size_t kSameStationMax = 4;
constexpr int kCandidatesMax = 60;

}  // namespace

using async::Task;

Task<WindowDay> WindowSearch::Find(std::string station, ClassCode class_code, absl::CivilDay day,
                                   absl::Time now) {
  WindowQuery query;
  query.station = std::move(station);
  query.class_code = std::move(class_code);
  query.day = day;
  WindowDay found;
  ASSIGN_OR_CO_RETURN(const std::vector<RunId> windows, co_await tools_.windows.Of(query));
  found.sold_out = true;
  for (const RunId& id : windows) {
    ASSIGN_OR_CO_RETURN(WindowOffer offer, co_await Describe(id, query.class_code, now));
    if (offer.free > 0 && offer.on_sale) found.sold_out = false;
    found.windows.push_back(std::move(offer));
  }
  if (!found.sold_out) co_return found;
  ASSIGN_OR_CO_RETURN(const std::vector<RunId> others,
                      co_await tools_.windows.Near(query, now, kCandidatesMax));
  std::size_t same_station = 0;
  for (const RunId& id : others) {
    if (found.alternatives.size() == kAlternativesMax) break;
    ASSIGN_OR_CO_RETURN(WindowOffer offer, co_await Describe(id, query.class_code, now));
    if (offer.free == 0 || !offer.on_sale) continue;
    const Stop& place = offer.run.stops.front();
    const bool same = place.station == query.station || place.name == query.station;
    if (same && ++same_station > kSameStationMax) continue;
    found.alternatives.push_back(std::move(offer));
  }
  co_return found;
}

Task<WindowOffer> WindowSearch::Describe(RunId id, ClassCode class_code, absl::Time now) {
  WindowOffer offer;
  ASSIGN_OR_CO_RETURN(offer.run, co_await tools_.runs.Load(std::move(id)));
  const LegRange whole{0, offer.run.legs()};
  ASSIGN_OR_CO_RETURN(const std::optional<Money> fare,
                      co_await tools_.runs.Fare(offer.run.id, class_code, whole));
  offer.fare = fare.value_or(Money());
  offer.on_sale = fare.has_value() && CheckSale(offer.run, whole, now, tools_.policy).ok();
  RunEpoch epoch;
  epoch.run = offer.run.id.value();
  epoch.epoch = offer.run.epoch;
  ASSIGN_OR_CO_RETURN(const std::vector<ClassVacancy> vacancies,
                      co_await tools_.fresh_index.Snapshot(std::move(epoch), whole));
  for (const ClassVacancy& vacancy : vacancies) {
    if (vacancy.class_code == class_code) offer.free = vacancy.free;
  }
  offer.class_code = std::move(class_code);
  co_return offer;
}

}  // namespace houbu::slot
