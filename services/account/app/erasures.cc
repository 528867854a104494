#include "services/account/app/erasures.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

constexpr int kBatch = 20;
constexpr std::size_t kNamedMax = 10;
constexpr char kService[] = "services/account";

std::string AccountName(const std::string& account) { return absl::StrCat("accounts/", account); }

AuditEntry EntryOf(const Erasure& erasure, std::string actor, std::string act) {
  AuditEntry entry;
  entry.actor = std::move(actor);
  entry.act = std::move(act);
  entry.subject = AccountName(erasure.account);
  entry.detail["erasure"] = erasure.id;
  return entry;
}

Reply ReplyOf(const Mutation<Erasure>& mutation, const Erasure& erasure) {
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(erasure);
  return reply;
}

/// The first of what blocks, for the audit log.
std::string NamesOf(const std::vector<ErasureBlocker>& blockers) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(blockers.size(), kNamedMax); ++i) {
    names.push_back(blockers[i].name);
  }
  return absl::StrJoin(names, ", ");
}

}  // namespace

Task<ErasureStanding> Erasures::Find(std::string account) {
  ErasureStanding standing;
  ASSIGN_OR_CO_RETURN(standing.last, co_await tools_.store.Find(account));
  ASSIGN_OR_CO_RETURN(standing.blockers, co_await tools_.live_things.ListOf(AccountName(account)));
  co_return standing;
}

Task<std::string> Erasures::Ask(std::string account, std::string session,
                                Mutation<Erasure> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await tools_.store.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  CO_RETURN_IF_ERROR(co_await tools_.sessions.RequireRecent(account, std::move(session)));
  ASSIGN_OR_CO_RETURN(const std::optional<Erasure> last, co_await tools_.store.Find(account));
  const absl::Time now = tools_.clock.Now();
  if (last.has_value() && IsOpen(*last)) {
    Reply reply = ReplyOf(mutation, *last);
    co_return co_await tools_.store.Repeat(std::move(reply), now);
  }
  ASSIGN_OR_CO_RETURN(const std::vector<ErasureBlocker> blockers,
                      co_await tools_.live_things.ListOf(AccountName(account)));
  CO_RETURN_IF_ERROR(CheckNothingBlocks(blockers));
  Erasure erasure;
  erasure.id = tools_.ids.Next("er");
  erasure.account = std::move(account);
  erasure.asked_at = now;
  erasure.erase_at = now + tools_.policy.thinking;
  erasure.due_at = erasure.erase_at;
  AuditEntry audit = EntryOf(erasure, ActorOf(mutation.key), "ERASURE_ASKED");
  Reply reply = ReplyOf(mutation, erasure);
  co_return co_await tools_.store.Ask(std::move(erasure), std::move(audit), std::move(reply), now);
}

Task<std::string> Erasures::Cancel(std::string account, Mutation<Erasure> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await tools_.store.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(std::optional<Erasure> last, co_await tools_.store.Find(std::move(account)));
  if (!last.has_value() || last->state != ErasureState::kAsked) {
    co_return Refuse(kErasureNotAsked);
  }
  last->state = ErasureState::kCancelled;
  AuditEntry audit = EntryOf(*last, ActorOf(mutation.key), "ERASURE_CANCELLED");
  Reply reply = ReplyOf(mutation, *last);
  const absl::Time now = tools_.clock.Now();
  co_return co_await tools_.store.Cancel(*std::move(last), std::move(audit), std::move(reply), now);
}

Task<void> Erasures::Round() {
  const absl::Time now = tools_.clock.Now();
  ASSIGN_OR_CO_RETURN(const std::vector<Erasure> due, co_await tools_.store.ListDue(now, kBatch));
  absl::Status first_failure;
  for (const Erasure& erasure : due) {
    absl::Status stepped = co_await Step(erasure);
    if (ReasonOf(stepped) != kErasureChanged.reason) {
      first_failure.Update(std::move(stepped));
    }
  }
  ASSIGN_OR_CO_RETURN(const ErasureBacklog backlog, co_await tools_.store.CountOpen(now));
  tools_.show(backlog);
  co_return first_failure;
}

Task<void> Erasures::Step(Erasure erasure) {
  const absl::Time now = tools_.clock.Now();
  if (erasure.state == ErasureState::kClosing) {
    co_return co_await EraseOrStop(std::move(erasure), now);
  }
  erasure.state = ErasureState::kClosing;
  erasure.due_at = now + tools_.policy.closing;
  AuditEntry audit = EntryOf(erasure, kService, "ERASURE_CLOSING");
  co_return co_await tools_.store.Close(std::move(erasure), std::move(audit), now);
}

Task<void> Erasures::EraseOrStop(Erasure erasure, absl::Time now) {
  ASSIGN_OR_CO_RETURN(const std::vector<ErasureBlocker> blockers,
                      co_await tools_.live_things.ListOf(AccountName(erasure.account)));
  if (blockers.empty()) {
    erasure.state = ErasureState::kDone;
    AuditEntry audit = EntryOf(erasure, kService, "ACCOUNT_ERASED");
    co_return co_await tools_.store.Erase(std::move(erasure), std::move(audit), now);
  }
  erasure.state = ErasureState::kStopped;
  AuditEntry audit = EntryOf(erasure, kService, "ERASURE_STOPPED");
  audit.reason = NamesOf(blockers);
  co_return co_await tools_.store.Stop(std::move(erasure), std::move(audit), now);
}

}  // namespace houbu::account
