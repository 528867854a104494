#include "services/payment/app/reconciling.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {
namespace {

// So many are tried in a round: all that an outage of some days, or a clock that jumped, left over.
constexpr int kRoundMax = 500;

// So many steps of an inquiry are done before others have their turn.
constexpr int kStepsMax = 100;

// How long one that could not be done waits.
constexpr absl::Duration kPause = absl::Minutes(5);

// What is kept of a failure: its reason, else its code. Messages may quote what a provider sent.
std::string WordOf(const absl::Status& failure) {
  const std::string reason(ReasonOf(failure));
  return reason.empty() ? absl::StatusCodeToString(failure.code()) : reason;
}

// As it is kept after a step.
Reconciliation After(InquiryProgress progress, absl::Time now) {
  Reconciliation advanced = std::move(progress.reconciliation);
  advanced.failure.clear();
  if (!progress.is_done) return advanced;
  advanced.due_time.reset();
  advanced.finish_time = now;
  advanced.cursor.clear();
  return advanced;
}

}  // namespace

Task<void> Reconciling::Round() {
  CO_RETURN_IF_ERROR(co_await ScheduleNew());
  ASSIGN_OR_CO_RETURN(const std::vector<Reconciliation> due,
                      co_await store_.Due(clock_.Now(), kRoundMax));
  for (const Reconciliation& each : due) CO_RETURN_IF_ERROR(co_await Try(each));
  co_return absl::OkStatus();
}

Task<void> Reconciling::ScheduleNew() {
  const absl::Time now = clock_.Now();
  std::vector<Reconciliation> wanted;
  for (const Channel channel : channels_) {
    std::vector<Reconciliation> due = DueBy(now, channel, bills_.HasBills(channel), schedule_);
    std::move(due.begin(), due.end(), std::back_inserter(wanted));
  }
  absl::Time newest = absl::InfinitePast();
  for (const Reconciliation& each : wanted) newest = std::max(newest, each.first_due_time);
  if (newest == newest_scheduled_) co_return absl::OkStatus();
  CO_RETURN_IF_ERROR(co_await store_.Schedule(std::move(wanted), now));
  newest_scheduled_ = newest;
  co_return absl::OkStatus();
}

Task<void> Reconciling::Try(Reconciliation due) {
  for (int step = 0; step < kStepsMax && due.due_time.has_value(); ++step) {
    absl::StatusOr<InquiryProgress> progress = co_await Advance(due);
    if (progress.ok()) {
      due = After(*std::move(progress), clock_.Now());
    } else {
      due.failure = WordOf(progress.status());
      due.due_time = clock_.Now() + kPause;
    }
    CO_RETURN_IF_ERROR(co_await store_.Save(due));
    if (!due.failure.empty()) break;
  }
  co_return absl::OkStatus();
}

Task<InquiryProgress> Reconciling::Advance(Reconciliation due) {
  if (due.kind == ReconciliationKind::kInquiry) co_return co_await inquiries_.Step(std::move(due));
  due.compared = 0;
  due.repaired = 0;
  due.cases = 0;
  InquiryProgress progress;
  progress.is_done = true;
  ASSIGN_OR_CO_RETURN(progress.reconciliation, co_await bills_.Run(std::move(due)));
  co_return progress;
}

Task<std::string> Reconciling::Ask(ReconciliationOrder order, Mutation<Reconciliation> mutation) {
  const bool is_known =
      std::find(channels_.begin(), channels_.end(), order.channel) != channels_.end();
  if (!is_known) co_return Refuse(kChannelUnknown);
  if (order.bill_day.has_value() && !bills_.HasBills(order.channel)) {
    co_return Refuse(kChannelWithoutBills);
  }
  Reconciliation wanted = order.bill_day.has_value()
                              ? OfBill(order.channel, *order.bill_day, schedule_)
                              : OfInquiry(order.channel, order.from, order.to, schedule_);
  co_return co_await store_.Restart(std::move(wanted), clock_.Now(), std::move(mutation));
}

}  // namespace houbu::payment
