#include "services/payment/domain/books.h"

#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace houbu::payment {
namespace {

// What the transactions of one event brought to accounts whose names begin so: debits less credits.
std::int64_t Posted(const PaymentBooks& books, absl::string_view event, absl::string_view account) {
  std::int64_t sum = 0;
  for (const LedgerTransaction& transaction : books.transactions) {
    if (transaction.event != event) continue;
    for (const LedgerEntry& entry : transaction.entries) {
      if (absl::StartsWith(entry.account, account)) sum += entry.amount.minor_units;
    }
  }
  return sum;
}

void Compare(absl::string_view what, std::int64_t kept, std::int64_t posted,
             std::vector<std::string>& faults) {
  if (kept == posted) return;
  faults.push_back(absl::StrCat(what, ": ", kept, " by the payment, ", posted, " by the ledger"));
}

}  // namespace

std::vector<std::string> FaultsIn(const PaymentBooks& books) {
  std::vector<std::string> faults;
  for (const LedgerTransaction& transaction : books.transactions) {
    if (!IsBalanced(transaction)) faults.push_back(transaction.key + " does not balance");
    for (const LedgerEntry& entry : transaction.entries) {
      if (!(entry.amount.currency == books.payment.amount.currency)) {
        faults.push_back(transaction.key + " is in another currency");
      }
    }
  }
  std::int64_t decided = 0;
  std::int64_t kept = 0;
  std::int64_t done = 0;
  for (const Refund& refund : books.refunds) {
    decided += refund.amount.minor_units;
    kept += refund.fee.minor_units;
    if (refund.state == RefundState::kSucceeded) done += refund.amount.minor_units;
  }
  const Payment& payment = books.payment;
  Compare("captured", payment.captured.minor_units,
          Posted(books, "CAPTURED", "provider_receivable:"), faults);
  Compare("decided to go back", payment.returned.minor_units,
          -Posted(books, "RETURNED", "refunds_payable:"), faults);
  Compare("kept as fees", payment.fees.minor_units, -Posted(books, "RETURNED", "fees"), faults);
  Compare("settled as the fare", payment.fare.has_value() ? payment.fare->minor_units : 0,
          -Posted(books, "SETTLED", "fares"), faults);
  Compare("given back", done, -Posted(books, "REFUNDED", "provider_receivable:"), faults);
  if (decided != payment.returned.minor_units) {
    faults.push_back(absl::StrCat("decided to go back: ", payment.returned.minor_units,
                                  " by the payment, ", decided, " by its refunds"));
  }
  // A fee of a payment of which nothing goes back has no refund to stand in.
  if (kept > payment.fees.minor_units) {
    faults.push_back(absl::StrCat("kept as fees: ", payment.fees.minor_units, " by the payment, ",
                                  kept, " by its refunds"));
  }
  return faults;
}

}  // namespace houbu::payment
