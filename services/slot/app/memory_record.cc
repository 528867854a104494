#include "services/slot/app/memory_record.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

#include "services/slot/domain/rules.h"

namespace houbu::slot {
namespace {

using async::Task;

bool Overlap(const Claim& a, const Claim& b) {
  return a.departs_at < b.arrives_at && b.departs_at < a.arrives_at;
}

std::string SeedOf(const Change& change) {
  if (change.booking.has_value()) {
    return absl::StrCat(NameOf(change.booking->id), "/", change.booking->version);
  }
  if (change.demand.has_value()) {
    return absl::StrCat(NameOf(change.demand->id), "/", change.demand->version);
  }
  return "";
}

}  // namespace

void MemoryRecord::Open(MemoryRun run) {
  std::string id = run.run.id.value();
  runs_.insert_or_assign(std::move(id), std::move(run));
}

MemoryRun* MemoryRecord::FindRun(const RunId& id) {
  const auto found = runs_.find(id.value());
  return found == runs_.end() ? nullptr : &found->second;
}

absl::StatusOr<std::optional<std::string>> MemoryRecord::AnswerOf(const RequestKey& key) const {
  const auto found = answers_.find(AnswerKey(key.caller, key.method, key.request_id));
  if (found == answers_.end()) return std::nullopt;
  if (found->second.key.fingerprint != key.fingerprint) {
    return StatusWithReason(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
                            "The request_id was used for another request.");
  }
  return found->second.bytes;
}

Task<std::optional<std::string>> MemoryRecord::FindAnswer(RequestKey key) {
  co_return AnswerOf(key);
}

Task<std::int64_t> MemoryRecord::NextSerial() { co_return ++serial_; }

Task<Committed> MemoryRecord::Commit(Change change) {
  const absl::Status allowed = Check(change);
  if (!allowed.ok()) co_return allowed;
  co_return Apply(std::move(change));
}

absl::Status MemoryRecord::Check(const Change& change) const {
  if (change.answer.has_value()) {
    const auto answer = AnswerOf(change.answer->key);
    if (!answer.ok()) return answer.status();
    // Somebody answered the same request meanwhile.
    if (answer->has_value()) return Refuse(kChangedMeanwhile);
  }
  if (change.claim.has_value()) {
    const auto run = runs_.find(change.claim->run.value());
    if (run == runs_.end()) return Refuse(kRunNotFound);
    if (run->second.run.epoch != change.claim->epoch) return Refuse(kStaleIndex);
  }
  absl::Status versions = CheckVersions(change);
  if (!versions.ok() || !change.claim.has_value()) return versions;
  absl::Status allowed = CheckJourneys(change);
  if (allowed.ok()) allowed = CheckPlaces(change);
  return allowed.ok() && IsMatch(change) ? CheckTurn(change) : allowed;
}

absl::Status MemoryRecord::CheckVersions(const Change& change) const {
  if (change.demand.has_value()) {
    const auto found = demands_.find(change.demand->id.value());
    const bool is_new = change.demand->version == 1;
    if (is_new && found != demands_.end()) return Refuse(kDemandExists);
    if (!is_new &&
        (found == demands_.end() || found->second.version != change.demand->version - 1)) {
      return Refuse(kChangedMeanwhile);
    }
  }
  if (change.booking.has_value() && change.booking->version > 1) {
    const auto found = bookings_.find(change.booking->id.value());
    if (found == bookings_.end() || found->second.version != change.booking->version - 1) {
      return Refuse(kChangedMeanwhile);
    }
  }
  if (change.link.has_value() && !change.link->to.empty()) {
    const auto found = bookings_.find(change.link->from.value());
    if (found == bookings_.end() || found->second.rebooked_to != change.link->expected) {
      return Refuse(kAlreadyRebooked);
    }
  }
  return absl::OkStatus();
}

absl::Status MemoryRecord::CheckJourneys(const Change& change) const {
  const Claim& claim = *change.claim;
  bool conflict = false;
  for (const auto& [booking, live] : claims_) {
    if (change.frees.has_value() && booking == change.frees->value()) continue;
    const bool shared = std::any_of(
        claim.travellers.begin(), claim.travellers.end(), [&live](const std::string& key) {
          return std::count(live.travellers.begin(), live.travellers.end(), key) > 0;
        });
    if (shared && live.run == claim.run) return Refuse(kOneTicketPerRun);
    conflict = conflict || (shared && Overlap(live, claim));
  }
  return conflict ? Refuse(kItineraryConflict) : absl::OkStatus();
}

absl::Status MemoryRecord::CheckPlaces(const Change& change) const {
  const Claim& claim = *change.claim;
  const RunClass* run_class = FindClass(runs_.at(claim.run.value()).run, claim.owner());
  if (run_class == nullptr) return Refuse(kPlaceTaken);
  std::map<int, std::size_t> counted;
  for (const auto& [booking, live] : claims_) {
    if (change.frees.has_value() && booking == change.frees->value()) continue;
    if (live.run != claim.run || live.owner() != claim.owner()) continue;
    for (int leg = live.legs.from; leg < live.legs.to; ++leg) {
      counted[leg] += live.travellers.size();
    }
    for (const int unit : claim.units) {
      if (claim.legs.Overlaps(live.legs) &&
          std::count(live.units.begin(), live.units.end(), unit) > 0) {
        return Refuse(kPlaceTaken);
      }
    }
  }
  for (int leg = claim.legs.from; leg < claim.legs.to; ++leg) {
    const std::size_t taken = counted[leg] + claim.travellers.size();
    if (taken > static_cast<std::size_t>(run_class->capacity)) return Refuse(kPlaceTaken);
  }
  return absl::OkStatus();
}

absl::Status MemoryRecord::CheckTurn(const Change& change) const {
  const Claim& claim = *change.claim;
  const Run& run = runs_.at(claim.run.value()).run;
  for (const auto& [id, other] : demands_) {
    if (other.state != DemandState::kWaiting || other.run != claim.run) continue;
    const bool is_earlier = std::tie(other.effective_at, id) <
                            std::tie(change.demand->effective_at, change.demand->id.value());
    const bool fits = claim.legs.from <= other.legs.from && other.legs.to <= claim.legs.to &&
                      other.travellers.size() <= claim.travellers.size() &&
                      OwnerOf(run, other.class_code) == claim.owner();
    if (is_earlier && fits) return Refuse(kOutOfTurn);
  }
  return absl::OkStatus();
}

Committed MemoryRecord::Apply(Change change) {
  Committed committed;
  EffectContext context;
  context.traceparent = change.origin.traceparent;
  context.now = change.now;
  int number = 0;
  for (Effect& effect : change.effects) {
    context.seed = absl::StrCat(SeedOf(change), "/", ++number);
    effects_.push_back(CommittedEffect{std::move(effect), context});
  }
  if (change.frees.has_value()) claims_.erase(change.frees->value());
  if (change.claim.has_value()) {
    committed.epoch = change.claim->epoch;
    claims_[change.claim->booking.value()] = *std::move(change.claim);
  }
  if (change.demand.has_value()) demands_[change.demand->id.value()] = *std::move(change.demand);
  if (change.booking.has_value()) {
    Booking& kept = bookings_[change.booking->id.value()];
    const std::string follower = kept.rebooked_to;
    kept = *std::move(change.booking);
    kept.rebooked_to = follower;
  }
  if (change.link.has_value()) {
    const auto found = bookings_.find(change.link->from.value());
    if (found != bookings_.end() && found->second.rebooked_to == change.link->expected) {
      found->second.rebooked_to = change.link->to;
      ++found->second.version;
    }
  }
  if (change.owes_index.has_value()) {
    const MemoryRun* run = FindRun(*change.owes_index);
    committed.epoch = run == nullptr ? 0 : run->run.epoch;
    committed.debt = Owe(*change.owes_index, change.now);
  }
  if (change.answer.has_value()) {
    const RequestKey& key = change.answer->key;
    const AnswerKey name(key.caller, key.method, key.request_id);
    answers_[name] = *std::move(change.answer);
  }
  return committed;
}

std::int64_t MemoryRecord::Owe(const RunId& run, absl::Time at) {
  debts_[++last_debt_] = Debt{run, at};
  return last_debt_;
}

}  // namespace houbu::slot
