#include "services/account/app/verification.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

/// What a check came to, for the audit log.
AuditEntry EntryOf(const Account& account, const RequestKey& key) {
  AuditEntry audit;
  audit.actor = ActorOf(key);
  audit.act = absl::StrCat("IDENTITY_", VerificationName(account.verification));
  audit.subject = NameOf(account);
  audit.reason = account.verification_reason;
  return audit;
}

}  // namespace

Task<Account> Verifications::Get(std::string account) { return accounts_.Load(std::move(account)); }

Task<std::string> Verifications::Verify(std::string account_id, std::string passenger_id,
                                        std::string face_token, Mutation<Account> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await accounts_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Account account, co_await accounts_.Load(account_id));
  ASSIGN_OR_CO_RETURN(Passenger holder, co_await passengers_.Load(account_id, passenger_id));
  const PassengerDocument* const card = FindDocument(holder, DocumentType::kResidentId);
  if (card == nullptr) {
    co_return Refuse(kNeedsResidentId);
  }
  holder.document = card->document;
  holder.full_name = card->document.full_name;
  if (account.verification != Verification::kVerified) {
    co_return co_await Compare(std::move(account), std::move(holder), std::move(face_token),
                               std::move(mutation));
  }
  account.version += 1;
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(account);
  AuditEntry audit = EntryOf(account, mutation.key);
  const absl::Time now = clock_.Now();
  co_return co_await accounts_.Save(std::move(account), std::move(audit), std::move(reply), now);
}

Task<std::string> Verifications::Compare(Account account, Passenger holder, std::string face_token,
                                         Mutation<Account> mutation) {
  const absl::Time asked_at = clock_.Now();
  CO_RETURN_IF_ERROR(co_await RequireFewChecks(account.id, asked_at));
  IdentityCheck check;
  check.id = ids_.Next("ic");
  check.account = account.id;
  check.passenger = holder.id;
  check.asked_at = asked_at;
  account.version += 1;
  account.verification = Verification::kPending;
  account.verification_reason.clear();
  CO_RETURN_IF_ERROR(co_await accounts_.BeginCheck(account, check));
  ASSIGN_OR_CO_RETURN(const Finding finding,
                      co_await provider_.Compare(holder, std::move(face_token)));
  account.version += 1;
  account.verification = finding.match ? Verification::kVerified : Verification::kRejected;
  account.verification_reason = finding.reason;
  if (finding.match) {
    account.holder = Holder{holder.id, IdentityOf(holder.document), HolderCardOf(holder)};
  }
  absl::StatusOr<std::string> ended = co_await End(account, check, mutation);
  if (ReasonOf(ended.status()) != kHolderTaken.reason) {
    co_return ended;
  }
  account.verification = Verification::kRejected;
  account.verification_reason = kHolderTaken.reason;
  account.holder.reset();
  co_return co_await End(std::move(account), std::move(check), std::move(mutation));
}

Task<std::string> Verifications::End(Account account, IdentityCheck check,
                                     Mutation<Account> mutation) {
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(account);
  AuditEntry audit = EntryOf(account, mutation.key);
  const absl::Time now = clock_.Now();
  co_return co_await accounts_.EndCheck(std::move(account), std::move(check), std::move(audit),
                                        std::move(reply), now);
}

Task<void> Verifications::RequireFewChecks(std::string account, absl::Time now) {
  ASSIGN_OR_CO_RETURN(const int checks,
                      co_await accounts_.CountChecks(std::move(account), now - kDay));
  co_return checks < policy_.per_day_max ? absl::OkStatus()
                                         : WithRetryAfter(Refuse(kTooManyChecks), kDay);
}

Task<std::string> Verifications::ActivateMembership(std::string account_id, std::string reason,
                                                    Mutation<Account> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await accounts_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Account account, co_await accounts_.Load(account_id));
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
  const absl::Time now = clock_.Now();
  co_return co_await accounts_.Save(std::move(account), std::move(audit), std::move(reply), now);
}

}  // namespace houbu::account
