#include "services/payment/domain/change_fee.h"

#include <algorithm>
#include <compare>

#include "libs/base/status_macros.h"

namespace houbu::payment {
namespace {

absl::Time WholeSecond(absl::Time time) { return absl::FromUnixSeconds(absl::ToUnixSeconds(time)); }

// What one ticket costs to change, in the currency of both fares.
struct PerTicket {
  Money fee;
  Money difference_fee;
  Money dearer;   // what the new fare is above the old one
  Money cheaper;  // what it is below
};

struct Percents {
  int change = 0;
  int refund = 0;  // of a difference that comes back
};

absl::StatusOr<PerTicket> AssessTicket(const FeePolicy& policy, const ChangeFacts& facts,
                                       Percents percents) {
  ASSIGN_OR_RETURN(const auto order, Compare(facts.fare, facts.new_fare));
  const Money nothing{0, facts.fare.currency};
  PerTicket ticket{nothing, nothing, nothing, nothing};
  const Money& lower = std::is_lt(order) ? facts.fare : facts.new_fare;
  ASSIGN_OR_RETURN(ticket.fee, FeeOfTicket(policy, lower, percents.change));
  if (std::is_lt(order)) {
    ASSIGN_OR_RETURN(ticket.dearer, Subtract(facts.new_fare, facts.fare));
  } else {
    ASSIGN_OR_RETURN(ticket.cheaper, Subtract(facts.fare, facts.new_fare));
    ASSIGN_OR_RETURN(ticket.difference_fee, FeeOfTicket(policy, ticket.cheaper, percents.refund));
  }
  return ticket;
}

}  // namespace

absl::StatusOr<ChangeQuote> AssessChange(const FeePolicy& policy, const ChangeFacts& facts) {
  const absl::Time departure = WholeSecond(facts.departure_time);
  const absl::Time change = WholeSecond(facts.change_time);
  const FeeTier& tier = TierAt(policy.change.tiers, departure - change);
  const bool same_day = policy.change.free_until_travel_day &&
                        facts.new_travel_day <= facts.travel_day && tier.percent > 0;
  Percents percents;
  percents.change = same_day ? 0 : tier.percent;
  if (policy.change.fee_on_difference) {
    percents.refund = TierAt(policy.rail, departure - change).percent;
  }
  ASSIGN_OR_RETURN(const PerTicket ticket, AssessTicket(policy, facts, percents));

  ChangeQuote quote;
  ASSIGN_OR_RETURN(quote.fee, Multiply(ticket.fee, facts.tickets));
  ASSIGN_OR_RETURN(quote.difference_fee, Multiply(ticket.difference_fee, facts.tickets));
  ASSIGN_OR_RETURN(const Money dearer, Multiply(ticket.dearer, facts.tickets));
  ASSIGN_OR_RETURN(const Money cheaper, Multiply(ticket.cheaper, facts.tickets));
  ASSIGN_OR_RETURN(const Money back, Subtract(cheaper, quote.difference_fee));
  ASSIGN_OR_RETURN(const Money owed, Add(dearer, quote.fee));
  // One sum moves, one way.
  ASSIGN_OR_RETURN(Money balance, Subtract(owed, back));
  const Money nothing{0, facts.fare.currency};
  quote.due = balance.minor_units > 0 ? balance : nothing;
  ASSIGN_OR_RETURN(quote.refund, Subtract(quote.due, balance));
  quote.tier = same_day ? "SAME_DAY" : tier.name;
  // What the day makes free stays so, whatever the time.
  quote.holds_until =
      same_day ? std::max(departure, change) : TierEnd(policy.change.tiers, departure, change);
  if (policy.change.fee_on_difference && ticket.cheaper.minor_units > 0) {
    quote.holds_until = std::min(quote.holds_until, TierEnd(policy.rail, departure, change));
  }
  quote.policy = policy.id;
  quote.into_spring_festival = InSpringFestival(policy, facts.new_travel_day);
  quote.later = WholeSecond(facts.new_departure_time) > departure;
  return quote;
}

}  // namespace houbu::payment
