#include "services/account/rpc/staff_guard.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

std::string ActorOf(const rpc::Caller& caller) {
  switch (caller.kind) {
    case rpc::Caller::Kind::kAccount:
      return caller.account;
    case rpc::Caller::Kind::kOperator:
      return caller.service;  // "operators/mei", or "operator"
    case rpc::Caller::Kind::kService:
    case rpc::Caller::Kind::kPublic:
      return absl::StrCat("services/", caller.service);
  }
  return "";
}

std::vector<Role> RolesOf(const rpc::MethodRule& rule) {
  std::vector<Role> roles;
  for (const std::string& name : rule.roles) {
    roles.push_back(ParseRole(name).value_or(Role::kAdmin));  // Learn knows them all
  }
  return roles;
}

}  // namespace

absl::Status StaffGuard::Learn(const rpc::MethodRule& rule) {
  for (const std::string& name : rule.roles) {
    if (!ParseRole(name).has_value()) {
      return absl::FailedPreconditionError(
          absl::StrCat(rule.path, " names a role there is not: ", name));
    }
  }
  return absl::OkStatus();
}

Task<void> StaffGuard::Admit(rpc::Caller caller, const rpc::MethodRule& rule,
                             absl::Status refused) {
  // What is malformed is malformed for who may ask; who may not hears nothing of it.
  absl::Status access = rpc::CheckAccess(rule, caller);
  if (access.ok() && caller.kind != rpc::Caller::Kind::kOperator) {
    co_return refused;
  }
  if (access.ok()) {
    std::vector<Role> roles = RolesOf(rule);
    bool has = false;
    if (!caller.person.empty()) {
      ASSIGN_OR_CO_RETURN(has, co_await staff_.Has(caller.person, std::move(roles)));
    }
    if (has) {
      co_return refused;
    }
    Metadata needed;
    needed["roles"] = absl::StrJoin(rule.roles, ",");
    access = Refuse(rpc::kRoleMissing, std::move(needed));
  }
  std::string reason(ReasonOf(access));
  std::string method = absl::StrCat(rule.service, "/", rule.method);
  // The refusal stands whether or not it could be written down.
  const absl::Status noted =
      co_await staff_.NoteRefusal(ActorOf(caller), std::move(method), std::move(reason));
  co_return access;
}

}  // namespace houbu::account
