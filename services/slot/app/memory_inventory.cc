#include "services/slot/app/memory_inventory.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::slot {
namespace {

constexpr absl::Duration kSilenceMax = absl::Minutes(1);

// As many changes as a shard keeps in Redis.
constexpr std::size_t kChangesKept = 65536;

// A bitmap with the bits of `units` set, bit 0 being the highest of the first byte.
std::string BitmapOf(const std::vector<int>& units) {
  std::string bitmap;
  for (const int unit : units) {
    const std::size_t byte = static_cast<std::size_t>(unit) / 8;
    if (byte >= bitmap.size()) {
      bitmap.resize(byte + 1, '\0');
    }
    bitmap[byte] = static_cast<char>(static_cast<unsigned char>(bitmap[byte]) | 0x80U >> unit % 8);
  }
  return bitmap;
}

absl::Status Stale(std::int64_t present) {
  return Refuse(kStaleIndex, {{"epoch", absl::StrCat(present)}});
}

}  // namespace

absl::StatusOr<InventoryModel*> MemoryInventory::Open(const RunEpoch& run) {
  const auto found = runs_.find(run.run);
  if (found == runs_.end()) {
    return Stale(0);
  }
  if (found->second.state().epoch != run.epoch) {
    return Stale(found->second.state().epoch);
  }
  return &found->second;
}

int MemoryInventory::ShardOf(const std::string& run) const {
  int sum = 0;
  for (const char c : run) {
    sum += static_cast<unsigned char>(c);
  }
  return sum % shards_;
}

int MemoryInventory::Propose(const RunEpoch& run, const std::vector<TakenPlaces>& matches) {
  const int shard = ShardOf(run.run);
  for (const TakenPlaces& places : matches) {
    TellPlaces(run, ChangeKind::kTaken, places);
    NoteTaken(run.run, places.token, TokenHolder::kDemand);
    const Match match = {
        shard,       absl::StrCat(next_match_++), run.run, run.epoch, places.token, places.kind,
        places.units};
    matches_[shard].push_back(PendingMatch{match, "", absl::InfinitePast()});
  }
  return static_cast<int>(matches.size());
}

void MemoryInventory::NoteTaken(const std::string& run, const std::string& token,
                                TokenHolder holder) {
  unconfirmed_.push_back(Taken{UnconfirmedToken{run, token, holder}, clock_.Now()});
}

void MemoryInventory::ForgetTaken(const std::string& run, const std::string& token) {
  std::erase_if(unconfirmed_, [&](const Taken& taken) {
    return taken.token.run == run && taken.token.token == token;
  });
}

void MemoryInventory::Tell(const RunEpoch& run, VacancyChange change) {
  change.id = absl::StrCat(++*last_change_, "-0");
  change.run = run.run;
  change.epoch = run.epoch;
  std::vector<VacancyChange>& kept = changes_[ShardOf(run.run)];
  if (kept.size() >= 2 * kChangesKept) {
    kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(kChangesKept));
  }
  kept.push_back(std::move(change));
}

void MemoryInventory::TellPlaces(const RunEpoch& run, ChangeKind kind, const TakenPlaces& places) {
  VacancyChange change;
  change.kind = kind;
  change.class_code = places.kind.class_code;
  change.legs = places.kind.legs;
  change.party = places.kind.party;
  change.units = places.units;
  TellOf(run, OwnerOf(runs_.at(run.run).state(), places.kind.class_code), std::move(change));
}

// Tells it for every class that sells the units.
void MemoryInventory::TellOf(const RunEpoch& run, const std::string& owner, VacancyChange change) {
  for (const ClassLayout& layout : runs_.at(run.run).state().classes) {
    if (layout.owner() == owner) {
      change.class_code = layout.code;
      Tell(run, change);
    }
  }
}

async::Task<int> MemoryInventory::Load(RunState state) {
  const auto present = runs_.find(state.run);
  if (present != runs_.end() && present->second.state().epoch == state.epoch) {
    co_return 0;
  }
  if (present != runs_.end() && present->second.state().epoch > state.epoch) {
    co_return Stale(present->second.state().epoch);
  }
  CO_RETURN_IF_ERROR(Validate(state));
  std::erase_if(unconfirmed_, [&](const Taken& taken) { return taken.token.run == state.run; });
  const RunEpoch run = {state.run, state.epoch};
  InventoryModel& model =
      runs_.insert_or_assign(run.run, InventoryModel(std::move(state))).first->second;
  VacancyChange replaced;
  replaced.kind = ChangeKind::kReplaced;
  Tell(run, std::move(replaced));
  co_return Propose(run, model.Serve());
}

