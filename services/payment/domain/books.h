/// The books of one payment, and whether they tell one story: the payment, its refunds and what was
/// posted for it.
#pragma once

#include <string>
#include <vector>

#include "services/payment/domain/ledger.h"
#include "services/payment/domain/payment.h"
#include "services/payment/domain/refund.h"

namespace houbu::payment {

/// All that is kept of one payment.
struct PaymentBooks {
  Payment payment;
  std::vector<Refund> refunds;                  ///< By number.
  std::vector<LedgerTransaction> transactions;  ///< By time, then key.
};

/// Says what does not agree, one sentence each; nothing where all does: every transaction balances;
/// what was captured, decided to go back, kept as fees, settled and given back was posted, no more.
std::vector<std::string> FaultsIn(const PaymentBooks& books);

}  // namespace houbu::payment
