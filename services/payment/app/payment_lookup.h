/// Looking: payments, refunds and the books as they are.
#pragma once

#include <string>
#include <vector>

#include "services/payment/app/ports.h"
#include "services/payment/app/viewer.h"

namespace houbu::payment {

/// The ledger's sums.
struct TrialSums {
  std::vector<LedgerBalance> accounts;  ///< By account.
  std::vector<Money> imbalances;        ///< By currency; anything but zero is an alarm.
};

/// Answers questions; changes nothing.
class PaymentLookup final {
 public:
  /// What it reads; outlives it.
  explicit PaymentLookup(PaymentStore& store) : store_(store) {}

  /// A payment the viewer may see; kPaymentUnknown.
  Task<Payment> Find(PaymentId id, Viewer viewer);

  /// The viewer's payments, newest first.
  Task<std::vector<Payment>> List(std::string account, Page page);

  /// The refunds of a payment the viewer may see, oldest first; kPaymentUnknown.
  Task<std::vector<Refund>> Refunds(PaymentId id, Viewer viewer, Page page);

  /// How far the refunds of a batch are.
  Task<BatchProgress> Batch(std::string batch);

  /// The books of one payment; kPaymentUnknown.
  Task<PaymentBooks> BooksOf(PaymentId id);

  /// The books of the payments after `after`, by id.
  Task<std::vector<PaymentBooks>> Books(std::string after, int count);

  /// Every account of the ledger and their sums by currency.
  Task<TrialSums> Sums();

 private:
  PaymentStore& store_;
};

}  // namespace houbu::payment