async::Task<std::vector<int>> MemoryInventory::Allocate(RunEpoch run, DemandKind kind,
                                                        std::string token) {
  std::string none;
  co_return co_await AllocateWished(std::move(run), std::move(kind), std::move(token),
                                    std::move(none));
}

async::Task<std::vector<int>> MemoryInventory::AllocateWished(RunEpoch run, DemandKind kind,
                                                              std::string token,
                                                              std::string positions) {
  ASSIGN_OR_CO_RETURN(InventoryModel* const model, Open(run));
  const bool is_new = model->FindTaken(token) == nullptr;
  ASSIGN_OR_CO_RETURN(const TakenPlaces places, model->Allocate(kind, token, positions));
  if (is_new) {
    NoteTaken(run.run, token, TokenHolder::kBooking);
    TellPlaces(run, ChangeKind::kTaken, places);
  }
  co_return places.units;
}

async::Task<ReleaseOutcome> MemoryInventory::Release(RunEpoch run, std::string token) {
  ASSIGN_OR_CO_RETURN(InventoryModel* const model, Open(run));
  const TakenPlaces* const held = model->FindTaken(token);
  const TakenPlaces given_back = held == nullptr ? TakenPlaces{} : *held;
  const InventoryModel::Released released = model->Release(token);
  if (released.released) {
    ForgetTaken(run.run, token);
    TellPlaces(run, ChangeKind::kGivenBack, given_back);
  }
  co_return ReleaseOutcome{released.released, Propose(run, released.matches)};
}

async::Task<EnlistOutcome> MemoryInventory::Enlist(RunEpoch run, WaitingDemand demand) {
  ASSIGN_OR_CO_RETURN(InventoryModel* const model, Open(run));
  ASSIGN_OR_CO_RETURN(const std::optional<TakenPlaces> places, model->Enlist(demand));
  if (places) {
    Propose(run, std::vector<TakenPlaces>(1, *places));
  }
  co_return model->FindTaken(demand.demand) != nullptr ? EnlistOutcome::kMatched
                                                       : EnlistOutcome::kWaiting;
}

async::Task<WithdrawOutcome> MemoryInventory::Withdraw(RunEpoch run, std::string demand) {
  ASSIGN_OR_CO_RETURN(InventoryModel* const model, Open(run));
  co_return model->Withdraw(demand);
}

async::Task<int> MemoryInventory::AddCapacity(RunEpoch run, AddedUnits added) {
  ASSIGN_OR_CO_RETURN(InventoryModel* const model, Open(run));
  const ClassLayout* const before = model->FindClass(added.class_code);
  const int capacity = before == nullptr ? 0 : before->capacity;
  absl::StatusOr<std::vector<TakenPlaces>> matches = model->AddCapacity(added);
  if (ReasonOf(matches.status()) == kStaleIndex.reason) {
    co_return Stale(run.epoch);
  }
  CO_RETURN_IF_ERROR(matches.status());
  if (model->FindClass(added.class_code)->capacity > capacity) {
    VacancyChange change;
    change.kind = ChangeKind::kAdded;
    change.first_unit = added.first_unit;
    change.added = added.units;
    TellOf(run, added.class_code, std::move(change));
  }
  co_return Propose(run, *matches);
}

async::Task<void> MemoryInventory::SetSale(RunEpoch run, Sale sale) {
  ASSIGN_OR_CO_RETURN(InventoryModel* const model, Open(run));
  model->SetSale(sale);
  co_return absl::OkStatus();
}

async::Task<void> MemoryInventory::Remove(RunEpoch run) {
  const auto present = runs_.find(run.run);
  if (present == runs_.end()) {
    co_return absl::OkStatus();
  }
  const std::int64_t epoch = present->second.state().epoch;
  if (epoch > run.epoch) {
    co_return Stale(epoch);
  }
  runs_.erase(present);
  std::erase_if(unconfirmed_, [&](const Taken& taken) { return taken.token.run == run.run; });
  VacancyChange removed;
  removed.kind = ChangeKind::kRemoved;
  const RunEpoch gone = {run.run, epoch};
  Tell(gone, std::move(removed));
  co_return absl::OkStatus();
}

async::Task<void> MemoryInventory::Confirm(std::string run, std::vector<std::string> tokens) {
  for (const std::string& token : tokens) {
    ForgetTaken(run, token);
  }
  co_return absl::OkStatus();
}

