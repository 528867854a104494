/// Reconciliation as a part of the payment service: its settings, and what they become.
#pragma once

#include <vector>

#include "absl/time/time.h"

#include "libs/async/status_macros.h"
#include "libs/process/process.h"
#include "services/payment/app/proposals.h"
#include "services/payment/app/reconciling.h"
#include "services/payment/rpc/proposal_handlers.h"
#include "services/payment/rpc/reconciliation_handlers.h"
#include "services/payment/storage/postgres_case_store.h"
#include "services/payment/storage/postgres_reconciliation_store.h"

namespace houbu::payment {

/// The settings of reconciliation.
struct ReconciliationConfig {
  ReconciliationSchedule schedule;
  absl::Duration interval = absl::Seconds(2);
  absl::Duration alarm_after = absl::Hours(12);

  /// Binds reconciliation.*.
  void Bind(process::Binder& binder) {
    binder.Optional("reconciliation.bill_delay", &schedule.bill_delay,
                    "How long after the end of its day a bill is asked for.");
    binder.Optional("reconciliation.inquiry_delay", &schedule.inquiry_delay,
                    "How long after its end an hour is compared by asking.");
    binder.Optional("reconciliation.interval", &interval, "How often what is due is looked for.");
    binder.Optional("reconciliation.alarm_after", &alarm_after,
                    "How late a reconciliation may be before it counts as overdue.");
  }
};

/// What reconciliation works with.
struct ReconciliationNeeds {
  PaymentStore& payments;
  FactApplication& facts;
  Providers providers;
  BillsByChannel bills;
};

/// Shows what waits for people: open cases, and reconciliations that are late.
class ReconciliationWatch final {
 public:
  /// All outlive it.
  ReconciliationWatch(ReconciliationStore& store, CaseStore& cases, const Clock& clock,
                      observe::Metrics& metrics, absl::Duration alarm_after)
      : store_(store),
        cases_(cases),
        clock_(clock),
        metrics_(metrics),
        alarm_after_(alarm_after),
        overdue_(metrics.AddGauge("houbu_payment_reconciliations_overdue",
                                  "Reconciliations that should have been done long ago.")) {}

  /// Looks once.
  Task<void> Round() {
    ASSIGN_OR_CO_RETURN(const std::int64_t overdue,
                        co_await store_.CountOverdue(clock_.Now() - alarm_after_));
    overdue_.Set(static_cast<double>(overdue));
    ASSIGN_OR_CO_RETURN(const std::vector<OpenCases> counts, co_await cases_.CountOpen());
    for (prometheus::Gauge* const gauge : shown_) gauge->Set(0);
    for (const OpenCases& counted : counts) Show(counted);
    co_return absl::OkStatus();
  }

 private:
  void Show(const OpenCases& counted) {
    const observe::Labels labels{{"channel", std::string(NameOf(counted.channel))},
                                 {"class", std::string(NameOf(counted.difference_class))}};
    prometheus::Gauge& gauge = metrics_.AddGauge(
        "houbu_payment_cases_open", "Differences with providers that wait for people.", labels);
    gauge.Set(static_cast<double>(counted.count));
    shown_.push_back(&gauge);
  }

  ReconciliationStore& store_;
  CaseStore& cases_;
  const Clock& clock_;
  observe::Metrics& metrics_;
  absl::Duration alarm_after_;
  prometheus::Gauge& overdue_;
  std::vector<prometheus::Gauge*> shown_;
};

/// Builds reconciliation, cases and proposals, and has them served.
inline void AddReconciliation(process::Parts& parts, process::Environment& env,
                              const ReconciliationConfig& config,
                              const ReconciliationNeeds& needs) {
  const Clock& clock = env.clock();
  auto& store = parts.Own<PostgresReconciliationStore>(env.postgres(), env.ids());
  auto& cases = parts.Own<PostgresCaseStore>(env.postgres(), env.ids());
  auto& findings = parts.Own<Findings>(store, cases, clock, needs.providers, needs.facts);
  auto& bills = parts.Own<BillComparison>(store, needs.bills, findings);
  auto& inquiries = parts.Own<InquiryComparison>(store, needs.providers, findings);
  std::vector<Channel> channels;
  for (const auto& [channel, provider] : needs.providers) channels.push_back(channel);
  auto& reconciling =
      parts.Own<Reconciling>(store, clock, std::move(channels), bills, inquiries, config.schedule);
  auto& proposals = parts.Own<Proposals>(cases, needs.payments, clock, env.ids());
  parts.Serve<ReconciliationHandlers>(env.seam(), reconciling, cases);
  parts.Serve<ProposalHandlers>(env.seam(), proposals);

  process::Loop comparing;
  comparing.name = "reconciliation";
  comparing.interval = config.interval;
  comparing.round = [&reconciling] { return reconciling.Round(); };
  parts.loops.push_back(std::move(comparing));
  auto& watch =
      parts.Own<ReconciliationWatch>(store, cases, clock, env.metrics(), config.alarm_after);
  process::Loop watching;
  watching.name = "reconciliation_watch";
  watching.interval = absl::Seconds(30);
  watching.round = [&watch] { return watch.Round(); };
  parts.loops.push_back(std::move(watching));
}

}  // namespace houbu::payment
