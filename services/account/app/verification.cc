#include "services/account/app/verification.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

/// The holder as the provider is shown it: the name and the number on the card.
absl::StatusOr<Passenger> ShownHolder(Passenger holder) {
  const PassengerDocument* const card = FindDocument(holder, DocumentType::kResidentId);
  if (card == nullptr) {
    return Refuse(kNeedsResidentId);
  }
  holder.document = card->document;
  holder.full_name = card->document.full_name;
  return holder;
}

}  // namespace

Task<Account> Verifications::Get(std::string account) {
  return tools_.accounts.Load(std::move(account));
}

Task<std::string> Verifications::Verify(std::string account_id, std::string passenger_id,
                                        std::string face_token, Mutation<Account> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await tools_.accounts.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  CO_RETURN_IF_ERROR(
      co_await tools_.consents.Require(account_id, ConsentPurpose::kIdentityVerification));
  ASSIGN_OR_CO_RETURN(Account account, co_await tools_.accounts.Load(account_id));
  ASSIGN_OR_CO_RETURN(Passenger loaded, co_await tools_.passengers.Load(account_id, passenger_id));
  ASSIGN_OR_CO_RETURN(Passenger holder, ShownHolder(std::move(loaded)));
  ASSIGN_OR_CO_RETURN(std::optional<IdentityCheck> check,
                      co_await tools_.checks.Find(account_id, mutation.key));
  if (check.has_value() && check->request_id == mutation.key.request_id) {
    co_return co_await Resume(*std::move(check), std::move(holder), std::move(face_token),
                              std::move(mutation));
  }
  if (check.has_value()) {
    CO_RETURN_IF_ERROR(co_await Settle(*std::move(check)));
    ASSIGN_OR_CO_RETURN(account, co_await tools_.accounts.Load(account_id));
  }
  if (account.verification == Verification::kVerified) {
    co_return co_await Confirm(std::move(account), std::move(mutation));
  }
  co_return co_await Begin(std::move(account), std::move(holder), std::move(face_token),
                           std::move(mutation));
}

/// Goes on with the check that this very request asked for.
Task<std::string> Verifications::Resume(IdentityCheck check, Passenger holder,
                                        std::string face_token, Mutation<Account> mutation) {
  if (check.ended) {
    co_return co_await tools_.endings.AnswerAsIs(std::move(check.account), std::move(mutation));
  }
  const absl::Time until = tools_.clock.Now() + tools_.policy.call_max;
  CO_RETURN_IF_ERROR(co_await tools_.checks.MarkAsking(check.id, until));
  co_return co_await Compare(std::move(check), std::move(holder), std::move(face_token),
                             std::move(mutation));
}

/// Sees to another request's check first: two comparisons at once would be one too many.
Task<void> Verifications::Settle(IdentityCheck open) {
  const absl::Time now = tools_.clock.Now();
  if (open.taken || IsBeingAsked(open, now)) {
    co_return Refuse(kCheckUnderWay);
  }
  ASSIGN_OR_CO_RETURN(const Finding finding, co_await tools_.provider.Ask(open.id));
  switch (finding.stage) {
    case Finding::Stage::kUnknown:
      co_return absl::OkStatus();  // It never got there; the next one takes its place.
    case Finding::Stage::kLater:
      co_return Refuse(kCheckUnderWay);
    case Finding::Stage::kDecided:
      break;
  }
  Verdict verdict = VerdictOf(finding);
  co_return co_await tools_.endings.EndLate(std::move(open), std::move(verdict));
}

