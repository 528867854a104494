#include "services/slot/app/run_opening.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr std::size_t kBatch = 25;  // runs for one transaction
constexpr std::int64_t kQuarterSeconds =
    std::int64_t{15} * 60;  // days begin at a quarter hour, in any zone

absl::CivilDay Today(absl::string_view zone, absl::Time now) {
  const absl::StatusOr<absl::TimeZone> loaded = LoadZone(zone);
  return DayAt(now, loaded.ok() ? *loaded : absl::UTCTimeZone());
}

std::map<std::string, const TrainOffer*> OffersByTrain(const FeedOffers& offers) {
  std::map<std::string, const TrainOffer*> by_train;
  for (const TrainOffer& offer : offers.trains) by_train[offer.train] = &offer;
  return by_train;
}

}  // namespace

Task<int> RunOpening::OpenHorizon() {
  const absl::Time now = tools_.clock.Now();
  const std::shared_ptr<const Catalogue> catalogue = tools_.cache.Current();
  const absl::CivilDay today = DayAt(now, absl::UTCTimeZone());
  const std::int64_t quarter = absl::ToUnixSeconds(now) / kQuarterSeconds;
  if (catalogue->version == done_version_ && quarter == done_quarter_) co_return 0;
  // Zones differ from UTC by less than a day.
  ASSIGN_OR_CO_RETURN(const std::set<TripDay> open,
                      co_await tools_.runs.Days(today - 1, today + tools_.policy.open_days + 1));
  std::vector<RunDraft> missing = Missing(*catalogue, open, now);
  int opened = 0;
  for (std::size_t at = 0; at < missing.size(); at += kBatch) {
    const std::size_t end = std::min(at + kBatch, missing.size());
    std::vector<RunDraft> batch;
    for (std::size_t i = at; i < end; ++i) batch.push_back(std::move(missing[i]));
    ASSIGN_OR_CO_RETURN(const int written, co_await tools_.runs.Open(std::move(batch)));
    opened += written;
  }
  done_version_ = catalogue->version;
  done_quarter_ = quarter;
  co_return opened;
}

std::vector<RunDraft> RunOpening::Missing(const Catalogue& catalogue, const std::set<TripDay>& open,
                                          absl::Time now) const {
  std::vector<RunDraft> missing;
  const Timetable& timetable = catalogue.timetable;
  for (std::size_t i = 0; i < catalogue.offers.size(); ++i) {
    const FeedTimetable& feed = timetable.feeds()[i];
    const auto offers = OffersByTrain(catalogue.offers[i]);
    for (const TimetabledTrain& train : feed.trains) {
      const auto offer = offers.find(train.number);
      if (offer == offers.end()) continue;
      const absl::CivilDay today = Today(train.zone, now);
      for (int ahead = 0; ahead <= tools_.policy.open_days; ++ahead) {
        const absl::CivilDay day = today + ahead;
        if (!timetable.StartsOn(train, day)) continue;
        if (open.contains(TripDay(TripKey(train.feed, train.trip), day))) continue;
        missing.push_back(DraftTrain(timetable, train, *offer->second, day, tools_.policy));
      }
    }
    for (const WindowOfferTemplate& window : catalogue.offers[i].windows) {
      const absl::CivilDay today = Today(window.station.zone, now);
      for (int ahead = 0; ahead <= tools_.policy.open_days; ++ahead) {
        const absl::CivilDay day = today + ahead;
        if (!OpensOn(window, day)) continue;
        if (open.contains(TripDay(WindowKey(feed.feed, window), day))) continue;
        missing.push_back(DraftWindow(feed.feed, window, day, tools_.policy));
      }
    }
  }
  return missing;
}

}  // namespace houbu::slot