async::Task<std::vector<ClassVacancy>> MemoryInventory::Snapshot(RunEpoch run, LegRange legs) {
  ASSIGN_OR_CO_RETURN(const InventoryModel* const model, Open(run));
  if (legs.from < 0 || legs.from >= legs.to || legs.to > model->state().legs) {
    co_return Refuse(kLegsInvalid);
  }
  std::vector<ClassVacancy> vacancies;
  for (const ClassLayout& layout : model->state().classes) {
    vacancies.push_back(ClassVacancy{layout.code, model->CountFree(layout, legs)});
  }
  co_return vacancies;
}

async::Task<RunVacancy> MemoryInventory::Vacancy(std::string run) {
  const auto found = runs_.find(run);
  if (found == runs_.end()) {
    co_return Stale(0);
  }
  const RunState& state = found->second.state();
  RunVacancy vacancy = {run, state.epoch, state.legs, kFirstChange, {}};
  const std::vector<VacancyChange>& told = changes_[ShardOf(run)];
  if (!told.empty()) {
    vacancy.change_id = told.back().id;
  }
  for (FreeUnits& free : FreeOf(state)) {
    ClassFree shown = {*found->second.FindClass(free.class_code), {}, {}};
    for (const std::vector<int>& units : free.unit_numbers) {
      shown.bitmaps.push_back(BitmapOf(units));
    }
    if (shown.layout.kind == ClassKind::kCounted) {
      shown.counts = std::move(free.count);
    }
    vacancy.classes.push_back(std::move(shown));
  }
  co_return vacancy;
}

async::Task<ChangePage> MemoryInventory::ReadChanges(int shard, std::string after_id, int count) {
  const std::vector<VacancyChange>& told = changes_[shard];
  auto at = told.begin();
  ChangePage page;
  if (after_id != kFirstChange) {
    // From the back: whoever follows is not far behind.
    const auto seen = std::find_if(told.rbegin(), told.rend(), [&](const VacancyChange& change) {
      return change.id == after_id;
    });
    page.gap = seen == told.rend();
    at = page.gap ? told.end() : seen.base();
  }
  for (; at != told.end() && static_cast<int>(page.changes.size()) < count; ++at) {
    page.changes.push_back(*at);
  }
  co_return page;
}

async::Task<IndexState> MemoryInventory::FullState(std::string run) {
  const auto found = runs_.find(run);
  if (found == runs_.end()) {
    co_return Stale(0);
  }
  IndexState index = {found->second.state(), FreeOf(found->second.state())};
  std::sort(index.state.taken.begin(), index.state.taken.end(),
            [](const TakenPlaces& a, const TakenPlaces& b) { return a.token < b.token; });
  std::sort(index.state.waiting.begin(), index.state.waiting.end(), StandsBefore);
  co_return index;
}

async::Task<std::vector<Match>> MemoryInventory::ReadMatches(int shard, std::string consumer,
                                                             int count) {
  const absl::Time now = clock_.Now();
  std::vector<PendingMatch>& pending = matches_[shard];
  for (PendingMatch& entry : pending) {
    if (!entry.consumer.empty() && entry.read_at + kSilenceMax <= now) {
      entry.consumer = consumer;
      entry.read_at = now;
    }
  }
  std::vector<Match> read;
  for (const std::string& reader : {consumer, std::string()}) {
    const int room = reader.empty() ? count : count - count / 4;
    for (PendingMatch& entry : pending) {
      if (entry.consumer != reader || static_cast<int>(read.size()) >= room) {
        continue;
      }
      read.push_back(entry.match);
      if (reader.empty()) {
        entry.consumer = consumer;
        entry.read_at = now;
      }
    }
  }
  co_return read;
}

async::Task<void> MemoryInventory::AckMatch(Match match) {
  std::erase_if(matches_[match.shard],
                [&](const PendingMatch& entry) { return entry.match.id == match.id; });
  ForgetTaken(match.run, match.demand);
  co_return absl::OkStatus();
}

async::Task<std::vector<UnconfirmedToken>> MemoryInventory::UnconfirmedTokens(int shard,
                                                                              absl::Duration age,
                                                                              int count) {
  std::vector<UnconfirmedToken> tokens;
  for (const Taken& taken : unconfirmed_) {
    if (ShardOf(taken.token.run) == shard && taken.at + age <= clock_.Now() &&
        static_cast<int>(tokens.size()) < count) {
      tokens.push_back(taken.token);
    }
  }
  co_return tokens;
}

void MemoryInventory::Lose() {
  runs_.clear();
  matches_.clear();
  unconfirmed_.clear();
  changes_.clear();
}

}  // namespace houbu::slot
