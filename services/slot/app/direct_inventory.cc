#include "services/slot/app/direct_inventory.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::slot {
namespace {

using async::Task;

// A proposal is committed within this time or not at all: nobody waits longer for an answer.
constexpr absl::Duration kProposalMax = absl::Seconds(10);
constexpr absl::Duration kRaisePause = absl::Milliseconds(2);
constexpr int kTriesMax = 100;
constexpr std::size_t kRunsMax = 10000;

absl::Status Limited() { return WithRetryAfter(Refuse(kWithoutIndexLimited), absl::Seconds(1)); }

const TakenPlaces* FindTaken(const RunState& state, const std::string& token) {
  for (const TakenPlaces& taken : state.taken) {
    if (taken.token == token) return &taken;
  }
  return nullptr;
}

}  // namespace

bool RateLimit::Take(absl::Time now) {
  if (now > at_) {
    const double since = absl::ToDoubleSeconds(std::min(now - at_, absl::Seconds(1)));
    left_ = std::min<double>(per_second_, left_ + since * per_second_);
  }
  at_ = now;
  if (left_ < 1) return false;
  left_ -= 1;
  return true;
}

Task<RunState> DirectInventory::OwnState(RunId run) {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    if (raising_.count(run.value()) > 0) {
      CO_RETURN_IF_ERROR(co_await async::Sleep(kRaisePause));
      continue;
    }
    ASSIGN_OR_CO_RETURN(RunState state, co_await record_.ReadState(run));
    const auto own = own_.find(run.value());
    if (own != own_.end() && own->second.epoch == state.epoch) co_return std::move(state);
    if (raising_.count(run.value()) > 0) continue;
    raising_.insert(run.value());
    struct Ending {
      std::set<std::string>& raising;
      std::string run;
      ~Ending() { raising.erase(run); }
    };
    const Ending ending{raising_, run.value()};
    ASSIGN_OR_CO_RETURN(const RaisedEpoch raised, co_await record_.RaiseEpoch(run, state.epoch, 0));
    // Where somebody else raised it an index may have it by now.
    if (raised.debts.empty()) continue;
    if (own_.size() >= kRunsMax) own_.clear();
    own_[run.value()].epoch = raised.epoch;
  }
  co_return Refuse(kStaleIndex);
}

// What this process found for others moments ago is as good as taken.
void DirectInventory::TakeProposals(OwnRun& own, const RunState& state, PlacePlan& free) const {
  const absl::Time since = clock_.Now() - kProposalMax;
  std::erase_if(own.proposals, [&state, since](const Proposal& proposal) {
    return proposal.at < since || FindTaken(state, proposal.places.token) != nullptr;
  });
  for (const Proposal& proposal : own.proposals) {
    free.Take(proposal.places.kind, proposal.places.units);
  }
}

void DirectInventory::GiveBack(const std::string& run, const std::string& token) {
  const auto own = own_.find(run);
  if (own == own_.end()) return;
  std::erase_if(own->second.proposals,
                [&token](const Proposal& each) { return each.places.token == token; });
}

Task<Allocation> DirectInventory::Allocate(RunId run, DemandKind kind, std::string token,
                                           std::string positions) {
  if (!sales_.Take(clock_.Now())) co_return Limited();
  ASSIGN_OR_CO_RETURN(const RunState state, co_await OwnState(run));
  Allocation allocation;
  allocation.epoch = state.epoch;
  if (const TakenPlaces* taken = FindTaken(state, token)) {
    if (taken->kind != kind) co_return Refuse(kTokenInUse);
    allocation.units = taken->units;
    co_return allocation;
  }
  if (state.sale == Sale::kClosed) co_return Refuse(kRunClosed);
  CO_RETURN_IF_ERROR(Validate(state));
  PlacePlan free(state);
  CO_RETURN_IF_ERROR(free.Check(kind));
  OwnRun& own = own_[run.value()];
  own.epoch = state.epoch;
  // Sold moments ago comes before the line: those who wait had their chance at it then.
  TakeProposals(own, state, free);
  ServeLine(free, state.waiting);
  std::optional<std::vector<int>> units = free.Find(kind, positions);
  if (!units.has_value()) co_return Refuse(kSoldOut);
  allocation.units = *std::move(units);
  Proposal proposal;
  proposal.places = TakenPlaces{std::move(token), std::move(kind), allocation.units};
  proposal.at = clock_.Now();
  own.proposals.push_back(std::move(proposal));
  if (on_found_) on_found_();
  co_return allocation;
}

Task<std::vector<ClassVacancy>> DirectInventory::Snapshot(RunId run, LegRange legs) {
  if (!looks_.Take(clock_.Now())) co_return Limited();
  ASSIGN_OR_CO_RETURN(const RunState state, co_await record_.ReadState(std::move(run)));
  CO_RETURN_IF_ERROR(Validate(state));
  PlacePlan free(state);
  ServeLine(free, state.waiting);
  std::vector<ClassVacancy> vacancies;
  for (const ClassLayout& layout : state.classes) {
    DemandKind kind;
    kind.class_code = layout.code;
    kind.legs = legs;
    CO_RETURN_IF_ERROR(free.Check(kind));
    vacancies.push_back(ClassVacancy{layout.code, free.CountFree(layout.code, legs)});
  }
  co_return vacancies;
}

}  // namespace houbu::slot
