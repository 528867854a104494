#include "services/slot/app/availability.h"

#include <algorithm>

#include "libs/async/status_macros.h"
#include "libs/base/refusal.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr int kChangesPerRead = 1000;  // of each shard
constexpr int kReadsPerRound = 16;

}  // namespace

absl::Time Availability::as_of() const {
  const std::int64_t micros = as_of_.load(std::memory_order_relaxed);
  return micros == kNever ? absl::InfinitePast() : absl::FromUnixMicros(micros);
}

Task<void> Availability::CheckFilled() {
  // While the index is away there is nothing to wait for: searches ask the record.
  if (!filled_ && !was_away_)
    co_return absl::UnavailableError("what is free has not been read yet");
  co_return absl::OkStatus();
}

AvailabilityFigures Availability::figures() const {
  AvailabilityFigures figures = figures_;
  figures.runs_followed = static_cast<std::int64_t>(followed_.size());
  figures.runs_waiting = static_cast<std::int64_t>(queue_.size() + absent_.size());
  figures.runs_dropped = static_cast<std::int64_t>(dropped_.size());
  figures.bytes = static_cast<std::int64_t>(bytes_);
  return figures;
}

Task<void> Availability::Follow() {
  MeetBoard();
  const absl::Time began = tools_.clock.Now();
  const absl::StatusOr<bool> read = co_await ReadChanges();
  if (!read.ok()) {
    ++figures_.outages;
    was_away_ = true;
    co_return absl::IsUnavailable(read.status()) ? absl::OkStatus() : read.status();
  }
  if (was_away_) {
    // Places may have been sold past the index meanwhile.
    was_away_ = false;
    for (auto& [id, kept] : kept_) {
      if (kept.stage == Stage::kFollowed) Queue(kept);
    }
  }
  if (!*read) co_return absl::OkStatus();
  const absl::Status filled = co_await Fill();
  if (!filled.ok()) {
    ++figures_.outages;
    co_return absl::IsUnavailable(filled) ? absl::OkStatus() : filled;
  }
  const bool resynchronising = !queue_.empty() && !std::get<0>(*queue_.begin());
  if (!resynchronising) as_of_.store(absl::ToUnixMicros(began), std::memory_order_relaxed);
  filled_ = filled_ || (queue_.empty() && absent_.empty());
  co_return absl::OkStatus();
}

void Availability::MeetBoard() {
  if (tools_.board.generation() == generation_) return;
  generation_ = tools_.board.generation();
  for (auto at = kept_.begin(); at != kept_.end();) {
    const auto next = std::next(at);
    if (!tools_.board.runs().contains(at->first)) {
      LeaveStage(at->second);
      kept_.erase(at);
    }
    at = next;
  }
  for (const auto& [id, run] : tools_.board.runs()) {
    const auto [found, fresh] = kept_.try_emplace(id);
    if (!fresh) continue;
    found->second.run = run;
    Queue(found->second);
  }
}

void Availability::LeaveStage(Kept& kept) {
  const std::string& id = kept.run->id.value();
  queue_.erase(RankOf(kept));
  absent_.erase(id);
  followed_.erase({kept.run->ends_at, id});
  dropped_.erase({kept.run->ends_at, id});
  bytes_ -= kept.bytes;
  kept.bytes = 0;
}

void Availability::Queue(Kept& kept) {
  const std::size_t bytes = kept.bytes;
  LeaveStage(kept);
  // What it shows stays until it is read anew.
  kept.bytes = kept.known ? bytes : 0;
  bytes_ += kept.bytes;
  kept.stage = Stage::kWaiting;
  queue_.insert(RankOf(kept));
}

// Gives whether all there was has been read.
Task<bool> Availability::ReadChanges() {
  while (static_cast<int>(read_to_.size()) < tools_.feed.shards()) {
    std::string last;
    ASSIGN_OR_CO_RETURN(last, co_await tools_.feed.Last(static_cast<int>(read_to_.size())));
    read_to_.push_back(std::move(last));
  }
  for (int reads = 0; reads < kReadsPerRound; ++reads) {
    ASSIGN_OR_CO_RETURN(const std::vector<ChangePage> pages,
                        co_await tools_.feed.Read(read_to_, kChangesPerRead));
    bool more = false;
    for (std::size_t shard = 0; shard < pages.size(); ++shard) {
      const ChangePage& page = pages[shard];
      if (page.gap) {
        CO_RETURN_IF_ERROR(co_await Rejoin(static_cast<int>(shard)));
        continue;
      }
      for (const VacancyChange& change : page.changes) Apply(change);
      if (!page.changes.empty()) read_to_[shard] = page.changes.back().id;
      more = more || static_cast<int>(page.changes.size()) >= kChangesPerRead;
    }
    if (!more) co_return true;
  }
  co_return false;
}

// Changes were forgotten before they were read here: begins anew at the last one, and reads every
// run of the shard again.
Task<void> Availability::Rejoin(int shard) {
  std::string last;
  ASSIGN_OR_CO_RETURN(last, co_await tools_.feed.Last(shard));
  read_to_[static_cast<std::size_t>(shard)] = std::move(last);
  ++figures_.gaps;
  for (auto& [id, kept] : kept_) {
    if (kept.stage == Stage::kDropped || tools_.feed.ShardOf(id) != shard) continue;
    Queue(kept);
  }
  co_return absl::OkStatus();
}

void Availability::Apply(const VacancyChange& change) {
  ++figures_.changes;
  const auto found = kept_.find(change.run);
  if (found == kept_.end()) return;
  Kept& kept = found->second;
  switch (kept.stage) {
    case Stage::kWaiting:
    case Stage::kDropped:
      return;
    case Stage::kAbsent:
      Queue(kept);
      return;
    case Stage::kFollowed:
      break;
  }
  if (ChangeId::Parse(change.id) <= kept.upto) return;
  if (change.epoch != kept.epoch || change.kind == ChangeKind::kReplaced ||
      change.kind == ChangeKind::kRemoved || change.kind == ChangeKind::kOther) {
    ++figures_.replaced;
    Queue(kept);
  } else if (!ApplyTo(kept, change)) {
    ++figures_.contradictions;
    Queue(kept);
  }
}

bool Availability::ApplyTo(Kept& kept, const VacancyChange& change) {
  const std::vector<RouteClass>& classes = kept.run->route->classes;
  const auto one = std::find_if(classes.begin(), classes.end(), [&](const RouteClass& known) {
    return known.code == change.class_code;
  });
  if (one == classes.end()) return false;
  const std::size_t place = static_cast<std::size_t>(one - classes.begin());
  struct Outcome {
    bool fits;
    std::size_t grown;
  };
  const auto apply = [&](RunPlaces& places) {
    FreePlaces& free = places.classes[place];
    const std::size_t before = free.bytes();
    bool fits = false;
    switch (change.kind) {
      case ChangeKind::kTaken:
        fits = free.Take(change.legs, change.party, change.units);
        break;
      case ChangeKind::kGivenBack:
        fits = free.GiveBack(change.legs, change.party, change.units);
        break;
      case ChangeKind::kAdded:
        fits = free.Add(change.first_unit, change.added);
        break;
      case ChangeKind::kReplaced:
      case ChangeKind::kRemoved:
      case ChangeKind::kOther:
        break;
    }
    return Outcome{fits, free.bytes() - before};
  };
  const Outcome outcome = kept.run->places.With(apply);
  kept.bytes += outcome.grown;
  bytes_ += outcome.grown;
  return outcome.fits;
}

}  // namespace houbu::slot
