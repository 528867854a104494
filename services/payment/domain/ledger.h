/// The ledger: every fen accounted for, twice.
///
/// Debits are positive, credits negative; the entries of a transaction sum to zero in each
/// currency. A transaction's key names the one event it records, so no event is posted twice.
///
/// | account | holds |
/// |---|---|
/// | provider_receivable:<channel> | money the provider took for us and has not given back |
/// | customer_prepayments | what customers paid ahead and may get back |
/// | fares | what pays for tickets and appointments |
/// | fees | what was kept at cancellations |
/// | refunds_payable:<channel> | what was decided to go back and has not yet |
/// | suspense:<channel> | money whose owner is not known yet; people post to it |
/// | differences | what was written off or found; people post to it |
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "libs/base/money.h"
#include "services/payment/domain/payment.h"
#include "services/payment/domain/refund.h"

namespace houbu::payment {

/// One line of a transaction.
struct LedgerEntry {
  std::string account;
  Money amount;  ///< Debit positive, credit negative, never zero.

  /// Compares both parts.
  friend bool operator==(const LedgerEntry& a, const LedgerEntry& b) = default;
};

/// One event in the ledger.
struct LedgerTransaction {
  std::string key;    ///< "py-1:captured:po-1": one event, one transaction.
  std::string event;  ///< "CAPTURED", "SETTLED", "RETURNED", "REFUNDED", "ADJUSTED".
  PaymentId payment;  ///< Empty where a case of reconciliation belongs to none.
  absl::Time time;
  std::vector<LedgerEntry> entries;
};

/// Where money stands before it goes back.
enum class Source {
  kPrepayments,  ///< Still a customer's.
  kFares,        ///< Had become a fare.
};

/// Money that a provider took.
struct CapturedMoney {
  Channel channel = Channel::kSandbox;
  std::string order;  ///< The provider's order, as the payment's captures name it.
  Money amount;
};

/// Money arrived: the provider owes it to us; it is `into`.
LedgerTransaction PostCapture(const Payment& payment, const CapturedMoney& money, Source into,
                              absl::Time now);

/// A prepayment pays a fare.
LedgerTransaction PostSettlement(const Payment& payment, Money fare, absl::Time now);

/// It was decided that `refund.amount` goes back and `refund.fee` is kept.
LedgerTransaction PostReturn(const Refund& refund, Source from, absl::Time now);

/// The provider gave a refund back.
LedgerTransaction PostRefunded(const Refund& refund, absl::Time now);

/// Tells whether the entries sum to zero in each currency.
bool IsBalanced(const LedgerTransaction& transaction);

/// The sum of one account.
struct LedgerBalance {
  std::string account;
  Money balance;  ///< Debits less credits.
};

}  // namespace houbu::payment
