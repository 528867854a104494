#include "services/account/app/late_answers.h"

#include <string>
#include <utility>
#include <vector>

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

constexpr int kBatch = 20;

}  // namespace

Task<void> LateAnswers::Take(CheckNotice notice) {
  const absl::Time now = tools_.clock.Now();
  ASSIGN_OR_CO_RETURN(const bool is_new,
                      co_await tools_.checks.TakeNonce(std::move(notice.nonce), now));
  if (!is_new) {
    co_return Refuse(kNoticeReplayed);
  }
  ASSIGN_OR_CO_RETURN(IdentityCheck check, co_await tools_.checks.Load(std::move(notice.check)));
  if (check.ended) {
    co_return absl::OkStatus();
  }
  Verdict verdict = VerdictOf(notice.finding);
  co_return co_await tools_.endings.EndLate(std::move(check), std::move(verdict));
}

Task<void> LateAnswers::Round() {
  const absl::Time now = tools_.clock.Now();
  CO_RETURN_IF_ERROR(co_await tools_.checks.ForgetNonces(now - 3 * kNoticeFreshness));
  ASSIGN_OR_CO_RETURN(const std::vector<IdentityCheck> due,
                      co_await tools_.checks.TakeDue(now, tools_.policy.ask_interval, kBatch));
  // One that fails holds up no other; a provider that is away is asked once a round.
  absl::Status failed;
  bool is_away = false;
  for (const IdentityCheck& check : due) {
    const bool is_overdue = IsOverdue(check, tools_.policy, now);
    if (is_away && !is_overdue) continue;
    absl::Status done;
    if (is_overdue) {
      Verdict verdict = SilentVerdict();
      done = co_await tools_.endings.EndLate(check, std::move(verdict));
    } else {
      done = co_await AskAfter(check);
      is_away = absl::IsUnavailable(done) || absl::IsDeadlineExceeded(done);
    }
    failed.Update(done);
  }
  ASSIGN_OR_CO_RETURN(const OpenChecks open, co_await tools_.checks.CountOpen(now));
  tools_.show(open);
  co_return failed;
}

Task<void> LateAnswers::AskAfter(IdentityCheck check) {
  ASSIGN_OR_CO_RETURN(const Finding finding, co_await tools_.provider.Ask(check.id));
  const absl::Time now = tools_.clock.Now();
  Verdict verdict = SilentVerdict();
  switch (finding.stage) {
    case Finding::Stage::kDecided:
      verdict = VerdictOf(finding);
      break;
    case Finding::Stage::kLater:
      if (check.taken) co_return absl::OkStatus();
      co_return co_await tools_.checks.MarkTaken(std::move(check.id), std::nullopt, now);
    case Finding::Stage::kUnknown:
      if (!IsLost(check, now)) co_return absl::OkStatus();
      break;
  }
  co_return co_await tools_.endings.EndLate(std::move(check), std::move(verdict));
}

}  // namespace houbu::account
