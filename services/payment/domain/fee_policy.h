/// Fee policies: what is kept when a ticket or an appointment is given back (W-13).
///
/// A policy is dated data. The one in force when a payment is opened is stored with it and applied
/// to it for ever, whatever is decided later.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/base/money.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {

/// The most a fare or a payment may be: ten million yuan.
inline constexpr std::int64_t kFareMax = 1'000'000'000;

/// The tier that speaks for a refund right after the purchase.
inline constexpr char kGraceTier[] = "GRACE";

/// The zone the railway counts its days in: Beijing time.
absl::TimeZone RailwayZone();

/// What is paid for.
enum class Product { kRail, kAppointment, kPrepayment };

/// A stretch of time before departure and the fee that holds in it.
struct FeeTier {
  std::string name;          ///< UPPER_SNAKE, shown to callers: "FIVE_PERCENT".
  absl::Duration remaining;  ///< Time left to departure from which the tier holds.
  bool holds_at_bound;       ///< Whether exactly `remaining` still belongs to the tier.
  int percent;               ///< Of the fare; 0 to 100.

  /// Compares all parts.
  friend bool operator==(const FeeTier& a, const FeeTier& b) = default;
};

/// Days, both of them included, in the railway's own zone.
struct DayRange {
  absl::CivilDay first;
  absl::CivilDay last;

  /// Tells whether `day` is one of them.
  bool Contains(absl::CivilDay day) const { return first <= day && day <= last; }

  /// Compares both days.
  friend bool operator==(const DayRange& a, const DayRange& b) = default;
};

/// What a change of train costs.
struct ChangeRules {
  /// From the most time left to the least, as for refunds; percents of the lower of both fares.
  std::vector<FeeTier> tiers;
  bool free_until_travel_day = false;  ///< Onto a train of the ticket's day or before: free.
  bool fee_on_difference = false;      ///< What comes back of a dearer fare pays the refund fee.

  /// Compares all parts.
  friend bool operator==(const ChangeRules& a, const ChangeRules& b) = default;
};

/// A ticket changed to a later train when little time was left is not refunded for less.
struct LaterChangeRule {
  absl::Duration within;  ///< Less than this was left to the departure of the first train.
  int percent;            ///< The least that is kept.

  /// Compares both.
  friend bool operator==(const LaterChangeRule& a, const LaterChangeRule& b) = default;
};

/// A ticket given back right after it was bought is refunded whole, once per person and day: who
/// paid, and the day it is given back.
struct GraceRule {
  absl::Duration after_purchase;    ///< No later than this after it was bought.
  absl::Duration before_departure;  ///< No later than this before departure.

  /// Compares both.
  friend bool operator==(const GraceRule& a, const GraceRule& b) = default;
};

/// What a fee set by whoever charges it may be, in minor units; both zero where there is none.
struct FeeRange {
  std::int64_t least = 0;
  std::int64_t most = 0;

  /// Compares both.
  friend bool operator==(FeeRange a, FeeRange b) = default;
};

/// One dated set of rules. `rail` and `appointment` go from the most time left to the least;
/// the last tier takes everything.
struct FeePolicy {
  std::string id;
  /// absl::InfiniteFuture() for one that is known but not in force: for quotes.
  absl::Time in_force_from;
  std::int64_t rounding_step;   ///< Fees are rounded to multiples of it, halves up; minor units.
  std::int64_t fee_min;         ///< Of a fee that is not free; never more than the fare.
  int spring_festival_percent;  ///< Of a ticket changed into the Spring Festival period.
  std::vector<FeeTier> rail;
  std::vector<FeeTier> appointment;
  std::vector<DayRange> spring_festivals;  ///< In order; none overlap.
  ChangeRules change;
  std::optional<LaterChangeRule> later_change;
  std::optional<GraceRule> grace;
  FeeRange service;   ///< Of an appointment (R-24).
  FeeRange expedite;  ///< Of an appointment that cannot wait (R-18).

