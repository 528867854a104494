#include "services/payment/app/refunding.h"

#include <functional>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/payment/app/asked_policy.h"
#include "services/payment/app/races.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {
namespace {

// More refunds than any payment has.
constexpr int kRefundsMax = 10'000;

// What the answer shows: the refund decided, or that nothing goes back.
Refund ShownRefund(const Change& change, const Payment& before, const ReturnOrder& order,
                   absl::Time now) {
  if (!change.refunds.empty()) return change.refunds.back();
  Refund none;
  none.payment = change.payment.id;
  none.amount = Money{0, change.payment.amount.currency};
  none.fee = Money{change.payment.fees.minor_units - before.fees.minor_units,
                   change.payment.amount.currency};
  none.reason = order.reason;
  none.batch = order.batch;
  none.state = RefundState::kSucceeded;
  none.create_time = now;
  return none;
}

absl::Status CheckMayRefund(const Payment& payment, const RefundCommand& command) {
  if (payment.opener == command.service) return absl::OkStatus();
  if (payment.product != Product::kPrepayment) return Refuse(kPaymentUnknown);
  // Whoever was served out of a prepayment may refund once it is settled.
  return payment.fare.has_value() ? absl::OkStatus() : Refuse(kNotSettledYet);
}

absl::CivilDay CancelDay(const FareFacts& facts) {
  return absl::ToCivilDay(facts.cancel_time, RailwayZone());
}

std::optional<GraceUse> GraceUsed(const Payment& payment, const std::optional<FeeQuote>& quote,
                                  const std::optional<FareFacts>& facts) {
  if (!quote.has_value() || quote->tier != kGraceTier) return std::nullopt;
  return GraceUse{payment.account, CancelDay(*facts)};
}

}  // namespace

Task<std::string> Refunding::Refund(RefundCommand command,
                                    Mutation<houbu::payment::Refund> mutation) {
  std::function<Task<std::string>()> attempt = [this, command, mutation] {
    return Once(command, mutation);
  };
  co_return co_await async::Retry<std::string>(kRaces, std::move(attempt));
}

Task<std::string> Refunding::Once(RefundCommand command,
                                  Mutation<houbu::payment::Refund> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> known, co_await store_.FindAnswer(mutation.key));
  if (known.has_value()) co_return *std::move(known);
  ASSIGN_OR_CO_RETURN(const Payment before, co_await store_.Load(command.id));
  CO_RETURN_IF_ERROR(CheckMayRefund(before, command));

  const absl::Time now = clock_.Now();
  Change change;
  ReturnOrder order;
  order.reason = command.reason;
  order.batch = command.batch;
  if (before.state == PaymentState::kSucceeded) {
    if (command.facts.has_value()) {
      FareFacts facts = *command.facts;
      ASSIGN_OR_CO_RETURN(order.quote, co_await Assess(before, facts));
    }
    ASSIGN_OR_CO_RETURN(change, Return(before, order, now));
    change.grace = GraceUsed(before, order.quote, command.facts);
  } else {
    change = ReturnOnArrival(before, order, now);
  }
  if (change.changed) ++change.payment.version;
  Commitment commitment;
  commitment.now = now;
  commitment.traceparent = command.traceparent;
  const houbu::payment::Refund shown = ShownRefund(change, before, order, now);
  commitment.answer = Answer{mutation.key, mutation.render(shown)};
  co_return co_await store_.Commit(std::move(change), std::move(commitment));
}

Task<FeeQuote> Refunding::Quote(QuoteQuestion question) {
  if (!question.id.has_value()) {
    ASSIGN_OR_CO_RETURN(const FeePolicy asked,
                        AskedPolicy(policies_, question.profile, clock_.Now()));
    co_return AssessFee(asked, question.facts);
  }
  ASSIGN_OR_CO_RETURN(const Payment payment, co_await store_.Load(*question.id));
  CO_RETURN_IF_ERROR(CheckVisible(payment, question.viewer));
  FareFacts facts = question.facts;
  co_return co_await Assess(payment, facts);
}

// Who was served out of a prepayment has waited and meant it: no grace.
Task<FeeQuote> Refunding::Assess(Payment payment, FareFacts facts) {
  ASSIGN_OR_CO_RETURN(const FeePolicy policy, policies_.Find(payment.policy));
  ASSIGN_OR_CO_RETURN(const Money left, Left(payment));
  if (!CheckWithin(facts.fare, facts.tickets, left).ok()) {
    // What people gave back before is no reason to refuse the rest.
    ASSIGN_OR_CO_RETURN(const Money by_hand, co_await ReturnedByHand(payment.id));
    ASSIGN_OR_CO_RETURN(const Money before, Add(left, by_hand));
    CO_RETURN_IF_ERROR(CheckWithin(facts.fare, facts.tickets, before));
  }
  facts.grace_from.reset();
  if (policy.grace.has_value() && payment.product == Product::kRail) {
    const absl::CivilDay day = CancelDay(facts);
    ASSIGN_OR_CO_RETURN(const bool used, co_await store_.HasUsedGrace(payment.account, day));
    if (!used) facts.grace_from = payment.pay_time;
  }
  ASSIGN_OR_CO_RETURN(const FeeQuote quote, AssessFee(policy, facts));
  co_return Within(quote, left);
}

Task<Money> Refunding::ReturnedByHand(PaymentId id) {
  Page page;
  page.size = kRefundsMax;
  ASSIGN_OR_CO_RETURN(const std::vector<houbu::payment::Refund> refunds,
                      co_await store_.ListRefunds(std::move(id), std::move(page)));
  Money sum;
  for (const houbu::payment::Refund& refund : refunds) {
    if (refund.reason != RefundReason::kByHand) continue;
    sum.currency = refund.amount.currency;
    ASSIGN_OR_CO_RETURN(sum, Add(sum, refund.amount));
  }
  co_return sum;
}

}  // namespace houbu::payment
