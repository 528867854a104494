// How the copy of what is free is filled, and how much of it is kept.
#include <algorithm>

#include "libs/async/join.h"
#include "libs/async/status_macros.h"
#include "libs/base/refusal.h"
#include "services/slot/app/availability.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr int kBatch = 128;          // runs asked for at once
constexpr int kBatchesPerRound = 8;  // between two looks at the changes
constexpr std::size_t kStatesPerRound = 64;
constexpr std::size_t kFewAbsent = 16;  // are read one by one
constexpr std::size_t kClassesBatch = 1000;
constexpr int kInUseBatch = 5000;

// What each followed run costs besides its bits.
constexpr std::size_t kRunBytes = 400;

// In the order of the route's classes; those nobody speaks of have no places.
std::vector<FreePlaces> PlacesOf(const Route& route, const RunVacancy& vacancy) {
  std::vector<FreePlaces> places(route.classes.size());
  for (const ClassFree& free : vacancy.classes) {
    for (std::size_t i = 0; i < route.classes.size(); ++i) {
      if (route.classes[i].code != free.layout.code) continue;
      auto found = free.layout.kind == ClassKind::kCounted
                       ? FreePlaces::OfCounts(free.layout.capacity, free.counts)
                       : FreePlaces::OfBitmaps(free.layout.capacity, free.bitmaps);
      // An index that contradicts itself sells nothing here; its keeper will rebuild it.
      if (found.has_value()) places[i] = *std::move(found);
    }
  }
  return places;
}

std::vector<FreePlaces> PlacesOf(const Route& route, const RunState& state) {
  const std::vector<FreeUnits> free = FreeOf(state);
  std::vector<FreePlaces> places(route.classes.size());
  for (std::size_t at = 0; at < state.classes.size(); ++at) {
    for (std::size_t i = 0; i < route.classes.size(); ++i) {
      if (route.classes[i].code != state.classes[at].code) continue;
      places[i] = FreePlaces::Of(state.classes[at], state.legs, free[at]);
    }
  }
  return places;
}

}  // namespace

Task<void> Availability::Fill() {
  for (int batch = 0; batch < kBatchesPerRound && !queue_.empty(); ++batch) {
    CO_RETURN_IF_ERROR(co_await FillSome());
  }
  if (queue_.empty() && !absent_.empty()) co_return co_await FillAbsent();
  if (queue_.empty()) TakeBackDropped();
  co_return absl::OkStatus();
}

Task<void> Availability::FillSome() {
  std::vector<std::string> ids;
  std::vector<Task<RunVacancy>> questions;
  for (const Rank& rank : queue_) {
    if (static_cast<int>(ids.size()) == kBatch) break;
    ids.push_back(std::get<2>(rank));
    questions.push_back(tools_.index.Vacancy(ids.back()));
  }
  ASSIGN_OR_CO_RETURN(const auto answers, co_await async::Join<RunVacancy>(std::move(questions)));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto found = kept_.find(ids[i]);
    if (found == kept_.end()) continue;
    Kept& kept = found->second;
    if (answers[i].ok()) {
      StoreFrom(kept, *answers[i]);
    } else if (absl::IsUnavailable(answers[i].status())) {
      co_return answers[i].status();
    } else {
      // Not in the index, or not so that it could be read: the record knows.
      const std::size_t bytes = kept.bytes;
      LeaveStage(kept);
      kept.bytes = bytes;
      bytes_ += bytes;
      kept.stage = Stage::kAbsent;
      absent_.insert(ids[i]);
    }
  }
  co_return absl::OkStatus();
}

// Runs the index does not hold are as the record has them: most were never sold and need no look
// at their places.
Task<void> Availability::FillAbsent() {
  std::vector<std::string> used(absent_.begin(), absent_.end());
  if (absent_.size() > kFewAbsent) {
    ASSIGN_OR_CO_RETURN(const std::set<std::string> in_use, co_await InUse());
    std::vector<RunId> unused;
    for (const std::string& id : absent_) {
      if (!in_use.contains(id) && unused.size() < kClassesBatch) unused.emplace_back(id);
    }
    std::erase_if(used, [&](const std::string& id) { return !in_use.contains(id); });
    ASSIGN_OR_CO_RETURN(const auto classes, co_await tools_.opened.ClassesOf(std::move(unused)));
    for (const auto& [id, run_classes] : classes) {
      const auto found = kept_.find(id);
      if (found == kept_.end() || found->second.stage != Stage::kAbsent) continue;
      StoreUntouched(found->second, run_classes);
    }
  }
  if (used.size() > kStatesPerRound) used.resize(kStatesPerRound);
  for (const std::string& id : used) {
    CO_RETURN_IF_ERROR(co_await FillFromState(id));
  }
  co_return absl::OkStatus();
}

