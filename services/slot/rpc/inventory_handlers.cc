#include "services/slot/rpc/inventory_handlers.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/slot/rpc/parse.h"
#include "services/slot/rpc/render.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr int kUnitsMax = 10000;
constexpr int kCodeCharactersMax = 64;
constexpr int kReasonCharactersMax = 200;

constexpr rpc::PageLimits kPageLimits{.size_default = 0, .size_max = 1000};
constexpr int kShardMax = 99;

// Pages go on in the list they began.
template <class Request>
std::string FilterOf(const Request& request) {
  return absl::StrCat("inventory/", request.run(), "/", request.has_shard() ? request.shard() : -1);
}

template <class Request>
InventoryScope ParseScope(Violations& violations, const Request& request) {
  InventoryScope scope;
  if (!request.run().empty()) scope.run = ParseRunName(violations, "run", request.run());
  if (request.has_shard()) {
    rpc::RequireInRange(violations, "shard", request.shard(), rpc::Range{0, kShardMax});
    scope.shard = request.shard();
  }
  scope.limit = rpc::PageSize(violations, request.page_size(), kPageLimits);
  scope.after = rpc::DecodePageToken(violations, FilterOf(request), request.page_token());
  return scope;
}

template <class Request>
std::string NextPage(const Request& request, const std::string& next) {
  return next.empty() ? "" : rpc::EncodePageToken(FilterOf(request), next);
}

}  // namespace

grpc::ServerUnaryReactor* InventoryHandlers::AddCapacity(grpc::CallbackServerContext* context,
                                                         const v1::AddCapacityRequest* request,
                                                         v1::InventoryReport* response) {
  return seam_.Run(context, request, response, this, &InventoryHandlers::Grow);
}

grpc::ServerUnaryReactor* InventoryHandlers::CloseSale(grpc::CallbackServerContext* context,
                                                       const v1::CloseSaleRequest* request,
                                                       v1::RunSale* response) {
  return seam_.Run(context, request, response, this, &InventoryHandlers::Close);
}

grpc::ServerUnaryReactor* InventoryHandlers::ReopenSale(grpc::CallbackServerContext* context,
                                                        const v1::ReopenSaleRequest* request,
                                                        v1::RunSale* response) {
  return seam_.Run(context, request, response, this, &InventoryHandlers::Reopen);
}

grpc::ServerUnaryReactor* InventoryHandlers::CancelRun(grpc::CallbackServerContext* context,
                                                       const v1::CancelRunRequest* request,
                                                       v1::RunCancellation* response) {
  return seam_.Run(context, request, response, this, &InventoryHandlers::Stop);
}

grpc::ServerUnaryReactor* InventoryHandlers::GetRunCancellation(
    grpc::CallbackServerContext* context, const v1::GetRunCancellationRequest* request,
    v1::RunCancellation* response) {
  return seam_.Run(context, request, response, this, &InventoryHandlers::Follow);
}

grpc::ServerUnaryReactor* InventoryHandlers::CheckInventory(
    grpc::CallbackServerContext* context, const v1::CheckInventoryRequest* request,
    v1::InventoryReport* response) {
  return seam_.Run(context, request, response, this, &InventoryHandlers::Check);
}

grpc::ServerUnaryReactor* InventoryHandlers::RebuildInventory(
    grpc::CallbackServerContext* context, const v1::RebuildInventoryRequest* request,
    v1::InventoryReport* response) {
  return seam_.Run(context, request, response, this, &InventoryHandlers::Rebuild);
}

Task<v1::InventoryReport> InventoryHandlers::Grow(const rpc::Call& call,
                                                  const v1::AddCapacityRequest& request) {
  Violations violations;
  Addition addition;
  addition.run = ParseRunName(violations, "run", request.run());
  rpc::RequireText(violations, "class_code", request.class_code(), kCodeCharactersMax);
  rpc::RequireInRange(violations, "units", request.units(), rpc::Range{1, kUnitsMax});
  rpc::AllowText(violations, "coach", request.coach(), kCodeCharactersMax);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  addition.class_code = request.class_code();
  addition.units = request.units();
  addition.coach = request.coach();
  const RunId run = addition.run;
  StoredAnswer answer;
  answer.key = call.request_key;
  CO_RETURN_IF_ERROR(co_await keeper_.AddCapacity(std::move(addition), std::move(answer)));
  ASSIGN_OR_CO_RETURN(const InventoryReport report, co_await keeper_.Check(run));
  co_return Render(report);
}

Task<v1::RunSale> InventoryHandlers::Close(const rpc::Call& call,
                                           const v1::CloseSaleRequest& request) {
  return Turn(call.request_key, request.run(), Sale::kClosed);
}

Task<v1::RunSale> InventoryHandlers::Reopen(const rpc::Call& call,
                                            const v1::ReopenSaleRequest& request) {
  return Turn(call.request_key, request.run(), Sale::kOpen);
}

Task<v1::RunSale> InventoryHandlers::Turn(RequestKey key, std::string run, Sale sale) {
  Violations violations;
  SaleChange change;
  change.run = ParseRunName(violations, "run", run);
  change.sale = sale;
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<SaleChange> mutation;
  mutation.key = std::move(key);
  mutation.render = RenderSaleBytes;
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await sales_.Turn(std::move(change), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::RunSale>(answer);
}

Task<v1::RunCancellation> InventoryHandlers::Stop(const rpc::Call& call,
                                                  const v1::CancelRunRequest& request) {
  Violations violations;
  RunToCancel wanted;
  wanted.run = ParseRunName(violations, "run", request.run());
  rpc::RequireText(violations, "reason", request.reason(), kReasonCharactersMax);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  wanted.reason = request.reason();
  Mutation<CancelledRun> mutation;
  mutation.key = call.request_key;
  mutation.render = RenderCancelledBytes;
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await cancellations_.Cancel(std::move(wanted), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::RunCancellation>(answer);
}

Task<v1::RunCancellation> InventoryHandlers::Follow(const rpc::Call&,
                                                    const v1::GetRunCancellationRequest& request) {
  Violations violations;
  RunId run = ParseRunName(violations, "run", request.run());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const CancelledRun found, co_await cancellations_.Find(std::move(run)));
  co_return Render(found);
}

Task<v1::InventoryReport> InventoryHandlers::Check(const rpc::Call&,
                                                   const v1::CheckInventoryRequest& request) {
  Violations violations;
  InventoryScope scope = ParseScope(violations, request);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(InventoryReport report, co_await keeper_.CheckScope(std::move(scope)));
  report.next = NextPage(request, report.next);
  co_return Render(report);
}

Task<v1::InventoryReport> InventoryHandlers::Rebuild(const rpc::Call& call,
                                                     const v1::RebuildInventoryRequest& request) {
  Violations violations;
  InventoryScope scope = ParseScope(violations, request);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<InventoryReport> mutation;
  mutation.key = call.request_key;
  mutation.render = [request](InventoryReport report) {
    report.next = NextPage(request, report.next);
    return RenderReportBytes(report);
  };
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await keeper_.RebuildAndCheck(std::move(scope), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::InventoryReport>(answer);
}

}  // namespace houbu::slot
