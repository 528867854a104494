/// Reconciling: what is due is scheduled, done and, where that is not possible yet, tried again.
#pragma once

#include <string>

#include "libs/base/clock.h"
#include "services/payment/app/bill_comparison.h"
#include "services/payment/app/inquiry_comparison.h"
#include "services/payment/app/reconciliation_ports.h"

namespace houbu::payment {

/// A reconciliation somebody asks for: of a day's bill where there is a day, else of a stretch.
struct ReconciliationOrder {
  Channel channel = Channel::kSandbox;
  std::optional<absl::CivilDay> bill_day;
  absl::Time from;
  absl::Time to;
};

/// Schedules and runs reconciliations.
class Reconciling final {
 public:
  /// What it works on; all outlive it. Every channel of `channels` is looked at by itself.
  Reconciling(ReconciliationStore& store, const Clock& clock, std::vector<Channel> channels,
              BillComparison& bills, InquiryComparison& inquiries, ReconciliationSchedule schedule)
      : store_(store),
        clock_(clock),
        channels_(std::move(channels)),
        bills_(bills),
        inquiries_(inquiries),
        schedule_(schedule) {}

  /// Schedules what has become due and does what is due, a bounded part of it. Fails with the store
  /// only; what a provider cannot answer is tried again later.
  Task<void> Round();

  /// Makes a reconciliation due now, one that was done before too; its answer's bytes come back.
  /// kChannelUnknown, kChannelWithoutBills.
  Task<std::string> Ask(ReconciliationOrder order, Mutation<Reconciliation> mutation);

  /// One; kReconciliationUnknown.
  Task<Reconciliation> Find(ReconciliationId id) { return store_.Load(std::move(id)); }

  /// The latest first.
  Task<std::vector<Reconciliation>> List(Page page) { return store_.List(std::move(page)); }

 private:
  Task<void> ScheduleNew();
  Task<void> Try(Reconciliation due);
  Task<InquiryProgress> Advance(Reconciliation due);

  ReconciliationStore& store_;
  const Clock& clock_;
  std::vector<Channel> channels_;
  BillComparison& bills_;
  InquiryComparison& inquiries_;
  ReconciliationSchedule schedule_;
  absl::Time newest_scheduled_ = absl::InfinitePast();  ///< When the latest of them became due.
};

}  // namespace houbu::payment
