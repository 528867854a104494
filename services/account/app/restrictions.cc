#include "services/account/app/restrictions.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

template <class T>
Reply ReplyOf(const Mutation<T>& mutation, const T& value) {
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(value);
  return reply;
}

AuditEntry EntryOf(const RequestKey& key, const char* act, std::string subject,
                   std::string reason) {
  AuditEntry entry;
  entry.actor = ActorOf(key);
  entry.act = act;
  entry.subject = std::move(subject);
  entry.reason = std::move(reason);
  return entry;
}

const char* ActOf(const BanProposal& decided) {
  if (decided.state == BanState::kRejected) {
    return "BAN_PROPOSAL_REJECTED";
  }
  return decided.kind == BanKind::kBan ? "ACCOUNT_BANNED" : "BAN_LIFTED";
}

}  // namespace

Task<std::string> Restrictions::CountCancellation(OwnCancellation cancellation,
                                                  Mutation<OwnCancellation> mutation) {
  Reply reply = ReplyOf(mutation, cancellation);
  CancellationJudge judge = [policy = policy_.cancellations](std::vector<absl::Time> times) {
    return JudgeCancellations(policy, std::move(times));
  };
  const absl::Time now = clock_.Now();
  co_return co_await store_.CountCancellation(std::move(cancellation), std::move(judge),
                                              ids_.Next("rs"), std::move(reply), now);
}

Task<std::vector<Restriction>> Restrictions::List(std::string account, std::string after,
                                                  int limit) {
  return store_.List(std::move(account), std::move(after), limit);
}

Task<std::string> Restrictions::Impose(Imposition wanted, Mutation<Restriction> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  const absl::Time now = clock_.Now();
  Violations violations;
  if (wanted.until <= now) {
    violations.Add("expire_time", "must be in the future");
  } else if (wanted.until > now + policy_.imposed_max) {
    violations.Add("expire_time",
                   absl::StrCat("must be within ", absl::FormatDuration(policy_.imposed_max)));
  }
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const Account account, co_await accounts_.Load(wanted.account));
  Restriction restriction;
  restriction.id = ids_.Next("rs");
  restriction.account = account.id;
  restriction.level = wanted.level;
  restriction.reason_code = kByStaff;
  restriction.text = wanted.reason;
  restriction.imposed_by = ActorOf(mutation.key);
  restriction.since = now;
  restriction.until = wanted.until;
  AuditEntry audit =
      EntryOf(mutation.key, "RESTRICTION_IMPOSED", NameOf(restriction), std::move(wanted.reason));
  audit.detail["level"] = std::string(NameOf(restriction.level));
  audit.detail["until"] = absl::FormatTime(wanted.until, absl::UTCTimeZone());
  Reply reply = ReplyOf(mutation, restriction);
  co_return co_await store_.Impose(std::move(restriction), std::move(audit), std::move(reply), now);
}

Task<std::string> Restrictions::Lift(std::string account, std::string id, std::string reason,
                                     Mutation<Restriction> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Restriction standing,
                      co_await store_.Load(std::move(account), std::move(id)));
  const absl::Time now = clock_.Now();
  ASSIGN_OR_CO_RETURN(Restriction lifted,
                      account::Lift(std::move(standing), ActorOf(mutation.key), reason, now));
  AuditEntry audit = EntryOf(mutation.key, "RESTRICTION_LIFTED", NameOf(lifted), std::move(reason));
  Reply reply = ReplyOf(mutation, lifted);
  co_return co_await store_.Lift(std::move(lifted), std::move(audit), std::move(reply), now);
}

Task<std::string> Restrictions::ProposeBan(std::string account_id, BanKind kind, std::string reason,
                                           Mutation<BanProposal> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(const Account account, co_await accounts_.Load(std::move(account_id)));
  const absl::Time now = clock_.Now();
  BanProposal proposal;
  proposal.id = ids_.Next("bp");
  proposal.account = account.id;
  proposal.kind = kind;
  proposal.reason = reason;
  proposal.maker = ActorOf(mutation.key);
  proposal.made_at = now;
  const char* const act = kind == BanKind::kBan ? "BAN_PROPOSED" : "BAN_LIFT_PROPOSED";
  AuditEntry audit = EntryOf(mutation.key, act, NameOf(proposal), std::move(reason));
  Reply reply = ReplyOf(mutation, proposal);
  co_return co_await store_.Propose(std::move(proposal), std::move(audit), std::move(reply), now);
}

Task<std::string> Restrictions::DecideBan(std::string account, std::string id, bool is_approval,
                                          std::string comment, Mutation<BanProposal> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(BanProposal open,
                      co_await store_.LoadProposal(std::move(account), std::move(id)));
  const absl::Time now = clock_.Now();
  BanDecision decision;
  decision.is_approval = is_approval;
  decision.person = ActorOf(mutation.key);
  decision.comment = comment;
  ASSIGN_OR_CO_RETURN(BanProposal decided, Decide(std::move(open), decision, now));
  std::vector<Restriction> imposed;
  if (is_approval && decided.kind == BanKind::kBan) {
    imposed = RestrictionsOf(decided);
    for (Restriction& restriction : imposed) {
      restriction.id = ids_.Next("rs");
    }
  }
  AuditEntry audit = EntryOf(mutation.key, ActOf(decided), NameOf(decided), std::move(comment));
  audit.detail["maker"] = decided.maker;
  Reply reply = ReplyOf(mutation, decided);
  co_return co_await store_.Decide(std::move(decided), std::move(imposed), std::move(audit),
                                   std::move(reply), now);
}

Task<std::vector<BanProposal>> Restrictions::ListBanProposals(bool with_decided, std::string after,
                                                              int limit) {
  return store_.ListProposals(with_decided, std::move(after), limit);
}

}  // namespace houbu::account
