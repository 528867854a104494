#include "services/payment/rpc/payment_handlers.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/async/status_macros.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/payment/domain/refusals.h"
#include "services/payment/rpc/parse.h"
#include "services/payment/rpc/render.h"

namespace houbu::payment {
namespace {

constexpr int kNameCharactersMax = 200;
constexpr char kPaymentLevel[] = "PAYMENT";  // as account names it

Mutation<Payment> AnswerWithPayment(const rpc::Call& call) {
  Mutation<Payment> mutation;
  mutation.key = call.request_key;
  mutation.render = RenderPaymentBytes;
  return mutation;
}

std::optional<absl::Time> BarredUntil(const rpc::Caller& caller) {
  for (const rpc::CallerRestriction& restriction : caller.restrictions) {
    if (restriction.level == kPaymentLevel) return restriction.until;
  }
  return std::nullopt;
}

}  // namespace

grpc::ServerUnaryReactor* PaymentHandlers::CreatePayment(grpc::CallbackServerContext* context,
                                                         const v1::CreatePaymentRequest* request,
                                                         v1::Payment* response) {
  return seam_.Run(context, request, response, this, &PaymentHandlers::Create);
}

grpc::ServerUnaryReactor* PaymentHandlers::GetPayment(grpc::CallbackServerContext* context,
                                                      const v1::GetPaymentRequest* request,
                                                      v1::Payment* response) {
  return seam_.Run(context, request, response, this, &PaymentHandlers::Get);
}

grpc::ServerUnaryReactor* PaymentHandlers::ListPayments(grpc::CallbackServerContext* context,
                                                        const v1::ListPaymentsRequest* request,
                                                        v1::ListPaymentsResponse* response) {
  return seam_.Run(context, request, response, this, &PaymentHandlers::List);
}

grpc::ServerUnaryReactor* PaymentHandlers::StartPayment(grpc::CallbackServerContext* context,
                                                        const v1::StartPaymentRequest* request,
                                                        v1::Payment* response) {
  return seam_.Run(context, request, response, this, &PaymentHandlers::Start);
}

grpc::ServerUnaryReactor* PaymentHandlers::CancelPayment(grpc::CallbackServerContext* context,
                                                         const v1::CancelPaymentRequest* request,
                                                         v1::Payment* response) {
  return seam_.Run(context, request, response, this, &PaymentHandlers::Cancel);
}

grpc::ServerUnaryReactor* PaymentHandlers::RefundPayment(grpc::CallbackServerContext* context,
                                                         const v1::RefundPaymentRequest* request,
                                                         v1::Refund* response) {
  return seam_.Run(context, request, response, this, &PaymentHandlers::Refund);
}

grpc::ServerUnaryReactor* PaymentHandlers::SettlePayment(grpc::CallbackServerContext* context,
                                                         const v1::SettlePaymentRequest* request,
                                                         v1::Payment* response) {
  return seam_.Run(context, request, response, this, &PaymentHandlers::Settle);
}

grpc::ServerUnaryReactor* PaymentHandlers::QuoteRefund(grpc::CallbackServerContext* context,
                                                       const v1::QuoteRefundRequest* request,
                                                       v1::RefundQuote* response) {
  return seam_.Run(context, request, response, this, &PaymentHandlers::Quote);
}

grpc::ServerUnaryReactor* PaymentHandlers::QuoteChange(grpc::CallbackServerContext* context,
                                                       const v1::QuoteChangeRequest* request,
                                                       v1::ChangeQuote* response) {
  return seam_.Run(context, request, response, this, &PaymentHandlers::Change);
}

grpc::ServerUnaryReactor* PaymentHandlers::GetRefundBatch(grpc::CallbackServerContext* context,
                                                          const v1::GetRefundBatchRequest* request,
                                                          v1::RefundBatch* response) {
  return seam_.Run(context, request, response, this, &PaymentHandlers::Batch);
}

grpc::ServerUnaryReactor* PaymentHandlers::ListRefunds(grpc::CallbackServerContext* context,
                                                       const v1::ListRefundsRequest* request,
                                                       v1::ListRefundsResponse* response) {
  return seam_.Run(context, request, response, this, &PaymentHandlers::Refunds);
}

Task<v1::Payment> PaymentHandlers::Create(const rpc::Call& call,
                                          const v1::CreatePaymentRequest& request) {
  Violations violations;
  OpenCommand command;
  if (!IsValidId(request.payment_id())) {
    violations.Add("payment_id", "must be 1 to 63 of [a-z0-9-], no dash first or last");
  }
  command.id = PaymentId(request.payment_id());
  command.opener = call.caller.service;
  rpc::RequireText(violations, "order", request.order(), kNameCharactersMax);
  command.order = request.order();
  rpc::RequireName(violations, "account", request.account(), "accounts/{account}");
  command.account = request.account();
  command.product = ParseProduct(violations, "product", request.product());
  command.amount = ParseFare(violations, "amount", request.has_amount(), request.amount());
  command.expire_time =
      rpc::RequireTime(violations, "expire_time", request.has_expire_time(), request.expire_time());
  command.traceparent = call.traceparent;
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Payment> mutation = AnswerWithPayment(call);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await use_cases_.opening.Open(std::move(command), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Payment>(answer);
}

Task<v1::Payment> PaymentHandlers::Get(const rpc::Call& call,
                                       const v1::GetPaymentRequest& request) {
  Violations violations;
  PaymentId id = ParsePaymentName(violations, "name", request.name());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Viewer viewer = ViewerOf(call.caller);
  ASSIGN_OR_CO_RETURN(const Payment payment,
                      co_await use_cases_.lookup.Find(std::move(id), std::move(viewer)));
  v1::Payment shown = Render(payment);
  if (call.caller.account == payment.account) CO_RETURN_IF_ERROR(AddBridge(payment, shown));
  co_return shown;
}

absl::Status PaymentHandlers::AddBridge(const Payment& payment, v1::Payment& shown) const {
  ASSIGN_OR_RETURN(const std::optional<BridgeCall> call, use_cases_.bridge.CallFor(payment));
  if (call.has_value()) *shown.mutable_wechat_pay_bridge() = Render(*call);
  return absl::OkStatus();
}

Task<v1::ListPaymentsResponse> PaymentHandlers::List(const rpc::Call& call,
                                                     const v1::ListPaymentsRequest& request) {
  Violations violations;
  rpc::RequireName(violations, "parent", request.parent(), "accounts/{account}");
  Page page;
  page.size = rpc::PageSize(violations, request.page_size());
  page.after = rpc::DecodePageToken(violations, request.parent(), request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  if (request.parent() != call.caller.account) co_return Refuse(kPaymentUnknown);
  const int size = page.size++;
  ASSIGN_OR_CO_RETURN(const std::vector<Payment> payments,
                      co_await use_cases_.lookup.List(request.parent(), std::move(page)));
  v1::ListPaymentsResponse response;
  for (const Payment& payment : payments) {
    if (response.payments_size() == size) {
      const std::string last = payments[static_cast<std::size_t>(size) - 1].id.value();
      response.set_next_page_token(rpc::EncodePageToken(request.parent(), last));
      break;
    }
    *response.add_payments() = Render(payment);
  }
  co_return response;
}

Task<v1::Payment> PaymentHandlers::Start(const rpc::Call& call,
                                         const v1::StartPaymentRequest& request) {
  Violations violations;
  StartCommand command;
  command.id = ParsePaymentName(violations, "name", request.name());
  command.channel = ParseChannel(violations, "channel", request.channel());
  command.payer = ParsePayer(violations, command.channel, command.id, request.payer_openid());
  command.account = call.caller.account;
  command.barred_until = BarredUntil(call.caller);
  command.traceparent = call.traceparent;
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Payment> mutation = AnswerWithPayment(call);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await use_cases_.start.Start(std::move(command), std::move(mutation)));
  ASSIGN_OR_CO_RETURN(v1::Payment shown, rpc::ParseAnswer<v1::Payment>(answer));
  if (request.payer_openid().empty()) co_return shown;
  // Not in the stored answer: a repeated one is signed anew too.
  PaymentId id = ParsePaymentName(violations, "name", request.name());
  Viewer viewer = ViewerOf(call.caller);
  ASSIGN_OR_CO_RETURN(const Payment payment,
                      co_await use_cases_.lookup.Find(std::move(id), std::move(viewer)));
  CO_RETURN_IF_ERROR(AddBridge(payment, shown));
  co_return shown;
}

Task<v1::Payment> PaymentHandlers::Cancel(const rpc::Call& call,
                                          const v1::CancelPaymentRequest& request) {
  Violations violations;
  CloseCommand command;
  command.id = ParsePaymentName(violations, "name", request.name());
  command.opener = call.caller.service;
  command.traceparent = call.traceparent;
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Payment> mutation = AnswerWithPayment(call);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await use_cases_.closing.Close(std::move(command), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Payment>(answer);
}

Task<v1::Refund> PaymentHandlers::Refund(const rpc::Call& call,
                                         const v1::RefundPaymentRequest& request) {
  Violations violations;
  RefundCommand command;
  command.id = ParsePaymentName(violations, "name", request.name());
  command.reason = ParseReason(violations, "reason", request.reason());
  if (request.has_fare_facts()) {
    command.facts = ParseFareFacts(violations, "fare_facts", request.fare_facts());
  }
  if (!request.batch().empty()) command.batch = ParseBatch(violations, "batch", request.batch());
  command.service = call.caller.service;
  command.traceparent = call.traceparent;
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<houbu::payment::Refund> mutation;
  mutation.key = call.request_key;
  mutation.render = RenderRefundBytes;
  ASSIGN_OR_CO_RETURN(const std::string answer, co_await use_cases_.refunding.Refund(
                                                    std::move(command), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Refund>(answer);
}

Task<v1::Payment> PaymentHandlers::Settle(const rpc::Call& call,
                                          const v1::SettlePaymentRequest& request) {
  Violations violations;
  SettleCommand command;
  command.id = ParsePaymentName(violations, "name", request.name());
  command.fare = rpc::RequireMoney(violations, "fare", request.has_fare(), request.fare());
  rpc::RequireText(violations, "order", request.order(), kNameCharactersMax);
  command.order = request.order();
  command.opener = call.caller.service;
  command.traceparent = call.traceparent;
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Payment> mutation = AnswerWithPayment(call);
  ASSIGN_OR_CO_RETURN(const std::string answer, co_await use_cases_.settlement.Settle(
                                                    std::move(command), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Payment>(answer);
}

Task<v1::RefundQuote> PaymentHandlers::Quote(const rpc::Call& call,
                                             const v1::QuoteRefundRequest& request) {
  Violations violations;
  QuoteQuestion question;
  if (!request.has_fare_facts()) violations.Add("fare_facts", "is required");
  question.facts = ParseFareFacts(violations, "fare_facts", request.fare_facts());
  if (request.has_purchase_time()) {
    question.facts.grace_from =
        rpc::RequireTime(violations, "purchase_time", true, request.purchase_time());
  }
  if (request.has_purchase_time() && !request.name().empty()) {
    violations.Add("purchase_time", "must not be given with name");
  }
  question.profile = request.profile();
  question.id = ParseQuoted(violations, request.name(), request.profile());
  question.viewer = ViewerOf(call.caller);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const FeeQuote quote,
                      co_await use_cases_.refunding.Quote(std::move(question)));
  co_return Render(quote);
}

Task<v1::ChangeQuote> PaymentHandlers::Change(const rpc::Call& call,
                                              const v1::QuoteChangeRequest& request) {
  Violations violations;
  ChangeQuestion question;
  if (!request.has_change_facts()) violations.Add("change_facts", "is required");
  question.facts = ParseChangeFacts(violations, "change_facts", request.change_facts());
  question.profile = request.profile();
  question.id = ParseQuoted(violations, request.name(), request.profile());
  question.viewer = ViewerOf(call.caller);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const ChangeQuote quote,
                      co_await use_cases_.change_quoting.Quote(std::move(question)));
  co_return Render(quote);
}

Task<v1::RefundBatch> PaymentHandlers::Batch(const rpc::Call&,
                                             const v1::GetRefundBatchRequest& request) {
  Violations violations;
  std::string batch = ParseBatch(violations, "batch", request.batch());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const BatchProgress progress,
                      co_await use_cases_.lookup.Batch(std::move(batch)));
  v1::RefundBatch response = Render(progress);
  response.set_batch(request.batch());
  co_return response;
}

Task<v1::ListRefundsResponse> PaymentHandlers::Refunds(const rpc::Call& call,
                                                       const v1::ListRefundsRequest& request) {
  Violations violations;
  PaymentId id = ParsePaymentName(violations, "parent", request.parent());
  Page page;
  page.size = rpc::PageSize(violations, request.page_size());
  page.after = rpc::DecodePageToken(violations, request.parent(), request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  const int size = page.size++;
  Viewer viewer = ViewerOf(call.caller);
  ASSIGN_OR_CO_RETURN(
      const std::vector<houbu::payment::Refund> refunds,
      co_await use_cases_.lookup.Refunds(std::move(id), std::move(viewer), std::move(page)));
  v1::ListRefundsResponse response;
  for (const houbu::payment::Refund& refund : refunds) {
    if (response.refunds_size() == size) {
      const std::string last = refunds[static_cast<std::size_t>(size) - 1].id.value();
      response.set_next_page_token(rpc::EncodePageToken(request.parent(), last));
      break;
    }
    *response.add_refunds() = Render(refund);
  }
  co_return response;
}

}  // namespace houbu::payment
