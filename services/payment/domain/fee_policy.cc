#include "services/payment/domain/fee_policy.h"

#include <algorithm>
#include <compare>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"

namespace houbu::payment {
namespace {

absl::Time WholeSecond(absl::Time time) { return absl::FromUnixSeconds(absl::ToUnixSeconds(time)); }

bool Holds(const FeeTier& tier, absl::Duration remaining) {
  return tier.holds_at_bound ? remaining >= tier.remaining : remaining > tier.remaining;
}

absl::Status ValidateTiers(absl::string_view member, const std::vector<FeeTier>& tiers) {
  if (tiers.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(member, " has no tier"));
  }
  for (std::size_t i = 0; i < tiers.size(); ++i) {
    const std::string where = absl::StrCat(member, "[", i, "]");
    if (tiers[i].name.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(where, ".tier is empty"));
    }
    if (tiers[i].percent < 0 || tiers[i].percent > 100) {
      return absl::InvalidArgumentError(absl::StrCat(where, ".percent is not 0 to 100"));
    }
    if (i > 0 && tiers[i].remaining >= tiers[i - 1].remaining) {
      return absl::InvalidArgumentError(absl::StrCat(where, " is not after the tier before it"));
    }
  }
  if (tiers.back().remaining != -absl::InfiniteDuration()) {
    return absl::InvalidArgumentError(absl::StrCat(member, " needs a last tier without a bound"));
  }
  return absl::OkStatus();
}

struct Spoken {
  std::string tier;
  int percent;
  absl::Time until;
};

Spoken TierOf(const std::vector<FeeTier>& tiers, absl::Time departure, absl::Time cancel) {
  const FeeTier& tier = TierAt(tiers, departure - cancel);
  return {tier.name, tier.percent, TierEnd(tiers, departure, cancel)};
}

// The grace ends with the second named; the quote holds up to the next one. What is free anyway
// uses no grace up.
std::optional<Spoken> Grace(const FeePolicy& policy, const FareFacts& facts, absl::Time departure,
                            absl::Time cancel) {
  if (!policy.grace.has_value() || !facts.grace_from.has_value()) return std::nullopt;
  if (facts.changed_into_spring_festival || facts.left_when_changed_later.has_value()) {
    return std::nullopt;
  }
  const absl::Time last = std::min(WholeSecond(*facts.grace_from) + policy.grace->after_purchase,
                                   departure - policy.grace->before_departure);
  if (cancel > last || TierAt(policy.rail, departure - cancel).percent == 0) return std::nullopt;
  return Spoken{kGraceTier, 0, last + absl::Seconds(1)};
}

Spoken SpeakOfRail(const FeePolicy& policy, const FareFacts& facts, absl::Time departure,
                   absl::Time cancel) {
  const std::optional<Spoken> grace = Grace(policy, facts, departure, cancel);
  if (grace.has_value()) return *grace;
  if (facts.changed_into_spring_festival) {
    return {"SPRING_FESTIVAL", policy.spring_festival_percent, std::max(departure, cancel)};
  }
  Spoken spoken = TierOf(policy.rail, departure, cancel);
  if (policy.later_change.has_value() && facts.left_when_changed_later.has_value() &&
      *facts.left_when_changed_later < policy.later_change->within &&
      spoken.percent < policy.later_change->percent) {
    spoken.tier = "CHANGED_LATER";
    spoken.percent = policy.later_change->percent;
  }
  return spoken;
}

Spoken Speak(const FeePolicy& policy, const FareFacts& facts) {
  const absl::Time departure = WholeSecond(facts.departure_time);
  const absl::Time cancel = WholeSecond(facts.cancel_time);
  switch (facts.product) {
    case Product::kRail:
      return SpeakOfRail(policy, facts, departure, cancel);
    case Product::kAppointment:
      return TierOf(policy.appointment, departure, cancel);
    case Product::kPrepayment:
      break;
  }
  return {"FREE", 0, std::max(departure, cancel)};
}

absl::Status ValidatePercent(absl::string_view member, int percent) {
  if (percent >= 0 && percent <= 100) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(member, " is not 0 to 100"));
}

absl::Status ValidateRange(absl::string_view member, FeeRange range) {
  if (0 <= range.least && range.least <= range.most && range.most <= 1'000'000) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(member, " needs least and most in order, 0 to 1000000"));
}

