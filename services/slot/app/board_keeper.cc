#include "services/slot/app/board_keeper.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr std::size_t kBatch = 200;                      // runs for one question
constexpr absl::Duration kShownAfter = absl::Hours(24);  // a run that has ended
constexpr int kRoundsBetween = 5;
constexpr int kBusyRounds = 120;

// Everything a route consists of, as one text: equal texts, equal routes.
std::string KeyOf(const OpenedRun& opened) {
  const Run& run = opened.run;
  const absl::Time start = StartOf(run);
  // Runs without a trip have nothing that tells those of one day apart.
  const std::string& origin = run.trip.empty() ? run.id.value() : run.trip;
  std::string key = absl::StrCat(static_cast<int>(run.kind), "\n", run.display_name, "\n", origin,
                                 "\n", run.time_zone);
  for (const Stop& stop : run.stops) {
    absl::StrAppend(&key, "\n", stop.station, "\t", stop.name, "\t", stop.city, "\t",
                    absl::ToInt64Seconds(stop.arrives_at - start), "\t",
                    absl::ToInt64Seconds(stop.departs_at - start));
  }
  for (const RunClass& one : run.classes) {
    absl::StrAppend(&key, "\n", one.code, "\t", one.positions);
  }
  std::vector<std::string> fares;
  fares.reserve(opened.fares.size());
  for (const OpenedRun::Fare& fare : opened.fares) {
    fares.push_back(
        absl::StrCat("\n", fare.code, "\t", fare.legs.from, "\t", fare.legs.to, "\t", fare.fen));
  }
  std::sort(fares.begin(), fares.end());
  for (const std::string& fare : fares) key += fare;
  return key;
}

}  // namespace

Task<void> BoardKeeper::Follow() {
  const bool stale = catalogue_ != tools_.cache.Current();
  ++rounds_;
  if (!stale && rounds_ > busy_until_ && rounds_ % kRoundsBetween != 0) co_return absl::OkStatus();
  const std::int64_t before = generation_;
  CO_RETURN_IF_ERROR(co_await Refresh());
  // Runs are opened by the thousand; what follows one change are others.
  if (stale || generation_ != before) busy_until_ = rounds_ + kBusyRounds;
  co_return absl::OkStatus();
}

Task<void> BoardKeeper::Refresh() {
  const absl::Time now = tools_.clock.Now();
  const absl::CivilDay today = DayAt(now, absl::UTCTimeZone());
  const absl::CivilDay first = today - absl::ToInt64Hours(kRunLongest) / 24 - 1;
  const absl::CivilDay last = today + tools_.days_ahead + 1;
  ASSIGN_OR_CO_RETURN(const auto counts, co_await tools_.opened.CountByDay(first, last));
  for (const auto& [day, count] : counts) {
    const auto loaded = counts_.find(day);
    if (loaded != counts_.end() && loaded->second == count) continue;
    CO_RETURN_IF_ERROR(co_await LoadDay(day));
    counts_[day] = count;
  }
  counts_.erase(counts_.begin(), counts_.lower_bound(first));
  LetGo(now);
  ASSIGN_OR_CO_RETURN(const std::set<RunId> closed, co_await tools_.opened.Closed(first, last));
  for (const auto& [id, run] : runs_) run->closed = closed.contains(run->id);
  Publish();
  co_return absl::OkStatus();
}

Task<void> BoardKeeper::LoadDay(absl::CivilDay day) {
  ASSIGN_OR_CO_RETURN(std::vector<RunId> ids, co_await tools_.opened.IdsOf(day));
  std::erase_if(ids, [this](const RunId& id) { return runs_.contains(id.value()); });
  for (std::size_t at = 0; at < ids.size(); at += kBatch) {
    const std::size_t end = std::min(at + kBatch, ids.size());
    std::vector<RunId> batch(ids.begin() + static_cast<std::ptrdiff_t>(at),
                             ids.begin() + static_cast<std::ptrdiff_t>(end));
    ASSIGN_OR_CO_RETURN(std::vector<OpenedRun> runs, co_await tools_.opened.Load(std::move(batch)));
    for (OpenedRun& run : runs) Take(std::move(run));
  }
  co_return absl::OkStatus();
}

void BoardKeeper::Take(OpenedRun opened) {
  if (opened.run.stops.size() < 2) return;
  if (opened.run.stops.back().arrives_at + kShownAfter < tools_.clock.Now()) return;
  std::shared_ptr<const Route>& route = routes_[KeyOf(opened)];
  if (route == nullptr) route = RouteOf(opened);
  std::shared_ptr<SoldRun> sold = SoldRunOf(opened, route);
  if (runs_.try_emplace(opened.run.id.value(), std::move(sold)).second) ++generation_;
}

void BoardKeeper::LetGo(absl::Time now) {
  const std::size_t before = runs_.size();
  absl::erase_if(runs_, [&](const auto& run) { return run.second->ends_at + kShownAfter < now; });
  if (runs_.size() != before) ++generation_;
}

void BoardKeeper::Publish() {
  const std::shared_ptr<const Catalogue> catalogue = tools_.cache.Current();
  if (generation_ == published_generation_ && catalogue == catalogue_) return;
  std::vector<std::shared_ptr<SoldRun>> runs;
  runs.reserve(runs_.size());
  for (const auto& [id, run] : runs_) runs.push_back(run);
  const bool fits = catalogue == catalogue_ &&
                    std::all_of(runs.begin(), runs.end(),
                                [&](auto& run) { return numbers_.contains(run->route.get()); });
  if (!fits) {
    catalogue_ = catalogue;
    LayOut(runs);
  }
  published_.Set(std::make_shared<const DepartureBoard>(network_, numbers_, runs));
  published_generation_ = generation_;
}

void BoardKeeper::LayOut(const std::vector<std::shared_ptr<SoldRun>>& runs) {
  std::vector<std::shared_ptr<const Route>> routes;
  numbers_.clear();
  for (const auto& run : runs) {
    if (numbers_.try_emplace(run->route.get(), static_cast<int>(routes.size())).second) {
      routes.push_back(run->route);
    }
  }
  network_ = std::make_shared<const RouteNetwork>(catalogue_, std::move(routes));
  for (auto& [route, number] : numbers_) number += network_->planned();
  absl::erase_if(routes_,
                 [this](const auto& known) { return !numbers_.contains(known.second.get()); });
}

}  // namespace houbu::slot
