#include "libs/rpc/staff_guard.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::rpc {
namespace {

constexpr const char* kRoles[] = {"support", "reviewer", "finance", "admin"};

}  // namespace

absl::Status StaffGuard::Learn(const MethodRule& rule) {
  for (const std::string& name : rule.roles) {
    if (std::find(std::begin(kRoles), std::end(kRoles), name) == std::end(kRoles)) {
      return absl::FailedPreconditionError(
          absl::StrCat(rule.path, " names a role there is not: ", name));
    }
  }
  return absl::OkStatus();
}

async::Task<void> StaffGuard::Admit(Caller caller, const MethodRule& rule, absl::Status refused) {
  // What is malformed is malformed for who may ask; who may not hears nothing of it.
  absl::Status access = CheckAccess(rule, caller);
  if (access.ok() && caller.kind != Caller::Kind::kOperator) co_return refused;
  if (access.ok()) {
    bool has = false;
    if (!caller.person.empty()) {
      ASSIGN_OR_CO_RETURN(has, co_await directory_.HasOneOf(caller.person, rule.roles));
    }
    if (has) co_return refused;
    Metadata needed;
    needed["roles"] = absl::StrJoin(rule.roles, ",");
    access = Refuse(kRoleMissing, std::move(needed));
  }
  std::string reason(ReasonOf(access));
  std::string method = absl::StrCat(rule.service, "/", rule.method);
  // The refusal stands whether or not it could be written down.
  const absl::Status noted =
      co_await directory_.NoteRefusal(std::move(caller), std::move(method), std::move(reason));
  co_return access;
}

}  // namespace houbu::rpc
