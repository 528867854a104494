#include "services/payment/app/payment_lookup.h"

#include <map>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {

Task<Payment> PaymentLookup::Find(PaymentId id, Viewer viewer) {
  ASSIGN_OR_CO_RETURN(Payment payment, co_await store_.Load(std::move(id)));
  CO_RETURN_IF_ERROR(CheckVisible(payment, viewer));
  co_return payment;
}

Task<std::vector<Payment>> PaymentLookup::List(std::string account, Page page) {
  return store_.List(std::move(account), std::move(page));
}

Task<std::vector<Refund>> PaymentLookup::Refunds(PaymentId id, Viewer viewer, Page page) {
  ASSIGN_OR_CO_RETURN(const Payment payment, co_await store_.Load(id));
  CO_RETURN_IF_ERROR(CheckVisible(payment, viewer));
  co_return co_await store_.ListRefunds(std::move(id), std::move(page));
}

Task<BatchProgress> PaymentLookup::Batch(std::string batch) {
  return store_.Batch(std::move(batch));
}

Task<PaymentBooks> PaymentLookup::BooksOf(PaymentId id) {
  BooksPage page;
  page.only = id.value();
  ASSIGN_OR_CO_RETURN(std::vector<PaymentBooks> books, co_await store_.Books(std::move(page)));
  if (books.empty()) co_return Refuse(kPaymentUnknown);
  co_return std::move(books.front());
}

Task<std::vector<PaymentBooks>> PaymentLookup::Books(std::string after, int count) {
  BooksPage page;
  page.after = std::move(after);
  page.size = count;
  co_return co_await store_.Books(std::move(page));
}

Task<TrialSums> PaymentLookup::Sums() {
  TrialSums sums;
  ASSIGN_OR_CO_RETURN(sums.accounts, co_await store_.Balances());
  std::map<std::string, Money> by_currency;
  for (const LedgerBalance& line : sums.accounts) {
    Money& sum = by_currency[std::string(line.balance.currency.code())];
    sum.currency = line.balance.currency;
    ASSIGN_OR_CO_RETURN(sum, Add(sum, line.balance));
  }
  for (const auto& [currency, sum] : by_currency) sums.imbalances.push_back(sum);
  co_return sums;
}

}  // namespace houbu::payment
