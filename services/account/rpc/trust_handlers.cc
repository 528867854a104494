#include "services/account/rpc/trust_handlers.h"

#include <sodium.h>

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "libs/secrets/bytes.h"

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

/// Tells the staff of an answer from others.
std::string TagOf(const v1::Trust& trust) {
  std::string text;
  for (const v1::StaffRoles& person : trust.staff()) {
    absl::StrAppend(&text, person.person(), ":", absl::StrJoin(person.roles(), ","), ";");
  }
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return secrets::ToBase64Url(digest);
}

}  // namespace

std::string SessionNameOf(const Revoked& revoked) {
  return revoked.session.empty()
             ? ""
             : absl::StrCat("accounts/", revoked.account, "/sessions/", revoked.session);
}

// The roles of staff are few and change seldom: all of them, where they are others than before.
Task<void> TrustHandlers::AddStaff(std::string known_tag, v1::Trust* trust) {
  std::string after;
  for (;;) {
    ASSIGN_OR_CO_RETURN(const std::vector<StaffMember> members, co_await staff_.List(after, kPage));
    for (const StaffMember& member : members) {
      v1::StaffRoles& wire = *trust->add_staff();
      wire.set_person(member.person);
      for (const RoleGrant& grant : member.grants) {
        wire.add_roles(std::string(NameOf(grant.role)));
      }
      after = member.person;
    }
    if (static_cast<int>(members.size()) < kPage) {
      break;
    }
  }
  trust->set_staff_tag(TagOf(*trust));
  if (trust->staff_tag() == known_tag) {
    trust->clear_staff();
  }
  co_return absl::OkStatus();
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
  CO_RETURN_IF_ERROR(co_await AddStaff(request.staff_tag(), &trust));
  trust.set_more(static_cast<int>(revoked.size()) == kPage);
  co_return trust;
}

}  // namespace houbu::account