Task<std::string> Verifications::Begin(Account account, Passenger holder, std::string face_token,
                                       Mutation<Account> mutation) {
  const absl::Time asked_at = tools_.clock.Now();
  CO_RETURN_IF_ERROR(co_await RequireFewChecks(account.id, asked_at));
  IdentityCheck check;
  check.id = tools_.ids.Next("ic");
  check.account = account.id;
  check.passenger = holder.id;
  check.request_id = mutation.key.request_id;
  check.fingerprint = mutation.key.fingerprint;
  check.asked_at = asked_at;
  check.asking_until = asked_at + tools_.policy.call_max;
  account.version += 1;
  account.verification = Verification::kPending;
  account.verification_reason.clear();
  std::string card = HolderCardOf(holder);
  CO_RETURN_IF_ERROR(co_await tools_.checks.Begin(std::move(account), check, std::move(card)));
  co_return co_await Compare(std::move(check), std::move(holder), std::move(face_token),
                             std::move(mutation));
}

Task<std::string> Verifications::Compare(IdentityCheck check, Passenger holder,
                                         std::string face_token, Mutation<Account> mutation) {
  const absl::StatusOr<Finding> finding =
      co_await tools_.provider.Compare(check, std::move(holder), std::move(face_token));
  // Who takes too long may well be comparing: that answer is asked after as a late one.
  if (absl::IsDeadlineExceeded(finding.status())) {
    co_return co_await AnswerLater(std::move(check), std::move(mutation));
  }
  if (!finding.ok()) {
    CO_RETURN_IF_ERROR(co_await tools_.checks.MarkAsking(check.id, std::nullopt));
    co_return finding.status();
  }
  if (finding->stage != Finding::Stage::kDecided) {
    co_return co_await AnswerLater(std::move(check), std::move(mutation));
  }
  Verdict verdict = VerdictOf(*finding);
  co_return co_await tools_.endings.Answer(std::move(check), std::move(verdict),
                                           std::move(mutation));
}

/// Answers with the pending account; as it is, where the late answer was here first.
Task<std::string> Verifications::AnswerLater(IdentityCheck check, Mutation<Account> mutation) {
  ASSIGN_OR_CO_RETURN(const Account account, co_await tools_.accounts.Load(check.account));
  std::optional<Reply> reply(std::in_place);
  reply->key = mutation.key;
  reply->answer = mutation.render(account);
  std::string answer = reply->answer;
  const absl::Time now = tools_.clock.Now();
  const absl::Status taken =
      co_await tools_.checks.MarkTaken(std::move(check.id), std::move(reply), now);
  if (ReasonOf(taken) == kCheckDecided.reason) {
    co_return co_await tools_.endings.AnswerAsIs(std::move(check.account), std::move(mutation));
  }
  CO_RETURN_IF_ERROR(taken);
  co_return answer;
}

/// Answers who is verified already.
Task<std::string> Verifications::Confirm(Account account, Mutation<Account> mutation) {
  account.version += 1;
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(account);
  AuditEntry audit;
  audit.actor = ActorOf(mutation.key);
  audit.act = "IDENTITY_VERIFIED";
  audit.subject = NameOf(account);
  const absl::Time now = tools_.clock.Now();
  co_return co_await tools_.accounts.Save(std::move(account), std::move(audit), std::move(reply),
                                          now);
}

Task<void> Verifications::RequireFewChecks(std::string account, absl::Time now) {
  ASSIGN_OR_CO_RETURN(const int checks,
                      co_await tools_.checks.Count(std::move(account), now - kDay));
  co_return checks < tools_.policy.per_day_max ? absl::OkStatus()
                                               : WithRetryAfter(Refuse(kTooManyChecks), kDay);
}

Task<std::string> Verifications::ActivateMembership(std::string account_id, std::string reason,
                                                    Mutation<Account> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await tools_.accounts.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Account account, co_await tools_.accounts.Load(account_id));
  account.version += 1;
  account.member = true;
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(account);
  AuditEntry audit;
  audit.actor = ActorOf(mutation.key);
  audit.act = "MEMBERSHIP_ACTIVATED";
  audit.subject = NameOf(account);
  audit.reason = std::move(reason);
  const absl::Time now = tools_.clock.Now();
  co_return co_await tools_.accounts.Save(std::move(account), std::move(audit), std::move(reply),
                                          now);
}

}  // namespace houbu::account
