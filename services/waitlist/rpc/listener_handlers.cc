#include "services/waitlist/rpc/listener_handlers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/answering.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"

namespace houbu::waitlist {
namespace {

OrderId OrderIdOf(Violations& violations, absl::string_view name) {
  return OrderId(rpc::RequireName(violations, "order", name, "waitlistOrders/{order}").front());
}

/// Demands are known here by their id alone.
std::string DemandIdOf(Violations& violations, absl::string_view name) {
  return rpc::RequireName(violations, "demand", name, "demands/{demand}").front();
}

EndReason ReasonOf(absl::string_view reason) {
  if (reason == "ITINERARY_CONFLICT") {
    return EndReason::kItineraryConflict;
  }
  if (reason == "ONE_TICKET_PER_RUN") {
    return EndReason::kRealNameRule;
  }
  return EndReason::kNotEnoughPlaces;  // RUN_DEPARTED: it left before enough places came
}

payment::v1::OnPaymentSucceededResponse PaymentHeard(const Order&) { return {}; }

slot::v1::OnDemandFailedResponse FailureHeard(const Order&) { return {}; }

slot::v1::OnMatchResponse MatchHeard(Verdict verdict) {
  slot::v1::OnMatchResponse response;
  response.set_verdict(verdict == Verdict::kAccepted ? slot::v1::OnMatchResponse::VERDICT_ACCEPTED
                                                     : slot::v1::OnMatchResponse::VERDICT_DECLINED);
  return response;
}

}  // namespace

Task<payment::v1::OnPaymentSucceededResponse> PaymentListenerHandlers::Hear(
    const rpc::Call& call, const payment::v1::OnPaymentSucceededRequest& request) {
  Violations violations;
  OrderId id = OrderIdOf(violations, request.order());
  const absl::Time paid_at =
      rpc::RequireTime(violations, "pay_time", request.has_pay_time(), request.pay_time());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Order> mutation = rpc::Answering<Order>(call, PaymentHeard);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await life_.TakePayment(std::move(id), paid_at, std::move(mutation)));
  co_return rpc::ParseAnswer<payment::v1::OnPaymentSucceededResponse>(answer);
}

Task<slot::v1::OnMatchResponse> MatchListenerHandlers::HearMatch(
    const rpc::Call& call, const slot::v1::OnMatchRequest& request) {
  Violations violations;
  OrderId id = OrderIdOf(violations, request.order());
  Found found;
  found.demand = DemandIdOf(violations, request.demand());
  rpc::RequireName(violations, "booking", request.booking(), "bookings/{booking}");
  found.booking = request.booking();
  found.total = rpc::RequireMoney(violations, "total", request.has_total(), request.total());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Verdict> mutation = rpc::Answering<Verdict>(call, MatchHeard);
  ASSIGN_OR_CO_RETURN(
      const std::string answer,
      co_await life_.TakeMatch(std::move(id), std::move(found), std::move(mutation)));
  co_return rpc::ParseAnswer<slot::v1::OnMatchResponse>(answer);
}

Task<slot::v1::OnDemandFailedResponse> MatchListenerHandlers::HearFailure(
    const rpc::Call& call, const slot::v1::OnDemandFailedRequest& request) {
  Violations violations;
  OrderId id = OrderIdOf(violations, request.order());
  std::string demand = DemandIdOf(violations, request.demand());
  rpc::RequireText(violations, "reason", request.reason(), 63);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  const EndReason reason = ReasonOf(request.reason());
  Mutation<Order> mutation = rpc::Answering<Order>(call, FailureHeard);
  ASSIGN_OR_CO_RETURN(
      const std::string answer,
      co_await life_.TakeFailure(std::move(id), std::move(demand), reason, std::move(mutation)));
  co_return rpc::ParseAnswer<slot::v1::OnDemandFailedResponse>(answer);
}

}  // namespace houbu::waitlist
