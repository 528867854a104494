#include "services/payment/app/findings.h"

#include <string>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {

Task<Reconciliation> Findings::Deal(Reconciliation reconciliation, std::vector<Difference> found) {
  for (const Difference& difference : found) {
    if (CanBeRepaired(difference)) {
      ASSIGN_OR_CO_RETURN(const bool is_settled, co_await Repair(difference));
      if (is_settled) {
        ++reconciliation.repaired;
        continue;
      }
    }
    ASSIGN_OR_CO_RETURN(const bool is_open,
                        co_await cases_.Note(difference, reconciliation.id, clock_.Now()));
    if (is_open) ++reconciliation.cases;
  }
  co_return reconciliation;
}

// Settled is what is booked afterwards as the provider says it is.
Task<bool> Findings::Repair(Difference difference) {
  CO_RETURN_IF_ERROR(co_await AskAgain(difference));
  std::vector<PaymentId> one{difference.payment};
  ASSIGN_OR_CO_RETURN(const std::vector<PaymentBooks> books, co_await store_.Books(std::move(one)));
  if (books.empty()) co_return false;
  std::string posting = PostingOf(books.front(), difference);
  if (posting.empty()) co_return false;
  CO_RETURN_IF_ERROR(co_await cases_.CloseSettled(difference, std::move(posting), clock_.Now()));
  co_return true;
}

Task<void> Findings::AskAgain(Difference difference) {
  const auto provider = providers_.find(difference.channel);
  if (provider == providers_.end()) co_return Refuse(kChannelUnknown);
  Provider* const asked = provider->second;
  if (difference.movement == Movement::kRefund) {
    ASSIGN_OR_CO_RETURN(RefundFact fact,
                        co_await asked->QueryRefund(difference.payment, difference.subject));
    const absl::Status applied =
        co_await facts_.Apply(difference.payment, std::move(fact), std::string());
    // A word that does not fit is not applied: the difference stays.
    co_return absl::IsFailedPrecondition(applied) ? absl::OkStatus() : applied;
  }
  ASSIGN_OR_CO_RETURN(OrderFact fact, co_await asked->Query(difference.payment));
  fact.channel = difference.channel;
  CO_RETURN_IF_ERROR(co_await facts_.Apply(difference.payment, std::move(fact), std::string()));
  co_return absl::OkStatus();
}

}  // namespace houbu::payment
