#include "services/account/app/check_ending.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

/// Races are lost to whoever changes the account or the passenger at that moment: few.
constexpr int kRounds = 6;
/// By whom a check ends that no request waits for.
constexpr char kItself[] = "services/account";

/// The account as the check leaves it.
Account After(Account account, const Verdict& verdict) {
  account.version += 1;
  account.verification = verdict.verification;
  account.verification_reason = verdict.reason;
  return account;
}

/// By what the passenger is known as the holder.
Holder HolderOf(const Passenger& passenger) {
  const PassengerDocument* const card = FindDocument(passenger, DocumentType::kResidentId);
  return {passenger.id, IdentityOf(card->document), HolderCardOf(passenger)};
}

/// What a check came to, for the audit log.
AuditEntry EntryOf(const CheckEnding& ending) {
  AuditEntry audit;
  audit.actor = ending.reply.has_value() ? ActorOf(ending.reply->key) : kItself;
  audit.act = absl::StrCat("IDENTITY_", VerificationName(ending.verdict.verification));
  audit.subject = absl::StrCat("accounts/", ending.check.account);
  audit.reason = ending.verdict.reason;
  audit.detail["check"] = ending.check.id;
  return audit;
}

}  // namespace

Verdict VerdictOf(const Finding& finding) {
  Verdict verdict;
  verdict.verification = finding.match ? Verification::kVerified : Verification::kRejected;
  verdict.reason = finding.reason;
  verdict.is_about_card = true;
  return verdict;
}

Task<std::string> CheckEndings::Answer(IdentityCheck check, Verdict verdict,
                                       Mutation<Account> mutation) {
  std::string account = check.account;
  absl::StatusOr<std::string> ended =
      co_await Conclude(std::move(check), std::move(verdict), mutation);
  if (ReasonOf(ended.status()) != kCheckDecided.reason) {
    co_return ended;
  }
  co_return co_await AnswerAsIs(std::move(account), std::move(mutation));
}

Task<void> CheckEndings::EndLate(IdentityCheck check, Verdict verdict) {
  const absl::StatusOr<std::string> ended =
      co_await Conclude(std::move(check), std::move(verdict), std::nullopt);
  co_return ReasonOf(ended.status()) == kCheckDecided.reason ? absl::OkStatus() : ended.status();
}

Task<std::string> CheckEndings::AnswerAsIs(std::string account, Mutation<Account> mutation) {
  ASSIGN_OR_CO_RETURN(const Account now_is, co_await tools_.accounts.Load(std::move(account)));
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(now_is);
  const absl::Time now = tools_.clock.Now();
  co_return co_await tools_.checks.Answer(std::move(reply), now);
}

Task<std::string> CheckEndings::Conclude(IdentityCheck check, Verdict verdict,
                                         std::optional<Mutation<Account>> mutation) {
  absl::StatusOr<std::string> ended = absl::AbortedError("not tried");
  for (int round = 0; round < kRounds; ++round) {
    ended = co_await TryEnd(check, verdict, mutation);
    const absl::string_view reason = ReasonOf(ended.status());
    if (reason == kHolderTaken.reason) {
      verdict = TakenVerdict();
    } else if (reason == kHolderChanged.reason) {
      verdict = ChangedVerdict();
    } else if (!absl::IsAborted(ended.status()) || reason == kCheckDecided.reason) {
      co_return ended;
    }
  }
  co_return ended;
}

Task<Passenger> CheckEndings::HolderNow(std::string account, std::string passenger) {
  absl::StatusOr<Passenger> holder =
      co_await tools_.passengers.Load(std::move(account), std::move(passenger));
  const bool is_gone = ReasonOf(holder.status()) == kPassengerNotFound.reason;
  if (is_gone || (holder.ok() && HolderCardOf(*holder).empty())) {
    co_return Refuse(kHolderChanged);
  }
  co_return holder;
}

Task<std::string> CheckEndings::TryEnd(IdentityCheck check, Verdict verdict,
                                       std::optional<Mutation<Account>> mutation) {
  absl::StatusOr<Account> loaded = co_await tools_.accounts.Load(check.account);
  // A check must come to its end even where the account is no more.
  const bool is_gone = ReasonOf(loaded.status()) == kAccountNotFound.reason;
  if (!loaded.ok() && (!is_gone || mutation.has_value())) {
    co_return loaded.status();
  }
  Account account = is_gone ? Account() : *std::move(loaded);
  CheckEnding ending;
  ending.verdict = std::move(verdict);
  if (account.verification != Verification::kPending) {
    ending.verdict = Verdict{Verification::kUnverified, kSuperseded, false};
  } else {
    if (ending.verdict.is_about_card) {
      ASSIGN_OR_CO_RETURN(const Passenger holder,
                          co_await HolderNow(check.account, check.passenger));
      account.holder = HolderOf(holder);
      ending.holder_version = holder.version;
    }
    account = After(std::move(account), ending.verdict);
    ending.account = account;
    ending.is_told = !mutation.has_value();
  }
  ending.check = std::move(check);
  if (mutation.has_value()) {
    ending.reply.emplace();
    ending.reply->key = mutation->key;
    ending.reply->answer = mutation->render(account);
  }
  ending.audit = EntryOf(ending);
  const std::string outcome(OutcomeOf(ending.verdict));
  const absl::Time now = tools_.clock.Now();
  absl::StatusOr<std::string> ended = co_await tools_.checks.End(std::move(ending), now);
  if (ended.ok()) tools_.count(outcome);
  co_return ended;
}

}  // namespace houbu::account
