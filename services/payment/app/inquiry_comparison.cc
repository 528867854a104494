#include "services/payment/app/inquiry_comparison.h"

#include <iterator>
#include <string>
#include <utility>

#include "libs/async/join.h"
#include "libs/async/status_macros.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {
namespace {

// So many payments are asked about side by side: some hundred a second of a provider nearby, which
// is what providers take.
constexpr int kAtOnce = 8;

void Append(std::vector<Difference>& all, std::vector<Difference> more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

}  // namespace

Task<InquiryProgress> InquiryComparison::Step(Reconciliation reconciliation) {
  const auto known = providers_.find(reconciliation.channel);
  if (known == providers_.end()) co_return Refuse(kChannelUnknown);
  const Stretch stretch{reconciliation.channel, reconciliation.from, reconciliation.to};
  ASSIGN_OR_CO_RETURN(std::vector<PaymentId> active,
                      co_await store_.ActiveIn(stretch, reconciliation.cursor, kAtOnce));
  InquiryProgress progress;
  progress.is_done = static_cast<int>(active.size()) < kAtOnce;
  if (!active.empty()) reconciliation.cursor = active.back().value();
  reconciliation.compared += static_cast<std::int64_t>(active.size());

  ASSIGN_OR_CO_RETURN(std::vector<PaymentBooks> books, co_await store_.Books(std::move(active)));
  std::vector<Task<std::vector<Difference>>> comparisons;
  for (PaymentBooks& each : books) {
    comparisons.push_back(Compare(known->first, known->second, std::move(each)));
  }
  ASSIGN_OR_CO_RETURN(std::vector<absl::StatusOr<std::vector<Difference>>> outcomes,
                      co_await async::Join<std::vector<Difference>>(std::move(comparisons)));
  std::vector<Difference> found;
  for (absl::StatusOr<std::vector<Difference>>& outcome : outcomes) {
    CO_RETURN_IF_ERROR(outcome.status());
    Append(found, *std::move(outcome));
  }
  ASSIGN_OR_CO_RETURN(progress.reconciliation,
                      co_await findings_.Deal(std::move(reconciliation), std::move(found)));
  co_return progress;
}

Task<std::vector<Difference>> InquiryComparison::Compare(Channel channel, Provider* provider,
                                                         PaymentBooks books) {
  const PaymentId payment = books.payment.id;
  ASSIGN_OR_CO_RETURN(const OrderFact fact, co_await provider->Query(payment));
  std::vector<Difference> found = CompareWithOrder(channel, books, fact);
  Append(found, CompareWithin(books));
  for (const Refund& refund : books.refunds) {
    if (!refund.asked || refund.channel != channel) continue;
    std::string name = MerchantRefund(refund);
    ASSIGN_OR_CO_RETURN(const RefundFact told,
                        co_await provider->QueryRefund(payment, std::move(name)));
    Append(found, CompareWithRefund(books, refund, told));
  }
  co_return found;
}

}  // namespace houbu::payment
