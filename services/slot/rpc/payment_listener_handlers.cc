#include "services/slot/rpc/payment_listener_handlers.h"

#include <string>
#include <utility>

#include "libs/async/status_macros.h"
#include "libs/rpc/validate.h"
#include "services/slot/rpc/parse.h"

namespace houbu::slot {

using async::Task;

grpc::ServerUnaryReactor* PaymentListenerHandlers::OnPaymentSucceeded(
    grpc::CallbackServerContext* context, const payment::v1::OnPaymentSucceededRequest* request,
    payment::v1::OnPaymentSucceededResponse* response) {
  return seam_.Run(context, request, response, this, &PaymentListenerHandlers::Arrived);
}

Task<payment::v1::OnPaymentSucceededResponse> PaymentListenerHandlers::Arrived(
    const rpc::Call& call, const payment::v1::OnPaymentSucceededRequest& request) {
  Violations violations;
  PaymentArrival arrival;
  rpc::RequireName(violations, "payment", request.payment(), "payments/{payment}");
  arrival.payment = request.payment();
  arrival.booking = ParseBookingName(violations, "order", request.order());
  arrival.amount = rpc::RequireMoney(violations, "amount", request.has_amount(), request.amount());
  rpc::RequireTime(violations, "pay_time", request.has_pay_time(), request.pay_time());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  arrival.origin = OriginOf(call);
  StoredAnswer answer;
  answer.key = call.request_key;
  const auto heard = co_await confirmation_.Arrived(std::move(arrival), std::move(answer));
  if (!heard.ok()) co_return heard.status();
  co_return payment::v1::OnPaymentSucceededResponse();
}

}  // namespace houbu::slot
