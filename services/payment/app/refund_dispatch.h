/// Refund dispatch: refunds that were decided are asked of the provider until it says done (W-14),
/// as fast as the provider takes it.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

#include "libs/base/clock.h"
#include "services/payment/app/fact_application.h"
#include "services/payment/app/ports.h"
#include "services/payment/domain/pace.h"

namespace houbu::payment {

/// How fast a provider is asked about refunds.
struct RefundDispatchOptions {
  int rate_max = 100;        ///< Requests a second, new refunds and those asked after together.
  int concurrency_max = 16;  ///< So many under way at once.
  /// Hears of every request what it came to: ANSWERED, BUSY, AWAY or FAILED. May be empty.
  std::function<void(absl::string_view outcome)> watch = nullptr;
};

/// Whom to ask next, `count_max` at most: new refunds first of all, and of every four at least one
/// that is asked after, so that neither keeps the other waiting.
std::deque<RefundId> TakeTurns(const RefundsDue& due, int count_max);

/// Asks the provider of one channel for refunds that are due. Channels know nothing of each other:
/// one that is away or slow keeps no other waiting.
class RefundDispatch final {
 public:
  /// What it works on; all outlive it.
  RefundDispatch(PaymentStore& store, const Clock& clock, Channel channel, Provider& provider,
                 FactApplication& facts, RefundDispatchOptions options)
      : store_(store),
        clock_(clock),
        channel_(channel),
        provider_(provider),
        facts_(facts),
        options_(std::move(options)),
        pace_(options_.rate_max) {}

  /// Asks for what is due, about a second's worth at the channel's pace. What cannot be asked is
  /// postponed; an outage of the provider or its word that we are too fast ends the round. After an
  /// outage one is asked at a time until the provider is there again. Fails with the store only.
  Task<void> Round();

 private:
  Task<void> AskInTurn();
  Task<void> WaitForTurn();
  Task<void> Ask(RefundId id);
  Task<RefundFact> AskProvider(Refund refund, Money total);
  Task<std::string> Postpone(RefundId id);
  void Heed(const absl::Status& answered);

  PaymentStore& store_;
  const Clock& clock_;
  const Channel channel_;
  Provider& provider_;
  FactApplication& facts_;
  const RefundDispatchOptions options_;
  Pace pace_;
  std::deque<RefundId> queue_;  // Of this round.
  bool is_away_ = false;
};

}  // namespace houbu::payment
