#include "services/account/rpc/staff_handlers.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/answering.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/account/rpc/reason.h"

namespace houbu::account {
namespace {

constexpr char kList[] = "staff";

v1::Role ToWire(Role role) {
  switch (role) {
    case Role::kSupport:
      return v1::ROLE_SUPPORT;
    case Role::kReviewer:
      return v1::ROLE_REVIEWER;
    case Role::kFinance:
      return v1::ROLE_FINANCE;
    case Role::kAdmin:
      return v1::ROLE_ADMIN;
  }
  return v1::ROLE_UNSPECIFIED;
}

Role RoleOf(v1::Role role) { return static_cast<Role>(static_cast<int>(role) - 1); }

v1::Staff ToWire(const StaffMember& member) {
  v1::Staff wire;
  wire.set_name(NameOf(member));
  for (const RoleGrant& grant : member.grants) {
    v1::Staff::Grant& shown = *wire.add_grants();
    shown.set_role(ToWire(grant.role));
    *shown.mutable_grant_time() = rpc::ToWire(grant.granted_at);
    shown.set_granted_by(grant.granted_by);
    shown.set_reason(grant.reason);
  }
  return wire;
}

v1::Staff RenderStaff(const StaffMember& member) { return ToWire(member); }

/// Reads what GrantRole and RevokeRole have in common.
template <class Request>
absl::StatusOr<RoleChange> ChangeOf(const Request& request) {
  Violations violations;
  RoleChange change;
  change.person = rpc::RequireName(violations, "name", request.name(), "staff/{person}").front();
  rpc::RequireEnum<v1::Role>(violations, "role", request.role(), v1::Role_IsValid);
  change.reason = RequireReason(violations, "reason", request.reason());
  RETURN_IF_ERROR(violations.ToStatus());
  change.role = RoleOf(request.role());
  return change;
}

}  // namespace

Task<v1::Staff> StaffHandlers::Grant(const rpc::Call& call, const v1::GrantRoleRequest& request) {
  ASSIGN_OR_CO_RETURN(RoleChange change, ChangeOf(request));
  Mutation<StaffMember> mutation = rpc::Answering<StaffMember>(call, RenderStaff);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await staff_.Grant(std::move(change), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Staff>(answer);
}

Task<v1::Staff> StaffHandlers::Revoke(const rpc::Call& call, const v1::RevokeRoleRequest& request) {
  ASSIGN_OR_CO_RETURN(RoleChange change, ChangeOf(request));
  Mutation<StaffMember> mutation = rpc::Answering<StaffMember>(call, RenderStaff);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await staff_.Revoke(std::move(change), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Staff>(answer);
}

Task<v1::ListStaffResponse> StaffHandlers::ShowList(const rpc::Call&,
                                                    const v1::ListStaffRequest& request) {
  Violations violations;
  const int size = rpc::PageSize(violations, request.page_size());
  std::string after = rpc::DecodePageToken(violations, kList, request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const std::vector<StaffMember> members,
                      co_await staff_.List(std::move(after), size));
  v1::ListStaffResponse response;
  for (const StaffMember& member : members) {
    *response.add_staff() = ToWire(member);
  }
  if (response.staff_size() == size) {
    response.set_next_page_token(rpc::EncodePageToken(kList, members.back().person));
  }
  co_return response;
}

}  // namespace houbu::account
