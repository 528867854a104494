/// The runs of China's high-speed timetable, made by slot's own catalogue: import, timetable and
/// the opening of runs, with stores in memory.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/testing/manual_clock.h"
#include "services/slot/app/run_opening.h"
#include "services/slot/app/timetable_import.h"
#include "services/slot/domain/run_state.h"

namespace houbu::oracle {

/// Keeps one feed.
class OneFeed final : public slot::CatalogueStore {
 public:
  async::Task<void> Import(slot::FeedImport import, absl::Time) override {
    content_.version = 1;
    content_.stations = import.timetable->stations;
    content_.offers.push_back(slot::FeedOffers{import.feed, *std::move(import.offers), {}});
    content_.timetables.push_back(*std::move(import.timetable));
    co_return absl::OkStatus();
  }
  async::Task<std::int64_t> Version() override { co_return content_.version; }
  async::Task<slot::CatalogueContent> Load() override { co_return content_; }

  /// What was imported.
  const slot::CatalogueContent& content() const { return content_; }

 private:
  slot::CatalogueContent content_;
};

/// The run as an index would be rebuilt with nothing sold of it.
inline slot::RunState StateOf(const slot::RunDraft& draft) {
  slot::RunState state;
  state.run = draft.run.id.value();
  state.epoch = 1;
  state.legs = draft.run.legs();
  for (const slot::ClassDraft& drafted : draft.classes) {
    slot::ClassLayout layout;
    layout.code = drafted.run_class.code;
    layout.kind = drafted.run_class.kind;
    layout.capacity = drafted.run_class.capacity;
    for (std::size_t i = 0; i < drafted.units.size(); ++i) {
      const bool next = i == 0 || drafted.units[i].coach != drafted.units[i - 1].coach;
      if (next) layout.coach_sizes.push_back(0);
      ++layout.coach_sizes.back();
    }
    state.classes.push_back(std::move(layout));
  }
  return state;
}

/// Keeps what was opened since it was taken last.
class OpenedStates final : public slot::OpenedRuns {
 public:
  /// Gives what was opened, and forgets it.
  std::vector<slot::RunState> Take() { return std::exchange(states_, {}); }

  async::Task<int> Open(std::vector<slot::RunDraft> drafts) override {
    for (const slot::RunDraft& draft : drafts) states_.push_back(StateOf(draft));
    co_return static_cast<int>(drafts.size());
  }
  async::Task<std::set<slot::TripDay>> Days(absl::CivilDay, absl::CivilDay) override {
    co_return std::set<slot::TripDay>();
  }
  async::Task<std::map<absl::CivilDay, std::int64_t>> CountByDay(absl::CivilDay,
                                                                 absl::CivilDay) override {
    co_return std::map<absl::CivilDay, std::int64_t>();
  }
  async::Task<std::vector<slot::RunId>> IdsOf(absl::CivilDay) override {
    co_return std::vector<slot::RunId>();
  }
  async::Task<std::set<slot::RunId>> Closed(absl::CivilDay, absl::CivilDay) override {
    co_return std::set<slot::RunId>();
  }
  async::Task<std::vector<slot::OpenedRun>> Load(std::vector<slot::RunId>) override {
    co_return std::vector<slot::OpenedRun>();
  }
  async::Task<std::map<std::string, std::vector<slot::RunClass>>> ClassesOf(
      std::vector<slot::RunId>) override {
    co_return std::map<std::string, std::vector<slot::RunClass>>();
  }

 private:
  std::vector<slot::RunState> states_;
};

/// A classes file that gives every train of the feed two coaches of `rows` rows, three seats and
/// two seats wide, and some places to stand.
inline std::string ClassesFor(const slot::FeedTimetable& feed, int rows) {
  std::string text = "record,train,class,kind,coach,places,from_stop,to_stop,fen\n";
  std::set<std::string> numbers;
  for (const slot::TimetabledTrain& train : feed.trains) {
    if (!numbers.insert(train.number).second) continue;
    const std::string last = absl::StrCat(rows < 10 ? "0" : "", rows);
    absl::StrAppend(&text, "class,", train.number, ",second,assigned,,,,,\n");
    absl::StrAppend(&text, "coach,", train.number, ",second,,03,01-", last, ":ABC,,,\n");
    absl::StrAppend(&text, "coach,", train.number, ",second,,04,01-", last, ":AF,,,\n");
    absl::StrAppend(&text, "rate,", train.number, ",second,,,,,,4600\n");
    absl::StrAppend(&text, "class,", train.number, ",standing,counted,,", rows + 1, ",,,\n");
    absl::StrAppend(&text, "rate,", train.number, ",standing,,,,,,4600\n");
  }
  return text;
}

/// Opens the runs of one day after the other.
class ChinaRuns final {
 public:
  /// Imports the feed; says what is wrong with it.
  async::Task<void> Import(slot::FeedFiles files, int rows) {
    slot::FeedErrors errors;
    const slot::FeedTimetable feed = slot::ParseGtfs("china", files, errors);
    slot::ImportFiles import;
    import.feed = "china";
    import.classes = slot::NamedText{"classes.csv", ClassesFor(feed, rows)};
    import.gtfs = std::move(files);
    auto imported = importing_.Import(std::move(import));
    ASSIGN_OR_CO_RETURN(const slot::ImportReport report, co_await std::move(imported));
    if (!report.errors.empty()) co_return absl::InternalError("the feed has errors");
    co_return co_await cache_.Refresh();
  }

  /// Opens the runs of the day that is `ahead` days after the 1st of December 2026.
  async::Task<std::vector<slot::RunState>> OpenDay(int ahead) {
    clock_.Set(absl::FromCivil(absl::CivilDay(2026, 12, 1) + ahead, absl::UTCTimeZone()));
    slot::RunOpeningPolicy policy;
    policy.open_days = 0;
    slot::RunOpening opening(slot::RunOpening::Tools{clock_, cache_, opened_, policy});
    CO_RETURN_IF_ERROR(co_await opening.OpenHorizon());
    co_return opened_.Take();
  }

 private:
  testing::ManualClock clock_;
  OneFeed store_;
  OpenedStates opened_;
  slot::TimetableImport importing_{clock_, store_};
  slot::TimetableCache cache_{store_};
};

}  // namespace houbu::oracle