absl::Status ValidateDays(const std::vector<DayRange>& ranges) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const bool in_order = i == 0 || ranges[i - 1].last < ranges[i].first;
    if (ranges[i].first <= ranges[i].last && in_order) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "spring_festivals[", i, "] ends before it begins, or before the one before it"));
  }
  return absl::OkStatus();
}

absl::Status ValidateExtras(const FeePolicy& policy) {
  if (policy.later_change.has_value()) {
    RETURN_IF_ERROR(ValidatePercent("later_change.percent", policy.later_change->percent));
  }
  RETURN_IF_ERROR(ValidateDays(policy.spring_festivals));
  RETURN_IF_ERROR(ValidateRange("service_fee_fen", policy.service));
  return ValidateRange("expedite_fee_fen", policy.expedite);
}

}  // namespace

const FeeTier& TierAt(const std::vector<FeeTier>& tiers, absl::Duration remaining) {
  for (const FeeTier& tier : tiers) {
    if (Holds(tier, remaining)) return tier;
  }
  return tiers.back();
}

absl::Time TierEnd(const std::vector<FeeTier>& tiers, absl::Time departure, absl::Time at) {
  const FeeTier& tier = TierAt(tiers, departure - at);
  if (tier.remaining == -absl::InfiniteDuration()) return std::max(departure, at);
  const absl::Duration grace = tier.holds_at_bound ? absl::Seconds(1) : absl::ZeroDuration();
  return departure - tier.remaining + grace;
}

// Without summer time since 1991, so that no table of zones is needed.
absl::TimeZone RailwayZone() { return absl::FixedTimeZone(8 * 60 * 60); }

bool InSpringFestival(const FeePolicy& policy, absl::CivilDay day) {
  return std::any_of(policy.spring_festivals.begin(), policy.spring_festivals.end(),
                     [day](const DayRange& range) { return range.Contains(day); });
}

absl::Status Validate(const FeePolicy& policy) {
  if (policy.id.empty() || policy.id.size() > 63) {
    return absl::InvalidArgumentError("id is not 1 to 63 characters");
  }
  if (policy.rounding_step < 1 || policy.rounding_step > 100'000) {
    return absl::InvalidArgumentError("rounding_step_fen is not 1 to 100000");
  }
  if (policy.fee_min < 0 || policy.fee_min > 1'000'000) {
    return absl::InvalidArgumentError("fee_min_fen is not 0 to 1000000");
  }
  RETURN_IF_ERROR(ValidatePercent("spring_festival_percent", policy.spring_festival_percent));
  RETURN_IF_ERROR(ValidateTiers("rail", policy.rail));
  RETURN_IF_ERROR(ValidateTiers("appointment", policy.appointment));
  RETURN_IF_ERROR(ValidateTiers("change", policy.change.tiers));
  return ValidateExtras(policy);
}

const FeePolicy& SeedPolicy() {
  static const FeePolicy* const kSeed = new FeePolicy{
      .id = "seed",
      .in_force_from = absl::FromUnixSeconds(1546272000),  // 2019-01-01 in Shanghai
      .rounding_step = 50,
      .fee_min = 200,
      .spring_festival_percent = 20,
      .rail = {{"FREE", absl::Hours(15 * 24), false, 0},
               {"FIVE_PERCENT", absl::Hours(48), true, 5},
               {"TEN_PERCENT", absl::Hours(24), true, 10},
               {"TWENTY_PERCENT", -absl::InfiniteDuration(), true, 20}},
      .appointment = {{"FREE", absl::ZeroDuration(), false, 0},
                      {"FORFEITED", -absl::InfiniteDuration(), true, 100}},
      .spring_festivals = {{absl::CivilDay(2025, 1, 14), absl::CivilDay(2025, 2, 22)},
                           {absl::CivilDay(2026, 2, 2), absl::CivilDay(2026, 3, 13)},
                           {absl::CivilDay(2027, 1, 22), absl::CivilDay(2027, 3, 2)}},
      .change = {.tiers = {{"FREE", -absl::InfiniteDuration(), true, 0}}},
      .later_change = std::nullopt,
      .grace = std::nullopt,
      .service = {1000, 5000},
      .expedite = {1000, 10000},
  };
  return *kSeed;
}

