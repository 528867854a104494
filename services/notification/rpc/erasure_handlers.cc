#include "services/notification/rpc/erasure_handlers.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"

namespace houbu::notification {
namespace {

namespace v1 = account::v1;

}  // namespace

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

}  // namespace houbu::notification
