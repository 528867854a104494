#include "services/slot/app/run_cancellations.h"

#include <optional>
#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::slot {

using async::Task;

Task<std::string> RunCancellations::Cancel(RunToCancel wanted, Mutation<CancelledRun> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> before,
                      co_await tools_.record.FindAnswer(mutation.key));
  if (before.has_value()) co_return *std::move(before);
  const RequestKey key = mutation.key;
  SaleChange closed;
  closed.run = wanted.run;
  closed.sale = Sale::kClosed;
  auto cancelled =
      co_await runs_.Cancel(std::move(wanted), std::move(mutation), tools_.clock.Now());
  if (!cancelled.ok()) co_return co_await StoredAnswerOr(tools_.record, key, cancelled.status());
  // It is so, whatever the index says now: the debt leads to a rebuild.
  const absl::Status ignored = co_await sales_.TellIndex(std::move(closed), cancelled->committed);
  co_return std::move(cancelled->bytes);
}

Task<CancelledRun> RunCancellations::Find(RunId run) { return runs_.Find(std::move(run)); }

Task<int> RunCancellations::Sweep(int limit) {
  // Who waits goes first, so that no place that becomes free is looked at for them.
  ASSIGN_OR_CO_RETURN(const std::vector<DemandId> waiting, co_await runs_.WaitingDemands(limit));
  std::vector<Task<void>> ends;
  for (const DemandId& id : waiting) ends.push_back(failing_.Fail(id, kRunCancelled.reason));
  if (!ends.empty()) co_return co_await EndTogether(std::move(ends));
  ASSIGN_OR_CO_RETURN(const std::vector<BookingLeft> left, co_await runs_.BookingsLeft(limit));
  for (const BookingLeft& one : left) ends.push_back(CancelBooking(one));
  if (!ends.empty()) co_return co_await EndTogether(std::move(ends));
  CO_RETURN_IF_ERROR(co_await runs_.ForgetDone(tools_.clock.Now()));
  co_return 0;
}

Task<void> RunCancellations::CancelBooking(BookingLeft left) {
  ASSIGN_OR_CO_RETURN(Booking before, co_await tools_.bookings.Load(left.booking));
  const absl::Time now = tools_.clock.Now();
  const bool was_held =
      before.state == BookingState::kHeld || before.state == BookingState::kPendingPayment;
  absl::StatusOr<Booking> cancelled = CancelWithRun(std::move(before), left.reason, now);
  // Cancelled or expired since it was found.
  if (!cancelled.ok()) co_return absl::OkStatus();
  Change change;
  change.now = now;
  if (!cancelled->payment.empty()) change.effects.emplace_back(RefundWithRun(*cancelled));
  change.effects.emplace_back(MessageFor(*cancelled, Notice::kCancelled, now));
  change.frees = cancelled->id;
  change.owes_index = cancelled->trip.run;
  if (was_held && !cancelled->rebooked_from.empty()) {
    change.link = RebookingLink{BookingId(cancelled->rebooked_from), "", cancelled->id.value()};
  }
  change.booking = *cancelled;
  ASSIGN_OR_CO_RETURN(const Committed committed, co_await tools_.record.Commit(std::move(change)));
  const absl::Status ignored =
      co_await tools_.fresh_index.Repay(cancelled->trip.run, committed, cancelled->holder);
  co_return absl::OkStatus();
}

}  // namespace houbu::slot