PolicyBook::PolicyBook() : policies_({SeedPolicy()}) {}

absl::StatusOr<PolicyBook> PolicyBook::Of(std::vector<FeePolicy> policies) {
  if (policies.empty()) {
    return absl::InvalidArgumentError("there is no policy");
  }
  std::stable_sort(policies.begin(), policies.end(), [](const FeePolicy& a, const FeePolicy& b) {
    return a.in_force_from < b.in_force_from;
  });
  for (std::size_t i = 0; i < policies.size(); ++i) {
    const absl::Status sound = Validate(policies[i]);
    if (!sound.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("policy ", policies[i].id, ": ", sound.message()));
    }
    for (std::size_t j = 0; j < i; ++j) {
      const bool same_date = policies[j].in_force_from == policies[i].in_force_from &&
                             policies[i].in_force_from != absl::InfiniteFuture();
      if (policies[j].id == policies[i].id || same_date) {
        return absl::InvalidArgumentError(
            absl::StrCat("policy ", policies[i].id, ": its id or its date is taken"));
      }
    }
  }
  if (policies.front().in_force_from == absl::InfiniteFuture()) {
    return absl::InvalidArgumentError("no policy has the date from which it is in force");
  }
  return PolicyBook(std::move(policies));
}

const FeePolicy& PolicyBook::InForceAt(absl::Time time) const {
  const FeePolicy* in_force = &policies_.front();
  for (const FeePolicy& policy : policies_) {
    if (policy.in_force_from <= time) in_force = &policy;
  }
  return *in_force;
}

absl::StatusOr<FeePolicy> PolicyBook::Find(absl::string_view id) const {
  for (const FeePolicy& policy : policies_) {
    if (absl::string_view(policy.id) == id) return policy;
  }
  return Refuse(kPolicyUnknown, {{"policy", std::string(id)}});
}

absl::StatusOr<Money> FeeOfTicket(const FeePolicy& policy, Money fare, int percent) {
  if (percent == 0 || fare.minor_units <= 0) return Money{0, fare.currency};
  // In hundredths of a minor unit, so that nothing is lost before the one rounding.
  ASSIGN_OR_RETURN(const Money exact, Multiply(fare, percent));
  const std::int64_t step = policy.rounding_step * 100;
  ASSIGN_OR_RETURN(const Money raised, Add(exact, Money{step / 2, fare.currency}));
  const std::int64_t rounded = raised.minor_units / step * policy.rounding_step;
  return Money{std::min(std::max(rounded, policy.fee_min), fare.minor_units), fare.currency};
}

absl::StatusOr<FeeQuote> AssessFee(const FeePolicy& policy, const FareFacts& facts) {
  const Spoken spoken = Speak(policy, facts);
  ASSIGN_OR_RETURN(const Money fee_each, FeeOfTicket(policy, facts.fare, spoken.percent));
  ASSIGN_OR_RETURN(const Money fares, Multiply(facts.fare, facts.tickets));
  ASSIGN_OR_RETURN(const Money fee, Multiply(fee_each, facts.tickets));
  ASSIGN_OR_RETURN(const Money refund, Subtract(fares, fee));
  return FeeQuote{fee, refund, spoken.tier, spoken.until, policy.id};
}

absl::Status CheckWithin(Money fare, int tickets, Money left) {
  ASSIGN_OR_RETURN(const Money fares, Multiply(fare, tickets));
  ASSIGN_OR_RETURN(const auto fit, Compare(fares, left));
  if (std::is_lteq(fit)) return absl::OkStatus();
  return Refuse(kAboveRest, {{"field", "fare"}, {"left", FormatYuan(left)}});
}

absl::StatusOr<FeeQuote> Within(FeeQuote quote, Money left) {
  ASSIGN_OR_RETURN(const Money fares, Add(quote.fee, quote.refund));
  ASSIGN_OR_RETURN(const auto fit, Compare(fares, left));
  const Money gross = std::is_lt(fit) ? fares : left;
  quote.fee.minor_units = std::min(quote.fee.minor_units, gross.minor_units);
  ASSIGN_OR_RETURN(quote.refund, Subtract(gross, quote.fee));
  return quote;
}

}  // namespace houbu::payment
