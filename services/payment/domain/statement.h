/// Statements: what a provider says it took and gave back on a day, in our words.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/money.h"
#include "services/payment/domain/payment.h"

namespace houbu::payment {

/// What a line of a statement, a posting or a difference speaks of.
enum class Movement {
  kPayment,  ///< Money taken.
  kRefund,   ///< Money given back.
};

/// "PAYMENT", "REFUND".
absl::string_view NameOf(Movement movement);

/// One line.
struct StatementLine {
  Movement movement = Movement::kPayment;
  std::string provider_order;   ///< The provider's number of the order, of refunds too.
  std::string reference;        ///< The order's name as it was given to the provider.
  PaymentId payment;            ///< Whose; empty where the reference is none of ours.
  std::string merchant_refund;  ///< The refund's name; "" in lines of money taken.
  Money amount;                 ///< Never negative.
  absl::Time time;              ///< When it was done, by the provider.
};

/// All lines of a day, in the provider's order.
using Statement = std::vector<StatementLine>;

/// What both sides call the movement: the provider's number of money taken, our name of money given
/// back.
const std::string& SubjectOf(const StatementLine& line);

}  // namespace houbu::payment
