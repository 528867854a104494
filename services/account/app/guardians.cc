#include "services/account/app/guardians.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

Reply ReplyOf(const Mutation<Guardianship>& mutation, const Guardianship& guardianship) {
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(guardianship);
  return reply;
}

AuditEntry EntryOf(const RequestKey& key, const char* act, const Guardianship& guardianship) {
  AuditEntry entry;
  entry.actor = ActorOf(key);
  entry.act = act;
  entry.subject = NameOf(guardianship);
  entry.reason = guardianship.reason;
  entry.detail["passenger"] = guardianship.ward;
  entry.detail["proof"] = guardianship.proof;
  if (guardianship.consent.has_value()) {
    entry.detail["consent"] = guardianship.consent->text_version;
  }
  return entry;
}

}  // namespace

Task<std::string> Guardians::Propose(GuardianProposal proposal, Mutation<Guardianship> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(const Passenger ward,
                      co_await passengers_.Load(proposal.account, proposal.ward));
  const absl::Time now = clock_.Now();
  const absl::CivilDay today = ChinaDay(now);
  const std::optional<WardKind> kind = WardKindOf(ward, today);
  if (!kind.has_value()) {
    co_return Refuse(kNoWard);
  }
  Violations violations;
  ASSIGN_OR_CO_RETURN(const bool is_own, co_await proofs_.IsOwn(proposal.account, proposal.proof));
  if (!is_own) {
    violations.Add("proof", "is not one of your attachments of kind GUARDIANSHIP_PROOF");
  }
  if (TakesConsent(ward, today) && proposal.consent_text_version.empty()) {
    violations.Add("consent", "is required for children under 14");
  }
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Guardianship guardianship;
  guardianship.id = ids_.Next("gd");
  guardianship.account = proposal.account;
  guardianship.ward = ward.id;
  guardianship.kind = *kind;
  guardianship.proof = proposal.proof;
  guardianship.proposed_at = now;
  if (!proposal.consent_text_version.empty()) {
    Consent consent;
    consent.text_version = proposal.consent_text_version;
    consent.channel = proposal.consent_channel;
    consent.given_at = now;
    guardianship.consent = std::move(consent);
  }
  AuditEntry audit = EntryOf(mutation.key, "GUARDIANSHIP_PROPOSED", guardianship);
  Reply reply = ReplyOf(mutation, guardianship);
  co_return co_await store_.Propose(std::move(guardianship), std::move(audit), std::move(reply),
                                    now);
}

Task<std::vector<Guardianship>> Guardians::List(std::string account, std::string after, int limit) {
  return store_.List(std::move(account), std::move(after), limit);
}

Task<std::string> Guardians::Decide(std::string account, std::string id, bool is_acceptance,
                                    std::string reason, Mutation<Guardianship> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Guardianship pending,
                      co_await store_.Load(std::move(account), std::move(id)));
  GuardianDecision decision;
  decision.is_acceptance = is_acceptance;
  decision.person = ActorOf(mutation.key);
  decision.reason = std::move(reason);
  const GuardianshipState before = pending.state;
  const absl::Time now = clock_.Now();
  ASSIGN_OR_CO_RETURN(Guardianship decided, account::Decide(std::move(pending), decision, now));
  AuditEntry audit = EntryOf(
      mutation.key, is_acceptance ? "GUARDIANSHIP_ACCEPTED" : "GUARDIANSHIP_REJECTED", decided);
  Reply reply = ReplyOf(mutation, decided);
  co_return co_await store_.Save(std::move(decided), before, std::move(audit), std::move(reply),
                                 now);
}

Task<std::string> Guardians::End(std::string account, std::string id, std::string reason,
                                 Mutation<Guardianship> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Guardianship standing,
                      co_await store_.Load(std::move(account), std::move(id)));
  const GuardianshipState before = standing.state;
  const absl::Time now = clock_.Now();
  ASSIGN_OR_CO_RETURN(Guardianship ended,
                      account::End(std::move(standing), ActorOf(mutation.key), reason, now));
  AuditEntry audit = EntryOf(mutation.key, "GUARDIANSHIP_ENDED", ended);
  Reply reply = ReplyOf(mutation, ended);
  co_return co_await store_.Save(std::move(ended), before, std::move(audit), std::move(reply), now);
}

}  // namespace houbu::account
