/// What operators see of the payment service: its providers, callbacks, refunds and money.
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>

#include "libs/async/status_macros.h"
#include "libs/observe/log.h"
#include "libs/observe/metrics.h"
#include "libs/process/process.h"
#include "services/payment/app/measured_provider.h"
#include "services/payment/app/money_figures.h"
#include "services/payment/rpc/callback_endpoint.h"

namespace houbu::payment {

/// Counts and times the calls of a channel's provider.
inline ProviderCallSeen MeasureInto(observe::Metrics& metrics, Channel channel) {
  return [&metrics, channel](const ProviderCall& call) {
    const observe::Labels labels{{"channel", std::string(NameOf(channel))},
                                 {"method", std::string(call.method)},
                                 {"outcome", std::string(call.outcome)}};
    metrics
        .AddHistogram("houbu_payment_provider_call_seconds",
                      "Calls of providers by what they came to, and how long they took.",
                      observe::CallDurationBuckets(), labels)
        .Observe(absl::ToDoubleSeconds(call.took));
  };
}

/// Counts what requests about refunds of a channel came to.
inline std::function<void(absl::string_view)> CountRefundRequests(observe::Metrics& metrics,
                                                                  Channel channel) {
  return [&metrics, channel](absl::string_view outcome) {
    const observe::Labels labels{{"channel", std::string(NameOf(channel))},
                                 {"outcome", std::string(outcome)}};
    metrics
        .AddCounter("houbu_payment_refund_requests_total",
                    "Requests about refunds by what they came to.", labels)
        .Increment();
  };
}

/// Counts what became of a channel's callbacks, and those that speak of what we do not know.
inline CallbackCounter CountInto(observe::Metrics& metrics, Channel channel) {
  const std::string name(NameOf(channel));
  prometheus::Counter& unmatched = metrics.AddCounter(
      "houbu_payment_unmatched_facts_total",
      "Proven callbacks that speak of payments or refunds nobody knows.", {{"channel", name}});
  return [&metrics, &unmatched, name](absl::string_view outcome) {
    const observe::Labels labels{{"channel", name}, {"outcome", std::string(outcome)}};
    metrics.AddCounter("houbu_payment_callbacks_total", "Callbacks by what became of them.", labels)
        .Increment();
    if (outcome == "UNKNOWN") unmatched.Increment();
    if (outcome != "ACCEPTED") {
      observe::Log(observe::Level::kWarning, "callback_not_taken",
                   {{"channel", name}, {"reason", outcome}});
    }
  };
}

/// The figures of money that are read from the record.
class MoneyGauges final {
 public:
  /// Shows them in `metrics`, which outlives it, for these channels and those the record names.
  MoneyGauges(observe::Metrics& metrics, const Providers& providers) : metrics_(metrics) {
    for (const auto& [channel, provider] : providers) channels_.insert(channel);
  }

  /// Takes over how the money stands.
  void Show(const MoneyFigures& figures, absl::Time now) {
    ShowLedger(figures.ledger);
    for (const auto& [channel, count] : figures.payments_in_flight) channels_.insert(channel);
    for (const RefundsInFlight& each : figures.refunds_in_flight) channels_.insert(each.channel);
    for (const Channel channel : channels_) ShowInFlight(channel, figures, now);
  }

 private:
  void ShowLedger(const std::vector<LedgerTurnover>& ledger) {
    for (const auto& [key, sums] : SumsByChannel(ledger)) {
      const observe::Labels labels{{"channel", key.first}, {"currency", key.second}};
      Set("houbu_payment_captured_minor_units", "Money that ever came, by the ledger.", labels,
          sums.captured.minor_units);
      Set("houbu_payment_refunded_minor_units", "Of it, what went back.", labels,
          sums.refunded.minor_units);
    }
    for (const auto& [currency, sum] : Imbalances(ledger)) {
      if (sum != 0) {
        observe::Log(observe::Level::kError, "ledger_imbalance",
                     {{"currency", currency}, {"minor_units", sum}});
      }
      Set("houbu_payment_ledger_imbalance_minor_units", "The sum of the whole ledger: always 0.",
          {{"currency", currency}}, sum);
    }
  }

  void ShowInFlight(Channel channel, const MoneyFigures& figures, absl::Time now) {
    const observe::Labels labels{{"channel", std::string(NameOf(channel))}};
    const auto waiting = figures.payments_in_flight.find(channel);
    std::int64_t count = 0;
    std::int64_t amount = 0;
    absl::Time oldest = now;
    for (const RefundsInFlight& each : figures.refunds_in_flight) {
      if (each.channel != channel) continue;
      count += each.count;
      amount += each.amount.minor_units;
      oldest = std::min(oldest, each.oldest);
    }
    Set("houbu_payment_in_flight", "Payments that a provider waits for.", labels,
        waiting == figures.payments_in_flight.end() ? 0 : waiting->second);
    Set("houbu_payment_refunds_in_flight", "Refunds that were decided and are not done.", labels,
        count);
    Set("houbu_payment_refunds_in_flight_minor_units", "How much they are together.", labels,
        amount);
    Set("houbu_payment_refunds_oldest_age_seconds", "How long ago the first of them was decided.",
        labels, absl::ToInt64Seconds(now - oldest));
  }

  void Set(const char* name, const char* help, const observe::Labels& labels, std::int64_t value) {
    metrics_.AddGauge(name, help, labels).Set(static_cast<double>(value));
  }

  observe::Metrics& metrics_;
  std::set<Channel> channels_;
};

/// One look at the record.
inline async::Task<void> WatchMoney(MoneyReader& reader, const Clock& clock, MoneyGauges& gauges) {
  ASSIGN_OR_CO_RETURN(const MoneyFigures figures, co_await reader.Read());
  gauges.Show(figures, clock.Now());
  co_return absl::OkStatus();
}

/// One look for refunds that somebody must look at.
inline async::Task<void> WatchStuckRefunds(PaymentStore& store, absl::Time decided_before,
                                           prometheus::Gauge& gauge) {
  ASSIGN_OR_CO_RETURN(const std::int64_t stuck, co_await store.CountStuckRefunds(decided_before));
  if (stuck > 0) observe::Log(observe::Level::kError, "refunds_stuck", {{"count", stuck}});
  gauge.Set(static_cast<double>(stuck));
  co_return absl::OkStatus();
}

/// Looks at the money every `interval`.
inline void AddMoneyWatch(process::Parts& parts, process::Environment& env, MoneyReader& reader,
                          const Providers& providers, absl::Duration interval) {
  auto& gauges = parts.Own<MoneyGauges>(env.metrics(), providers);
  const Clock& clock = env.clock();
  process::Loop watch;
  watch.name = "money_figures";
  watch.interval = interval;
  watch.round = [&reader, &clock, &gauges] { return WatchMoney(reader, clock, gauges); };
  parts.loops.push_back(std::move(watch));
}

/// Looks for refunds that take longer than `alarm_after`.
inline void AddStuckWatch(process::Parts& parts, process::Environment& env, PaymentStore& store,
                          absl::Duration alarm_after) {
  prometheus::Gauge& gauge = env.metrics().AddGauge(
      "houbu_payment_refunds_stuck", "Refunds the provider cannot make or has not made for long.");
  const Clock& clock = env.clock();
  process::Loop watch;
  watch.name = "stuck_refunds";
  watch.interval = absl::Seconds(30);
  watch.round = [&store, &gauge, &clock, alarm_after] {
    return WatchStuckRefunds(store, clock.Now() - alarm_after, gauge);
  };
  parts.loops.push_back(std::move(watch));
}

}  // namespace houbu::payment
