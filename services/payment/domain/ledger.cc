#include "services/payment/domain/ledger.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

namespace houbu::payment {
namespace {

std::string AccountOf(Source source) {
  switch (source) {
    case Source::kPrepayments:
      return "customer_prepayments";
    case Source::kFares:
      return "fares";
  }
  return "";
}

std::string Receivable(Channel channel) {
  return absl::StrCat("provider_receivable:", NameOf(channel));
}

std::string Payable(Channel channel) { return absl::StrCat("refunds_payable:", NameOf(channel)); }

Money Credit(Money amount) { return Money{-amount.minor_units, amount.currency}; }

void AddEntry(LedgerTransaction& transaction, std::string account, Money amount) {
  if (amount.minor_units == 0) return;
  transaction.entries.push_back(LedgerEntry{std::move(account), amount});
}

}  // namespace

LedgerTransaction PostCapture(const Payment& payment, const CapturedMoney& money, Source into,
                              absl::Time now) {
  LedgerTransaction transaction;
  transaction.key = absl::StrCat(payment.id.value(), ":captured:", money.order);
  transaction.event = "CAPTURED";
  transaction.payment = payment.id;
  transaction.time = now;
  AddEntry(transaction, Receivable(money.channel), money.amount);
  AddEntry(transaction, AccountOf(into), Credit(money.amount));
  return transaction;
}

LedgerTransaction PostSettlement(const Payment& payment, Money fare, absl::Time now) {
  LedgerTransaction transaction;
  transaction.key = absl::StrCat(payment.id.value(), ":settled");
  transaction.event = "SETTLED";
  transaction.payment = payment.id;
  transaction.time = now;
  AddEntry(transaction, AccountOf(Source::kPrepayments), fare);
  AddEntry(transaction, AccountOf(Source::kFares), Credit(fare));
  return transaction;
}

LedgerTransaction PostReturn(const Refund& refund, Source from, absl::Time now) {
  LedgerTransaction transaction;
  transaction.key = absl::StrCat(refund.payment.value(), ":returned:", refund.number);
  transaction.event = "RETURNED";
  transaction.payment = refund.payment;
  transaction.time = now;
  const Money gross{refund.amount.minor_units + refund.fee.minor_units, refund.amount.currency};
  AddEntry(transaction, AccountOf(from), gross);
  AddEntry(transaction, "fees", Credit(refund.fee));
  AddEntry(transaction, Payable(refund.channel), Credit(refund.amount));
  return transaction;
}

LedgerTransaction PostRefunded(const Refund& refund, absl::Time now) {
  LedgerTransaction transaction;
  transaction.key = absl::StrCat(refund.payment.value(), ":refunded:", refund.number);
  transaction.event = "REFUNDED";
  transaction.payment = refund.payment;
  transaction.time = now;
  AddEntry(transaction, Payable(refund.channel), refund.amount);
  AddEntry(transaction, Receivable(refund.channel), Credit(refund.amount));
  return transaction;
}

bool IsBalanced(const LedgerTransaction& transaction) {
  std::map<std::string, std::int64_t> sums;
  for (const LedgerEntry& entry : transaction.entries) {
    sums[std::string(entry.amount.currency.code())] += entry.amount.minor_units;
  }
  for (const auto& [currency, sum] : sums) {
    if (sum != 0) return false;
  }
  return true;
}

}  // namespace houbu::payment
