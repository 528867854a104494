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
  const absl::Time last = std::max(departure, cancel);
  for (const FeeTier& tier : tiers) {
    if (!Holds(tier, departure - cancel)) continue;
    if (tier.remaining == -absl::InfiniteDuration()) return {tier.name, tier.percent, last};
    const absl::Duration grace = tier.holds_at_bound ? absl::Seconds(1) : absl::ZeroDuration();
    return {tier.name, tier.percent, departure - tier.remaining + grace};
  }
  return {tiers.back().name, tiers.back().percent, last};
}

Spoken Speak(const FeePolicy& policy, const FareFacts& facts) {
  const absl::Time departure = WholeSecond(facts.departure_time);
  const absl::Time cancel = WholeSecond(facts.cancel_time);
  switch (facts.product) {
    case Product::kRail:
      if (facts.changed_into_spring_festival) {
        return {"SPRING_FESTIVAL", policy.spring_festival_percent, std::max(departure, cancel)};
      }
      return TierOf(policy.rail, departure, cancel);
    case Product::kAppointment:
      return TierOf(policy.appointment, departure, cancel);
    case Product::kPrepayment:
      break;
  }
  return {"FREE", 0, std::max(departure, cancel)};
}

}  // namespace

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
  if (policy.spring_festival_percent < 0 || policy.spring_festival_percent > 100) {
    return absl::InvalidArgumentError("spring_festival_percent is not 0 to 100");
  }
  RETURN_IF_ERROR(ValidateTiers("rail", policy.rail));
  return ValidateTiers("appointment", policy.appointment);
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
      if (policies[j].id == policies[i].id ||
          policies[j].in_force_from == policies[i].in_force_from) {
        return absl::InvalidArgumentError(
            absl::StrCat("policy ", policies[i].id, ": its id or its date is taken"));
      }
    }
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
  return FeeQuote{fee, refund, spoken.tier, spoken.until};
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
