/// Differences between the three that must agree: the provider's word, the ledger, and our payments
/// with their refunds. Pure: what is compared is given, what is found is listed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "libs/base/money.h"
#include "services/payment/domain/books.h"
#include "services/payment/domain/statement.h"
#include "services/payment/domain/transitions.h"

namespace houbu::payment {

/// How the sides differ.
enum class DifferenceClass {
  kMissingHere,   ///< The provider moved money that we have not booked.
  kMissingThere,  ///< We booked money that the provider does not know.
  kAmount,        ///< Both have it, with other amounts; said twice counts twice.
  kState,         ///< Both have it, and it stands elsewhere.
  kUnknownOrder,  ///< The provider moved money for an order that is none of ours.
};

/// "MISSING_HERE", "MISSING_THERE", "AMOUNT", "STATE", "UNKNOWN_ORDER".
absl::string_view NameOf(DifferenceClass difference_class);

/// One difference. Class, channel, movement and subject name it: found again it is the same.
struct Difference {
  DifferenceClass difference_class = DifferenceClass::kState;
  Channel channel = Channel::kSandbox;
  Movement movement = Movement::kPayment;
  std::string subject;          ///< As SubjectOf(StatementLine); the payment's id for its books.
  PaymentId payment;            ///< Empty for unknown orders.
  std::optional<Money> ours;    ///< What we booked.
  std::optional<Money> theirs;  ///< What the provider says.
  std::string detail;           ///< A sentence for whoever looks.
};

/// Tells whether the provider's own word, asked for again and applied, can settle it: money that
/// came and we did not hear of, and a refund that is further there than here. All else is for
/// people.
bool CanBeRepaired(const Difference& difference);

/// Compares the books of a payment with everything statements of `channel` say of it.
std::vector<Difference> CompareWithStatement(Channel channel, const PaymentBooks& books,
                                             const Statement& lines);

/// A line whose order is none of ours.
Difference UnknownOrder(Channel channel, const StatementLine& line);

/// Something we booked that no statement has.
Difference NotStated(Channel channel, const PaymentId& payment, Movement movement,
                     const std::string& subject, Money ours);

/// Compares the books of a payment with where the provider of `channel` says its order stands.
std::vector<Difference> CompareWithOrder(Channel channel, const PaymentBooks& books,
                                         const OrderFact& fact);

/// Compares a refund, and what was posted for it, with where the provider says it stands.
std::vector<Difference> CompareWithRefund(const PaymentBooks& books, const Refund& refund,
                                          const RefundFact& fact);

/// What the payment and its own postings disagree in: FaultsIn, as differences.
std::vector<Difference> CompareWithin(const PaymentBooks& books);

/// The key of the transaction that booked what a difference speaks of; "" where nothing did.
std::string PostingOf(const PaymentBooks& books, const Difference& difference);

}  // namespace houbu::payment
