#include "services/slot/app/matching.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "libs/async/join.h"
#include "libs/async/retry.h"
#include "libs/async/status_macros.h"
#include "libs/base/civil.h"

namespace houbu::slot {
namespace {

constexpr int kMatchesPerRead = 50;
constexpr std::size_t kDecidedAtOnce = 64;

// How long a match waits for those before it to be decided.
constexpr absl::Duration kTurnPatience = absl::Seconds(15);

std::string NameOf(const Match& match) { return absl::StrCat(match.shard, "/", match.id); }

// Nobody may travel so, whatever becomes free.
bool ForbidsJourney(const absl::Status& refusal) {
  const absl::string_view reason = ReasonOf(refusal);
  return reason == kItineraryConflict.reason || reason == kOneTicketPerRun.reason ||
         reason == kRunCancelled.reason;
}

// Of everything, not of one run whose index is being rebuilt.
bool IsOutage(const absl::Status& failure) {
  return absl::IsUnavailable(failure) && ReasonOf(failure) != kIndexBusy.reason;
}

}  // namespace

using async::Task;

Task<int> Matching::ReadAll() {
  std::vector<Task<std::vector<Match>>> reads;
  for (int shard = 0; shard < tools_.index.shards(); ++shard) {
    reads.push_back(tools_.index.ReadMatches(shard, consumer_, kMatchesPerRead));
  }
  ASSIGN_OR_CO_RETURN(std::vector<absl::StatusOr<std::vector<Match>>> pages,
                      co_await async::Join<std::vector<Match>>(std::move(reads)));
  std::set<std::string> undecided;
  std::vector<Match> matches;
  for (std::size_t shard = 0; shard < pages.size(); ++shard) {
    if (IsOutage(pages[shard].status())) co_return pages[shard].status();
    if (!pages[shard].ok()) {
      Match none;
      none.shard = static_cast<int>(shard);
      Note(none, pages[shard].status(), undecided);
      continue;
    }
    std::move(pages[shard]->begin(), pages[shard]->end(), std::back_inserter(matches));
  }
  const int read = static_cast<int>(matches.size());
  ASSIGN_OR_CO_RETURN(undecided_, co_await DecideAll(std::move(matches), std::move(undecided)));
  co_return read;
}

// Those that were out of turn are decided again when those before them are.
Task<std::set<std::string>> Matching::DecideAll(std::vector<Match> matches,
                                                std::set<std::string> undecided) {
  while (!matches.empty()) {
    const std::size_t asked = matches.size();
    ASSIGN_OR_CO_RETURN(matches, co_await DecideOnce(std::move(matches), undecided));
    if (matches.size() < asked) continue;
    for (const Match& match : matches) {
      const absl::Status awaited = co_await AwaitTurn(match);
      if (IsOutage(awaited)) co_return awaited;
      if (!awaited.ok()) Note(match, awaited, undecided);
    }
    break;
  }
  co_return undecided;
}

// Side by side, so that they share commits. Gives those that were out of turn.
Task<std::vector<Match>> Matching::DecideOnce(std::vector<Match> matches,
                                              std::set<std::string>& undecided) {
  std::vector<Match> out_of_turn;
  for (std::size_t first = 0; first < matches.size(); first += kDecidedAtOnce) {
    const std::size_t last = std::min(first + kDecidedAtOnce, matches.size());
    std::vector<Task<void>> decisions;
    for (std::size_t i = first; i < last; ++i) decisions.push_back(Decide(matches[i]));
    ASSIGN_OR_CO_RETURN(const std::vector<absl::Status> decided,
                        co_await async::Join<void>(std::move(decisions)));
    for (std::size_t i = 0; i < decided.size(); ++i) {
      if (IsOutage(decided[i])) co_return decided[i];
      if (ReasonOf(decided[i]) == kOutOfTurn.reason) {
        out_of_turn.push_back(matches[first + i]);
      } else if (!decided[i].ok()) {
        // One that cannot be decided now must not hold up the others.
        Note(matches[first + i], decided[i], undecided);
      }
    }
  }
  co_return out_of_turn;
}

void Matching::Note(const Match& match, const absl::Status& failure,
                    std::set<std::string>& undecided) const {
  std::string name = NameOf(match);
  if (watch_ && undecided_.count(name) == 0) watch_(match, failure);
  undecided.insert(std::move(name));
}

Task<void> Matching::Decide(Match match) {
  if (!match.readable) co_return co_await Drop(std::move(match));
  absl::StatusOr<Demand> demand = co_await demands_.Load(DemandId(match.demand));
  if (absl::IsNotFound(demand.status())) co_return co_await ReleaseAndAck(std::move(match));
  if (!demand.ok()) co_return demand.status();
  switch (demand->state) {
    case DemandState::kWaiting:
      if (tools_.clock.Now() >= demand->departs_at) {
        co_return co_await FailAndRelease(std::move(match), *std::move(demand),
                                          kRunDeparted.reason);
      }
      co_return co_await Propose(std::move(match), *std::move(demand));
    case DemandState::kMatched:
    case DemandState::kServed:
      // Read again: it was decided, only not ended.
      co_return co_await tools_.index.AckMatch(std::move(match));
    case DemandState::kWithdrawn:
    case DemandState::kFailed:
      co_return co_await ReleaseAndAck(std::move(match));
  }
  co_return absl::OkStatus();
}

// Nobody will ever be able to read it. A rebuild takes its places back and puts whoever it was for
// in line again.
Task<void> Matching::Drop(Match match) {
  if (!match.run.empty()) {
    const absl::Status owed = co_await tools_.inventory.MarkDirty(RunId(match.run));
    // Anything else says that there is no such run.
    if (absl::IsUnavailable(owed) || absl::IsAborted(owed)) co_return owed;
  }
  CO_RETURN_IF_ERROR(co_await tools_.index.AckMatch(std::move(match)));
  co_return absl::DataLossError("a match could not be read and was dropped");
}

Task<void> Matching::Propose(Match match, Demand demand) {
  const BookingId booking = NewId<BookingTag>(tools_.ids);
  ASSIGN_OR_CO_RETURN(const Run run, co_await tools_.runs.Load(demand.run));
  ASSIGN_OR_CO_RETURN(const std::optional<Money> fare,
                      co_await tools_.runs.Fare(demand.run, demand.class_code, demand.legs));
  if (!fare.has_value()) {
    co_return co_await FailAndRelease(std::move(match), std::move(demand), kNotSold.reason);
  }
  MatchFound found;
  found.demand = demand.id;
  found.order = demand.order;
  found.booking = booking;
  ASSIGN_OR_CO_RETURN(found.total,
                      Multiply(*fare, static_cast<std::int64_t>(demand.travellers.size())));
  Change change;
  change.now = tools_.clock.Now();
  change.effects.emplace_back(std::move(found));
  MatchTerms terms;
  terms.units = match.units;
  terms.booking = booking;
  terms.fare = *fare;
  ASSIGN_OR_CO_RETURN(Demand matched, MatchWith(demand, std::move(terms)));

  Claim claim;
  claim.booking = booking;
  claim.holder = demand.id.value();
  claim.run = demand.run;
  claim.epoch = match.epoch;
  claim.class_code = demand.class_code;
  claim.units_of = OwnerOf(run, demand.class_code);
  claim.legs = demand.legs;
  claim.units = match.units;
  for (const Traveller& traveller : demand.travellers) claim.travellers.push_back(traveller.key);
  claim.departs_at = BoardingOf(run, demand.legs).departs_at;
  claim.arrives_at = AlightingOf(run, demand.legs).arrives_at;
  change.claim = std::move(claim);
  change.demand = std::move(matched);

  const auto committed = co_await tools_.record.Commit(std::move(change));
  if (committed.ok()) co_return co_await tools_.index.AckMatch(std::move(match));
  if (ForbidsJourney(committed.status())) {
    std::string reason(ReasonOf(committed.status()));
    co_return co_await FailAndRelease(std::move(match), std::move(demand), std::move(reason));
  }
  if (ReasonOf(committed.status()) == kStaleIndex.reason) {
    // Of an older epoch: whoever rebuilt the index has the demand in line again.
    co_return co_await tools_.index.AckMatch(std::move(match));
  }
  if (ReasonOf(committed.status()) == kPlaceTaken.reason) {
    RunEpoch epoch;
    epoch.run = match.run;
    epoch.epoch = match.epoch;
    const auto refreshed = co_await tools_.fresh_index.Refresh(std::move(epoch), 0);
    if (!refreshed.ok()) co_return refreshed.status();
    co_return co_await tools_.index.AckMatch(std::move(match));
  }
  co_return committed.status();
}

// Who comes before it was found places too, and somebody else is about to decide it; then this one
// is in its turn. Or the index did not know of who comes before: a rebuild serves both in their
// order.
Task<void> Matching::AwaitTurn(Match match) {
  const absl::Time now = tools_.clock.Now();
  const absl::Time forgotten = now - 4 * kTurnPatience;
  std::erase_if(out_of_turn_, [forgotten](const auto& one) { return one.second < forgotten; });
  const std::string name = NameOf(match);
  if (now - out_of_turn_.try_emplace(name, now).first->second < kTurnPatience) {
    co_return absl::OkStatus();
  }
  RunEpoch epoch;
  epoch.run = match.run;
  epoch.epoch = match.epoch;
  const auto refreshed = co_await tools_.fresh_index.Refresh(std::move(epoch), 0);
  if (!refreshed.ok()) co_return refreshed.status();
  out_of_turn_.erase(name);
  co_return co_await tools_.index.AckMatch(std::move(match));
}

Task<void> Matching::FailAndRelease(Match match, Demand demand, std::string reason) {
  ASSIGN_OR_CO_RETURN(Demand failed, Fail(std::move(demand), reason));
  Change change;
  change.now = tools_.clock.Now();
  change.effects.emplace_back(DemandLost{failed.id, failed.order, failed.fail_reason});
  change.owes_index = failed.run;
  change.demand = failed;
  ASSIGN_OR_CO_RETURN(const Committed committed, co_await tools_.record.Commit(std::move(change)));
  CO_RETURN_IF_ERROR(co_await tools_.fresh_index.TakeOut(failed.run, committed, failed.id.value()));
  co_return co_await tools_.index.AckMatch(std::move(match));
}

Task<void> Matching::ReleaseAndAck(Match match) {
  RunEpoch epoch;
  epoch.run = match.run;
  epoch.epoch = match.epoch;
  // Straight to the index: what an older epoch had found is gone with it.
  const auto released = co_await tools_.index.Release(std::move(epoch), match.demand);
  if (!released.ok() && ReasonOf(released.status()) != kStaleIndex.reason) {
    co_return released.status();
  }
  co_return co_await tools_.index.AckMatch(std::move(match));
}

Task<void> Matching::Decided(DemandId demand, bool accepted) {
  async::RetryPolicy policy;
  std::function<Task<void>()> attempt = [this, demand = std::move(demand), accepted] {
    return DecidedOnce(demand, accepted);
  };
  co_return co_await async::Retry<void>(policy, std::move(attempt));
}

Task<void> Matching::DecidedOnce(DemandId id, bool accepted) {
  ASSIGN_OR_CO_RETURN(Demand demand, co_await demands_.Load(std::move(id)));
  if (demand.state != DemandState::kMatched) co_return absl::OkStatus();
  if (accepted) co_return co_await Serve(std::move(demand));
  co_return co_await Decline(std::move(demand));
}

Task<void> Matching::Serve(Demand demand) {
  const absl::Time now = tools_.clock.Now();
  // What the listener was told, whatever the run's fare has become since.
  const std::optional<Money> fare = demand.fare;
  if (!fare.has_value()) co_return absl::InternalError("a matched demand without its fare");
  ASSIGN_OR_CO_RETURN(const Run run, co_await tools_.runs.Load(demand.run));
  BookingTerms terms;
  ASSIGN_OR_CO_RETURN(
      terms.places, co_await placement_.NamePlaces(demand.run, demand.class_code, demand.travellers,
                                                   demand.units));
  ASSIGN_OR_CO_RETURN(const std::int64_t serial, co_await tools_.record.NextSerial());
  terms.id = demand.booking;
  terms.number = BookingNumber(DayAt(now, ZoneOf(run)), serial);
  terms.account = demand.account;
  terms.trip = TripOf(run, demand.class_code, demand.legs);
  terms.fare = *fare;
  ASSIGN_OR_CO_RETURN(terms.total,
                      Multiply(*fare, static_cast<std::int64_t>(demand.travellers.size())));
  terms.payment = demand.payment;
  terms.demand = demand.id.value();

  Change change;
  change.now = now;
  change.booking = ServeFromLine(std::move(terms), now);
  ASSIGN_OR_CO_RETURN(change.demand, slot::Serve(std::move(demand)));
  const auto committed = co_await tools_.record.Commit(std::move(change));
  co_return committed.status();
}

Task<void> Matching::Decline(Demand demand) {
  Change change;
  change.now = tools_.clock.Now();
  change.frees = demand.booking;
  change.owes_index = demand.run;
  ASSIGN_OR_CO_RETURN(const Demand declined, slot::Decline(std::move(demand)));
  change.demand = declined;
  ASSIGN_OR_CO_RETURN(const Committed committed, co_await tools_.record.Commit(std::move(change)));
  const absl::Status ignored =
      co_await tools_.fresh_index.Repay(declined.run, committed, declined.id.value());
  TellReleased(tools_);
  co_return absl::OkStatus();
}

}  // namespace houbu::slot
