#include "libs/process/trust_follower.h"

#include <functional>
#include <utility>
#include <vector>

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/wire.h"

namespace houbu::process {
namespace {

namespace v1 = account::v1;
using AsyncStub = v1::TrustService::Stub::async_interface;
using GetTrust = void (AsyncStub::*)(grpc::ClientContext*, const v1::GetTrustRequest*, v1::Trust*,
                                     std::function<void(grpc::Status)>);

constexpr GetTrust kGetTrust = &AsyncStub::GetTrust;
constexpr absl::Duration kPatience = absl::Seconds(2);

absl::StatusOr<identity::Revocation> RevocationOf(const v1::Revocation& wire) {
  identity::Revocation revocation;
  revocation.account = wire.account();
  revocation.session = wire.session();
  if (wire.has_tokens_before()) {
    ASSIGN_OR_RETURN(revocation.tokens_before, rpc::FromWire(wire.tokens_before()));
  }
  if (wire.has_statements_before()) {
    ASSIGN_OR_RETURN(revocation.statements_before, rpc::FromWire(wire.statements_before()));
  }
  if (!wire.has_restrictions()) return revocation;
  std::vector<identity::TokenRestriction>& restrictions = revocation.restrictions.emplace();
  for (const v1::AccountRestrictions::Item& item : wire.restrictions().items()) {
    identity::TokenRestriction restriction;
    restriction.level = item.level();
    if (item.has_expire_time()) {
      ASSIGN_OR_RETURN(restriction.until, rpc::FromWire(item.expire_time()));
    }
    restrictions.push_back(std::move(restriction));
  }
  return revocation;
}

identity::RolesOfPersons RolesOf(const v1::Trust& trust) {
  identity::RolesOfPersons roles;
  for (const v1::StaffRoles& person : trust.staff()) {
    roles[person.person()].assign(person.roles().begin(), person.roles().end());
  }
  return roles;
}

}  // namespace

TrustFollower::TrustFollower(rpc::Channel channel, identity::KeySet& keys,
                             identity::Revocations& revocations, identity::StaffRoles& staff,
                             const Clock& clock, observe::Metrics& metrics)
    : client_(std::move(channel)),
      keys_(keys),
      revocations_(revocations),
      staff_(staff),
      clock_(clock),
      learned_at_(metrics.AddGauge("houbu_trust_learned_timestamp_seconds",
                                   "When this process last learned from account which keys sign "
                                   "and what was revoked; the service's clock.",
                                   {})) {}

async::Task<void> TrustFollower::Round() {
  bool more = true;
  while (more) {
    v1::GetTrustRequest request;
    request.set_after_position(position_);
    request.set_staff_tag(staff_tag_);
    rpc::CallContext context = rpc::Within(kPatience);
    ASSIGN_OR_CO_RETURN(const v1::Trust trust,
                        co_await client_.Call(kGetTrust, std::move(request), std::move(context)));
    const absl::Time now = clock_.Now();
    CO_RETURN_IF_ERROR(keys_.Learn(trust.jwks()));
    for (const v1::Revocation& wire : trust.revocations()) {
      ASSIGN_OR_CO_RETURN(const identity::Revocation revocation, RevocationOf(wire));
      revocations_.Note(revocation, now);
    }
    if (trust.staff_tag() != staff_tag_) {
      staff_.Learn(RolesOf(trust));
      staff_tag_ = trust.staff_tag();
    }
    position_ = trust.position();
    more = trust.more();
    learned_at_.Set(static_cast<double>(absl::ToUnixMillis(now)) / 1000);
  }
  co_return absl::OkStatus();
}

}  // namespace houbu::process
