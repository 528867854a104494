#include "services/payment/rpc/reconciliation_handlers.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/payment/rpc/parse.h"
#include "services/payment/rpc/reconciliation_render.h"

namespace houbu::payment {
namespace {

// What page tokens belong to.
constexpr absl::string_view kReconciliations = "reconciliations";
constexpr absl::string_view kCases = "cases";

constexpr absl::Duration kStretchMax = absl::Hours(24 * 31);

ReconciliationOrder ParseOrder(Violations& violations,
                               const v1::RunReconciliationRequest& request) {
  ReconciliationOrder order;
  order.channel = ParseChannel(violations, "channel", request.channel());
  if (request.has_bill_date()) {
    order.bill_day = rpc::RequireDate(violations, "bill_date", true, request.bill_date());
    if (request.has_start_time()) violations.Add("start_time", "must not be given with bill_date");
    if (request.has_end_time()) violations.Add("end_time", "must not be given with bill_date");
    return order;
  }
  order.from =
      rpc::RequireTime(violations, "start_time", request.has_start_time(), request.start_time());
  order.to = rpc::RequireTime(violations, "end_time", request.has_end_time(), request.end_time());
  if (!request.has_start_time() || !request.has_end_time()) return order;
  if (order.to <= order.from) violations.Add("end_time", "must be later than start_time");
  if (order.to - order.from > kStretchMax) {
    violations.Add("end_time", "must be at most 31 days later than start_time");
  }
  return order;
}

}  // namespace

grpc::ServerUnaryReactor* ReconciliationHandlers::RunReconciliation(
    grpc::CallbackServerContext* context, const v1::RunReconciliationRequest* request,
    v1::Reconciliation* response) {
  return seam_.Run(context, request, response, this, &ReconciliationHandlers::RunOne);
}

grpc::ServerUnaryReactor* ReconciliationHandlers::GetReconciliation(
    grpc::CallbackServerContext* context, const v1::GetReconciliationRequest* request,
    v1::Reconciliation* response) {
  return seam_.Run(context, request, response, this, &ReconciliationHandlers::Get);
}

grpc::ServerUnaryReactor* ReconciliationHandlers::ListReconciliations(
    grpc::CallbackServerContext* context, const v1::ListReconciliationsRequest* request,
    v1::ListReconciliationsResponse* response) {
  return seam_.Run(context, request, response, this, &ReconciliationHandlers::List);
}

grpc::ServerUnaryReactor* ReconciliationHandlers::GetCase(grpc::CallbackServerContext* context,
                                                          const v1::GetCaseRequest* request,
                                                          v1::Case* response) {
  return seam_.Run(context, request, response, this, &ReconciliationHandlers::ShowCase);
}

grpc::ServerUnaryReactor* ReconciliationHandlers::ListCases(grpc::CallbackServerContext* context,
                                                            const v1::ListCasesRequest* request,
                                                            v1::ListCasesResponse* response) {
  return seam_.Run(context, request, response, this, &ReconciliationHandlers::ShowCases);
}

Task<v1::Reconciliation> ReconciliationHandlers::RunOne(
    const rpc::Call& call, const v1::RunReconciliationRequest& request) {
  Violations violations;
  ReconciliationOrder order = ParseOrder(violations, request);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Reconciliation> mutation;
  mutation.key = call.request_key;
  mutation.render = RenderReconciliationBytes;
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await reconciling_.Ask(std::move(order), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Reconciliation>(answer);
}

Task<v1::Reconciliation> ReconciliationHandlers::Get(const rpc::Call&,
                                                     const v1::GetReconciliationRequest& request) {
  Violations violations;
  ReconciliationId id(
      rpc::RequireName(violations, "name", request.name(), "reconciliations/{reconciliation}")
          .front());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const Reconciliation found, co_await reconciling_.Find(std::move(id)));
  co_return Render(found);
}

Task<v1::ListReconciliationsResponse> ReconciliationHandlers::List(
    const rpc::Call&, const v1::ListReconciliationsRequest& request) {
  Violations violations;
  Page page;
  page.size = rpc::PageSize(violations, request.page_size());
  page.after = rpc::DecodePageToken(violations, kReconciliations, request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  const int size = page.size++;
  ASSIGN_OR_CO_RETURN(const std::vector<Reconciliation> found,
                      co_await reconciling_.List(std::move(page)));
  v1::ListReconciliationsResponse response;
  for (const Reconciliation& each : found) {
    if (response.reconciliations_size() == size) {
      const std::string last = found[static_cast<std::size_t>(size) - 1].id.value();
      response.set_next_page_token(rpc::EncodePageToken(kReconciliations, last));
      break;
    }
    *response.add_reconciliations() = Render(each);
  }
  co_return response;
}

Task<v1::Case> ReconciliationHandlers::ShowCase(const rpc::Call&,
                                                const v1::GetCaseRequest& request) {
  Violations violations;
  CaseId id(rpc::RequireName(violations, "name", request.name(), "cases/{case}").front());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const Case found, co_await cases_.LoadCase(std::move(id)));
  co_return Render(found);
}

Task<v1::ListCasesResponse> ReconciliationHandlers::ShowCases(const rpc::Call&,
                                                              const v1::ListCasesRequest& request) {
  Violations violations;
  CaseFilter filter;
  filter.with_closed = request.with_closed();
  if (request.channel() != v1::CHANNEL_UNSPECIFIED) {
    filter.channel = ParseChannel(violations, "channel", request.channel());
  }
  const std::string list = absl::StrCat(kCases, request.with_closed(), request.channel());
  Page page;
  page.size = rpc::PageSize(violations, request.page_size());
  page.after = rpc::DecodePageToken(violations, list, request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  const int size = page.size++;
  ASSIGN_OR_CO_RETURN(const std::vector<Case> found, co_await cases_.ListCases(filter, page));
  v1::ListCasesResponse response;
  for (const Case& each : found) {
    if (response.cases_size() == size) {
      const std::string last = found[static_cast<std::size_t>(size) - 1].id.value();
      response.set_next_page_token(rpc::EncodePageToken(list, last));
      break;
    }
    *response.add_cases() = Render(each);
  }
  co_return response;
}

}  // namespace houbu::payment
