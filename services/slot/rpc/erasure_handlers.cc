#include "services/slot/rpc/erasure_handlers.h"

#include <vector>

#include "libs/async/status_macros.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"

namespace houbu::slot {
namespace {

namespace v1 = account::v1;

constexpr int kBlockersMax = 100;

}  // namespace

Task<v1::ListErasureBlockersResponse> ErasureBlockerHandlers::List(
    const rpc::Call&, const v1::ListErasureBlockersRequest& request) {
  Violations violations;
  rpc::RequireName(violations, "account", request.account(), "accounts/{account}");
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const std::vector<LiveThing> things,
                      co_await traces_.ListLive(request.account(), kBlockersMax));
  v1::ListErasureBlockersResponse response;
  for (const LiveThing& thing : things) {
    v1::ErasureBlocker& blocker = *response.add_blockers();
    blocker.set_name(thing);
    blocker.set_kind(v1::ErasureBlocker::KIND_BOOKING);
  }
  co_return response;
}

Task<v1::OnAccountErasedResponse> ErasureListenerHandlers::Hear(
    const rpc::Call& call, const v1::OnAccountErasedRequest& request) {
  Violations violations;
  rpc::RequireName(violations, "account", request.account(), "accounts/{account}");
  rpc::RequireTime(violations, "erase_time", request.has_erase_time(), request.erase_time());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  v1::OnAccountErasedResponse response;
  CO_RETURN_IF_ERROR(co_await traces_.Forget(request.account(), call.request_key,
                                             response.SerializeAsString(), clock_.Now()));
  co_return response;
}

}  // namespace houbu::slot