  /// Compares all parts.
  friend bool operator==(const FeePolicy& a, const FeePolicy& b) = default;
};

/// Returns what is wrong with a policy, OK for a sound one: INVALID_ARGUMENT naming the member.
absl::Status Validate(const FeePolicy& policy);

/// Returns the tier that speaks with `remaining` left; sound tiers always have one.
const FeeTier& TierAt(const std::vector<FeeTier>& tiers, absl::Duration remaining);

/// Returns the time from which another tier than that of `at` speaks: `departure` for the last.
absl::Time TierEnd(const std::vector<FeeTier>& tiers, absl::Time departure, absl::Time at);

/// Tells whether `day` is in a Spring Festival period of the policy.
bool InSpringFestival(const FeePolicy& policy, absl::CivilDay day);

/// The `seed` profile: more than 15 days free, 48 h or more 5 %, 24 h or more 10 %, else 20 %;
/// rounded to 0.5 yuan, at least 2 yuan; changes free, appointments whole until the window opens.
/// Data as in policies/policies.json.
const FeePolicy& SeedPolicy();

/// The policies a service knows, old ones included.
class PolicyBook final {
 public:
  /// Holds the seed policy alone.
  PolicyBook();

  /// Takes policies; refuses an empty list, unsound ones and doubled ids or dates.
  static absl::StatusOr<PolicyBook> Of(std::vector<FeePolicy> policies);

  /// The policy in force at `time`: the one that began last. Before the first, the first.
  const FeePolicy& InForceAt(absl::Time time) const;

  /// The policy called `id`; kPolicyUnknown.
  absl::StatusOr<FeePolicy> Find(absl::string_view id) const;

  /// All of them, oldest first.
  const std::vector<FeePolicy>& policies() const { return policies_; }

 private:
  explicit PolicyBook(std::vector<FeePolicy> policies) : policies_(std::move(policies)) {}

  std::vector<FeePolicy> policies_;
};

/// The facts a fee depends on. The fee is taken per ticket.
struct FareFacts {
  Product product = Product::kRail;
  Money fare;       ///< Of one ticket.
  int tickets = 1;  ///< 1 to 9.
  absl::Time departure_time;
  absl::Time cancel_time;
  bool changed_into_spring_festival = false;
  /// When the ticket was bought, where its owner may still be given the grace of today.
  std::optional<absl::Time> grace_from;
  /// Where the ticket was changed to a later train: how much time was left to the first one.
  std::optional<absl::Duration> left_when_changed_later;
};

/// What a cancellation costs.
struct FeeQuote {
  Money fee;     ///< Of all tickets.
  Money refund;  ///< Of all tickets: fares less fee.
  std::string tier;
  absl::Time holds_until;  ///< From then on another tier may speak; the departure at the end.
  std::string policy{};    ///< The id of the policy that spoke.
};

/// Returns the fee of one ticket at `percent`: rounded to the policy's step (below half of it down,
/// from half up), at least the policy's minimum, never more than the fare; 0 % is free.
absl::StatusOr<Money> FeeOfTicket(const FeePolicy& policy, Money fare, int percent);

/// Returns what `policy` asks for. Times are cut to whole seconds first: a boundary belongs to the
/// second it is in. Refuses kAmountOverflow.
absl::StatusOr<FeeQuote> AssessFee(const FeePolicy& policy, const FareFacts& facts);

/// Refuses kAboveRest, naming the fare, when `tickets` at `fare` are more than what is `left` of a
/// payment; kCurrencyMismatch, kAmountOverflow.
absl::Status CheckWithin(Money fare, int tickets, Money left);

/// Returns `quote` for no more than is left of the money: first the refund shrinks, then the fee.
/// Refuses kCurrencyMismatch.
absl::StatusOr<FeeQuote> Within(FeeQuote quote, Money left);

}  // namespace houbu::payment
