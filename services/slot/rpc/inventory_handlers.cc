#include "services/slot/rpc/inventory_handlers.h"

#include <optional>
#include <string>
#include <utility>

#include "libs/async/status_macros.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/slot/rpc/parse.h"
#include "services/slot/rpc/render.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr int kUnitsMax = 10000;
constexpr int kCodeCharactersMax = 64;

std::optional<RunId> ParseOptionalRun(Violations& violations, const std::string& name) {
  if (name.empty()) return std::nullopt;
  return ParseRunName(violations, "run", name);
}

}  // namespace

grpc::ServerUnaryReactor* InventoryHandlers::AddCapacity(grpc::CallbackServerContext* context,
                                                         const v1::AddCapacityRequest* request,
                                                         v1::InventoryReport* response) {
  return seam_.Run(context, request, response, this, &InventoryHandlers::Grow);
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

Task<v1::InventoryReport> InventoryHandlers::Check(const rpc::Call&,
                                                   const v1::CheckInventoryRequest& request) {
  Violations violations;
  const std::optional<RunId> run = ParseOptionalRun(violations, request.run());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const InventoryReport report, co_await keeper_.Check(run));
  co_return Render(report);
}

Task<v1::InventoryReport> InventoryHandlers::Rebuild(const rpc::Call& call,
                                                     const v1::RebuildInventoryRequest& request) {
  Violations violations;
  const std::optional<RunId> run = ParseOptionalRun(violations, request.run());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<InventoryReport> mutation;
  mutation.key = call.request_key;
  mutation.render = RenderReportBytes;
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await keeper_.RebuildAndCheck(run, std::move(mutation)));
  co_return rpc::ParseAnswer<v1::InventoryReport>(answer);
}

}  // namespace houbu::slot
