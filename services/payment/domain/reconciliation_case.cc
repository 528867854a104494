#include "services/payment/domain/reconciliation_case.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace houbu::payment {
namespace {

constexpr std::array<absl::string_view, 4> kWhole = {"customer_prepayments", "fares", "fees",
                                                     "differences"};
constexpr std::array<absl::string_view, 3> kByChannel = {"provider_receivable", "refunds_payable",
                                                         "suspense"};

bool IsOneOf(absl::string_view name, absl::Span<const absl::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string NameOf(const CaseId& id) { return absl::StrCat("cases/", id.value()); }

bool IsAdjustable(absl::string_view account) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(account, absl::MaxSplits(':', 1));
  if (account.find(':') == absl::string_view::npos) return IsOneOf(account, kWhole);
  return IsOneOf(parts.first, kByChannel) && ChannelNamed(parts.second).has_value();
}

LedgerTransaction PostAdjustment(const Case& closed, const Adjustment& adjustment, absl::Time now) {
  LedgerTransaction transaction;
  transaction.key = absl::StrCat(closed.id.value(), ":adjusted");
  transaction.event = "ADJUSTED";
  transaction.payment = closed.difference.payment;
  transaction.time = now;
  const Money& amount = adjustment.amount;
  transaction.entries.push_back(LedgerEntry{adjustment.debit, amount});
  transaction.entries.push_back(
      LedgerEntry{adjustment.credit, Money{-amount.minor_units, amount.currency}});
  return transaction;
}

}  // namespace houbu::payment
