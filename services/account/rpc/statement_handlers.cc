#include "services/account/rpc/statement_handlers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/identity/travel_statement.h"
#include "libs/rpc/validate.h"
#include "services/account/rpc/account_wire.h"
#include "services/account/rpc/ownership.h"

namespace houbu::account {
namespace {

constexpr int kTravellersMax = 9;

/// Gives the ids of the passengers a statement is asked for; each is the caller's and named once.
absl::StatusOr<std::vector<std::string>> TravellersOf(
    const rpc::Call& call, const v1::IssueTravelStatementRequest& request) {
  Violations violations;
  rpc::RequireCount(violations, "passengers", request.passengers_size(),
                    {.min = 1, .max = kTravellersMax});
  rpc::RequireEnum<type::v1::Purpose>(violations, "purpose", request.purpose(),
                                      type::v1::Purpose_IsValid);
  std::vector<std::string> ids;
  for (int i = 0; i < request.passengers_size(); ++i) {
    const std::string field = absl::StrCat("passengers[", i, "]");
    const absl::StatusOr<std::string> id =
        OwnPassenger(call, field, request.passengers(i), kPassengerNotFound);
    if (!id.ok()) {
      violations.Add(field, "is not one of your passengers");
    } else if (std::find(ids.begin(), ids.end(), *id) != ids.end()) {
      violations.Add(field, "is named twice");
    } else {
      ids.push_back(*id);
    }
  }
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  return ids;
}

}  // namespace

Task<type::v1::SignedStatement> StatementHandlers::Vouch(
    const rpc::Call& call, const v1::IssueTravelStatementRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string account,
                      OwnAccount(call, "account", request.account(), kAccountNotFound));
  ASSIGN_OR_CO_RETURN(std::vector<std::string> travellers, TravellersOf(call, request));
  const bool to_wait = request.purpose() == type::v1::PURPOSE_WAIT;
  ASSIGN_OR_CO_RETURN(
      const Vouching vouching,
      co_await statements_.Vouch(std::move(account), std::move(travellers), to_wait));
  co_return identity::SignTravelStatement(signer_, ToWire(vouching, request.purpose()));
}

}  // namespace houbu::account
