#include "services/payment/app/refund_dispatch.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "libs/async/status_macros.h"
#include "libs/async/together.h"
#include "services/payment/app/races.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {

std::deque<RefundId> TakeTurns(const RefundsDue& due, int count_max) {
  std::deque<RefundId> turns;
  auto fresh = due.fresh.begin();
  auto asked = due.asked.begin();
  for (int turn = 1; turn <= count_max; ++turn) {
    const bool none_fresh = fresh == due.fresh.end();
    const bool none_asked = asked == due.asked.end();
    if (none_fresh && none_asked) break;
    const bool is_for_asked = none_fresh || (turn % 4 == 0 && !none_asked);
    turns.push_back(is_for_asked ? *asked++ : *fresh++);
  }
  return turns;
}

Task<void> RefundDispatch::Round() {
  DueQuestion question;
  question.channel = channel_;
  question.now = clock_.Now();
  question.count_max = pace_.RateAt(question.now);
  const int count_max = question.count_max;
  ASSIGN_OR_CO_RETURN(const RefundsDue due, co_await store_.DueRefunds(std::move(question)));
  queue_ = TakeTurns(due, count_max);
  const std::size_t most = is_away_ ? 1 : static_cast<std::size_t>(options_.concurrency_max);
  std::function<Task<void>()> asker = [this] { return AskInTurn(); };
  std::vector<std::function<Task<void>()>> askers(std::min(most, queue_.size()), asker);
  co_return co_await async::Together(std::move(askers));
}

Task<void> RefundDispatch::AskInTurn() {
  while (!queue_.empty()) {
    const RefundId id = queue_.front();
    queue_.pop_front();
    const absl::Status asked = co_await Ask(id);
    if (asked.ok()) continue;
    std::function<Task<std::string>()> attempt = [this, id] { return Postpone(id); };
    CO_RETURN_IF_ERROR(co_await async::Retry<std::string>(kRaces, std::move(attempt)));
  }
  co_return absl::OkStatus();
}

// What is left of the round stays due.
void RefundDispatch::Heed(const absl::Status& answered) {
  const bool is_busy = ReasonOf(answered) == absl::string_view(kProviderBusy.reason);
  const bool is_outage = async::IsRetryable(answered) || absl::IsDeadlineExceeded(answered);
  if (is_busy) pace_.SlowDown(clock_.Now());
  if (is_outage) queue_.clear();
  is_away_ = is_outage && !is_busy;
  if (!options_.watch) return;
  options_.watch(is_busy ? "BUSY" : is_outage ? "AWAY" : answered.ok() ? "ANSWERED" : "FAILED");
}

Task<void> RefundDispatch::WaitForTurn() {
  const absl::Time now = clock_.Now();
  const absl::Duration wait = pace_.TakeTurn(now) - now;
  if (wait <= absl::ZeroDuration()) co_return absl::OkStatus();
  co_return co_await async::Sleep(wait);
}

Task<void> RefundDispatch::Ask(RefundId id) {
  ASSIGN_OR_CO_RETURN(const Refund refund, co_await store_.LoadRefund(id));
  if (refund.state != RefundState::kPending) co_return absl::OkStatus();
  ASSIGN_OR_CO_RETURN(const Payment payment, co_await store_.Load(refund.payment));
  CO_RETURN_IF_ERROR(co_await WaitForTurn());
  absl::StatusOr<RefundFact> answer = co_await AskProvider(refund, payment.amount);
  Heed(answer.status());
  if (!answer.ok()) co_return answer.status();
  co_return co_await facts_.Apply(refund.payment, *std::move(answer), std::string());
}

Task<RefundFact> RefundDispatch::AskProvider(Refund refund, Money total) {
  std::string name = MerchantRefund(refund);
  if (refund.asked) return provider_.QueryRefund(refund.payment, std::move(name));
  RefundRequest request;
  request.merchant_refund = std::move(name);
  request.payment = refund.payment;
  request.amount = refund.amount;
  request.total = total;
  return provider_.Refund(std::move(request));
}

Task<std::string> RefundDispatch::Postpone(RefundId id) {
  ASSIGN_OR_CO_RETURN(const Refund before, co_await store_.LoadRefund(id));
  ASSIGN_OR_CO_RETURN(Payment payment, co_await store_.Load(before.payment));
  ASSIGN_OR_CO_RETURN(Refund refund, co_await store_.LoadRefund(id));
  if (refund.state != RefundState::kPending) co_return std::string();
  Commitment commitment;
  commitment.now = clock_.Now();
  Change change = PostponeRefund(std::move(payment), std::move(refund), commitment.now);
  ++change.payment.version;
  co_return co_await store_.Commit(std::move(change), std::move(commitment));
}

}  // namespace houbu::payment
