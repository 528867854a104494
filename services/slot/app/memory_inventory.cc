#include "services/slot/app/memory_inventory.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::slot {
namespace {

constexpr absl::Duration kSilenceMax = absl::Minutes(1);

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
  co_return Propose(run, model.Serve());
}

async::Task<std::vector<int>> MemoryInventory::Allocate(RunEpoch run, DemandKind kind,
                                                        std::string token) {
  ASSIGN_OR_CO_RETURN(InventoryModel* const model, Open(run));
  const bool is_new = model->FindTaken(token) == nullptr;
  ASSIGN_OR_CO_RETURN(const TakenPlaces places, model->Allocate(kind, token));
  if (is_new) {
    NoteTaken(run.run, token, TokenHolder::kBooking);
  }
  co_return places.units;
}

async::Task<ReleaseOutcome> MemoryInventory::Release(RunEpoch run, std::string token) {
  ASSIGN_OR_CO_RETURN(InventoryModel* const model, Open(run));
  const InventoryModel::Released released = model->Release(token);
  if (released.released) {
    ForgetTaken(run.run, token);
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
  absl::StatusOr<std::vector<TakenPlaces>> matches = model->AddCapacity(added);
  if (ReasonOf(matches.status()) == kStaleIndex.reason) {
    co_return Stale(run.epoch);
  }
  CO_RETURN_IF_ERROR(matches.status());
  co_return Propose(run, *matches);
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
}

}  // namespace houbu::slot