Task<void> Availability::FillFromState(std::string run) {
  const absl::StatusOr<RunState> state = co_await tools_.record.ReadState(RunId(run));
  const auto found = kept_.find(run);
  if (found == kept_.end() || found->second.stage != Stage::kAbsent) co_return absl::OkStatus();
  if (absl::IsNotFound(state.status())) {
    Drop(found->second);
    co_return absl::OkStatus();
  }
  if (!state.ok()) co_return state.status();
  Kept& kept = found->second;
  kept.epoch = state->epoch;
  kept.upto = ChangeId::Parse(read_to_[static_cast<std::size_t>(tools_.feed.ShardOf(run))]);
  Store(kept, PlacesOf(*kept.run->route, *state));
  co_return absl::OkStatus();
}

Task<std::set<std::string>> Availability::InUse() {
  std::set<std::string> in_use;
  std::string after;
  for (bool more = true; more;) {
    ASSIGN_OR_CO_RETURN(const std::vector<RunId> runs,
                        co_await tools_.record.RunsInUse(after, kInUseBatch));
    for (const RunId& run : runs) in_use.insert(run.value());
    more = static_cast<int>(runs.size()) == kInUseBatch;
    if (more) after = runs.back().value();
  }
  co_return in_use;
}

void Availability::StoreFrom(Kept& kept, const RunVacancy& vacancy) {
  kept.epoch = vacancy.epoch;
  kept.upto = ChangeId::Parse(vacancy.change_id);
  Store(kept, PlacesOf(*kept.run->route, vacancy));
}

void Availability::StoreUntouched(Kept& kept, const std::vector<RunClass>& classes) {
  const Route& route = *kept.run->route;
  const int legs = static_cast<int>(route.stops.size()) - 1;
  std::vector<FreePlaces> places(route.classes.size());
  for (const RunClass& one : classes) {
    for (std::size_t i = 0; i < route.classes.size(); ++i) {
      if (route.classes[i].code != one.code) continue;
      places[i] = FreePlaces(one.kind, legs, one.capacity);
    }
  }
  kept.epoch = -1;  // none the index has
  kept.upto = ChangeId::Parse(
      read_to_[static_cast<std::size_t>(tools_.feed.ShardOf(kept.run->id.value()))]);
  Store(kept, std::move(places));
}

void Availability::Store(Kept& kept, std::vector<FreePlaces> classes) {
  LeaveStage(kept);
  kept.bytes = kRunBytes;
  for (const FreePlaces& places : classes) kept.bytes += sizeof(FreePlaces) + places.bytes();
  bytes_ += kept.bytes;
  kept.stage = Stage::kFollowed;
  kept.known = true;
  ++figures_.fills;
  kept.run->places.With([&](RunPlaces& places) {
    places.known = true;
    places.classes = std::move(classes);
    return 0;
  });
  followed_.emplace(kept.run->ends_at, kept.run->id.value());
  MakeRoom();
}

void Availability::Drop(Kept& kept) {
  LeaveStage(kept);
  kept.stage = Stage::kDropped;
  kept.known = false;
  kept.run->places.With([](RunPlaces& places) {
    places = RunPlaces();
    return 0;
  });
  dropped_.emplace(kept.run->ends_at, kept.run->id.value());
}

void Availability::MakeRoom() {
  while (bytes_ > tools_.policy.bytes_max && !followed_.empty()) {
    const std::string id = followed_.rbegin()->second;
    Drop(kept_.find(id)->second);
  }
}

// As runs end, there is room again for those that leave next.
void Availability::TakeBackDropped() {
  if (bytes_ > tools_.policy.bytes_max / 5 * 4) return;
  std::vector<std::string> ids;
  for (const auto& [ends_at, id] : dropped_) {
    if (static_cast<int>(ids.size()) == kBatch) break;
    ids.push_back(id);
  }
  for (const std::string& id : ids) Queue(kept_.find(id)->second);
}

Task<RunPlaces> Availability::Fetch(std::shared_ptr<const SoldRun> run) {
  ++figures_.fetches;
  RunPlaces places;
  const std::string id = run->id.value();
  const absl::StatusOr<RunVacancy> vacancy = co_await tools_.index.Vacancy(id);
  if (vacancy.ok()) {
    places.known = true;
    places.classes = PlacesOf(*run->route, *vacancy);
    co_return places;
  }
  const absl::StatusOr<RunState> state = co_await tools_.record.ReadState(RunId(id));
  if (!state.ok()) co_return places;
  places.known = true;
  places.classes = PlacesOf(*run->route, *state);
  co_return places;
}

}  // namespace houbu::slot
