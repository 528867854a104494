#include "services/account/rpc/trust_handlers.h"

#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"

namespace houbu::account {
namespace {

constexpr int kPage = 1000;

v1::Revocation ToWire(const Revoked& revoked) {
  v1::Revocation wire;
  wire.set_account(absl::StrCat("accounts/", revoked.account));
  wire.set_session(SessionNameOf(revoked));
  if (revoked.tokens_before.has_value()) {
    *wire.mutable_tokens_before() = rpc::ToWire(*revoked.tokens_before);
  }
  if (revoked.statements_before.has_value()) {
    *wire.mutable_statements_before() = rpc::ToWire(*revoked.statements_before);
  }
  if (!revoked.bars.has_value()) {
    return wire;
  }
  v1::AccountRestrictions& restrictions = *wire.mutable_restrictions();
  for (const Bar& bar : *revoked.bars) {
    v1::AccountRestrictions::Item& item = *restrictions.add_items();
    item.set_level(std::string(NameOf(bar.level)));
    if (bar.until.has_value()) {
      *item.mutable_expire_time() = rpc::ToWire(*bar.until);
    }
  }
  return wire;
}

}  // namespace

std::string SessionNameOf(const Revoked& revoked) {
  return revoked.session.empty()
             ? ""
             : absl::StrCat("accounts/", revoked.account, "/sessions/", revoked.session);
}

Task<v1::Trust> TrustHandlers::Show(const rpc::Call&, const v1::GetTrustRequest& request) {
  Violations violations;
  rpc::RequireInRange(violations, "after_position", request.after_position(),
                      {.min = 0, .max = std::numeric_limits<std::int64_t>::max()});
  CO_RETURN_IF_ERROR(violations.ToStatus());
  const absl::Time since = clock_.Now() - kRevocationsMatterFor;
  ASSIGN_OR_CO_RETURN(const std::vector<Revoked> revoked,
                      co_await log_.After(request.after_position(), since, kPage));
  v1::Trust trust;
  trust.set_jwks(jwks_);
  trust.set_position(request.after_position());
  for (const Revoked& entry : revoked) {
    *trust.add_revocations() = ToWire(entry);
    trust.set_position(entry.position);
  }
  trust.set_more(static_cast<int>(revoked.size()) == kPage);
  co_return trust;
}

}  // namespace houbu::account
