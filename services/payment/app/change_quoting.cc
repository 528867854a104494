#include "services/payment/app/change_quoting.h"

#include "libs/async/status_macros.h"
#include "services/payment/app/asked_policy.h"

namespace houbu::payment {

Task<ChangeQuote> ChangeQuoting::Quote(ChangeQuestion question) {
  if (!question.id.has_value()) {
    ASSIGN_OR_CO_RETURN(const FeePolicy asked,
                        AskedPolicy(policies_, question.profile, clock_.Now()));
    co_return AssessChange(asked, question.facts);
  }
  ASSIGN_OR_CO_RETURN(const Payment payment, co_await store_.Load(*question.id));
  CO_RETURN_IF_ERROR(CheckVisible(payment, question.viewer));
  ASSIGN_OR_CO_RETURN(const FeePolicy policy, policies_.Find(payment.policy));
  ASSIGN_OR_CO_RETURN(const Money left, Left(payment));
  CO_RETURN_IF_ERROR(CheckWithin(question.facts.fare, question.facts.tickets, left));
  co_return AssessChange(policy, question.facts);
}

}  // namespace houbu::payment
