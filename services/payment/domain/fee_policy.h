/// Fee policies: what is kept when a ticket or an appointment is given back (W-13).
///
/// A policy is dated data. The one in force when a payment is opened is stored with it and applied
/// to it for ever, whatever is decided later.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/money.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {

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

/// One dated set of rules. `rail` and `appointment` go from the most time left to the least; the
/// last tier takes everything.
struct FeePolicy {
  std::string id;
  absl::Time in_force_from;
  std::int64_t rounding_step;   ///< Fees are rounded to multiples of it, halves up; minor units.
  std::int64_t fee_min;         ///< Of a fee that is not free; never more than the fare.
  int spring_festival_percent;  ///< Of a ticket changed into the Spring Festival period.
  std::vector<FeeTier> rail;
  std::vector<FeeTier> appointment;

  /// Compares all parts.
  friend bool operator==(const FeePolicy& a, const FeePolicy& b) = default;
};

/// Returns what is wrong with a policy, OK for a sound one: INVALID_ARGUMENT naming the member.
absl::Status Validate(const FeePolicy& policy);

/// The `seed` profile: more than 15 days free, 48 h or more 5 %, 24 h or more 10 %, else 20 %;
/// rounded to 0.5 yuan, at least 2 yuan; appointments whole until the window opens. The same data
/// as policies/seed.json.
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
};

/// What a cancellation costs.
struct FeeQuote {
  Money fee;     ///< Of all tickets.
  Money refund;  ///< Of all tickets: fares less fee.
  std::string tier;
  absl::Time holds_until;  ///< From then on another tier may speak; the departure at the end.
};

/// Returns the fee of one ticket at `percent`: rounded to the policy's step (below half of it down,
/// from half up), at least the policy's minimum, never more than the fare; 0 % is free.
absl::StatusOr<Money> FeeOfTicket(const FeePolicy& policy, Money fare, int percent);

/// Returns what `policy` asks for. Times are cut to whole seconds first: a boundary belongs to the
/// second it is in. Refuses kAmountOverflow.
absl::StatusOr<FeeQuote> AssessFee(const FeePolicy& policy, const FareFacts& facts);

/// Returns `quote` for no more than is left of the money: first the refund shrinks, then the fee.
/// Refuses kCurrencyMismatch.
absl::StatusOr<FeeQuote> Within(FeeQuote quote, Money left);

}  // namespace houbu::payment
