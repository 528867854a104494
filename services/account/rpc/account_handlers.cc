#include "services/account/rpc/account_handlers.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/rpc/answering.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/account/rpc/account_wire.h"
#include "services/account/rpc/ownership.h"
#include "services/account/rpc/reason.h"

namespace houbu::account {
namespace {

v1::Account RenderAccount(const Account& account) { return ToWire(account); }

}  // namespace

Task<v1::Account> AccountHandlers::Show(const rpc::Call& call,
                                        const v1::GetAccountRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string id, OwnAccount(call, "name", request.name(), kAccountNotFound));
  ASSIGN_OR_CO_RETURN(const Account account, co_await verifications_.Get(std::move(id)));
  co_return ToWire(account);
}

Task<v1::Account> AccountHandlers::Verify(const rpc::Call& call,
                                          const v1::VerifyIdentityRequest& request) {
  Violations violations;
  rpc::RequireName(violations, "name", request.name(), "accounts/{account}");
  rpc::RequireName(violations, "passenger", request.passenger(),
                   "accounts/{account}/passengers/{passenger}");
  rpc::RequireText(violations, "face_token", request.face_token(), 4000);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(std::string id, OwnAccount(call, "name", request.name(), kAccountNotFound));
  ASSIGN_OR_CO_RETURN(std::string passenger,
                      OwnPassenger(call, "passenger", request.passenger(), kPassengerNotFound));
  Mutation<Account> mutation = rpc::Answering<Account>(call, RenderAccount);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await verifications_.Verify(std::move(id), std::move(passenger),
                                                     request.face_token(), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Account>(answer);
}

Task<v1::Account> AccountHandlers::MakeMember(const rpc::Call& call,
                                              const v1::ActivateMembershipRequest& request) {
  Violations violations;
  std::string id =
      rpc::RequireName(violations, "name", request.name(), "accounts/{account}").front();
  RequireReason(violations, "reason", request.reason());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Account> mutation = rpc::Answering<Account>(call, RenderAccount);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await verifications_.ActivateMembership(std::move(id), request.reason(),
                                                                 std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Account>(answer);
}

Task<v1::KeySet> AccountHandlers::ShowKeys(const rpc::Call&, const v1::GetKeySetRequest&) {
  v1::KeySet keys;
  keys.set_jwks(jwks_);
  co_return keys;
}

}  // namespace houbu::account
