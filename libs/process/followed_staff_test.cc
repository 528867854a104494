#include "libs/process/followed_staff.h"

#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/identity/staff_roles.h"
#include "libs/testing/run_task.h"

namespace houbu::process {

namespace {

using rpc::Caller;
using rpc::MethodRule;
using rpc::StaffGuard;

MethodRule SupportRule() {
  MethodRule rule;
  rule.path = "/houbu.slot.v1.InventoryService/CloseSale";
  rule.service = "houbu.slot.v1.InventoryService";
  rule.method = "CloseSale";
  rule.account = true;
  rule.operators = true;
  rule.roles = {"support", "admin"};
  return rule;
}

Caller Operator(const std::string& person) {
  Caller caller;
  caller.kind = Caller::Kind::kOperator;
  caller.service = person.empty() ? "operator" : "operators/" + person;
  caller.person = person;
  return caller;
}

std::string ReasonFor(StaffGuard& guard, const Caller& caller,
                      const absl::Status& refused = absl::OkStatus()) {
  boost::asio::io_context loop(1);
  const MethodRule rule = SupportRule();
  const absl::Status admitted = testing::RunTask(loop, guard.Admit(caller, rule, refused));
  return std::string(ReasonOf(admitted));
}

}  // namespace

TEST_CASE("who has a role as heard last is let in, whoever else is not", "[rpc][access][A-2]") {
  identity::StaffRoles roles;
  FollowedStaff staff(roles, absl::ZeroDuration());
  StaffGuard guard(staff);
  roles.Learn({{"mei", {"support"}}, {"li", {"finance"}}, {"wu", {"reviewer", "admin"}}});
  CHECK(ReasonFor(guard, Operator("mei")).empty());
  CHECK(ReasonFor(guard, Operator("wu")).empty());
  CHECK(ReasonFor(guard, Operator("li")) == "ROLE_MISSING");
  CHECK(ReasonFor(guard, Operator("nobody")) == "ROLE_MISSING");
  CHECK(ReasonFor(guard, Operator("")) == "ROLE_MISSING");
  // What is wrong with a request is for who may make it.
  const absl::Status malformed =
      StatusWithReason(absl::StatusCode::kInvalidArgument, "INVALID_REQUEST", "run is required");
  CHECK(ReasonFor(guard, Operator("mei"), malformed) == ReasonOf(malformed));
  CHECK(ReasonFor(guard, Operator("li"), malformed) == "ROLE_MISSING");
  Caller account;
  account.kind = Caller::Kind::kAccount;
  account.account = "accounts/ac-1";
  CHECK(ReasonFor(guard, account).empty());
  Caller service;
  service.kind = Caller::Kind::kService;
  service.service = "payment";
  CHECK(ReasonFor(guard, service) == "CALLER_NOT_ALLOWED");
  roles.Learn({{"wu", {"reviewer"}}});
  CHECK(ReasonFor(guard, Operator("mei")) == "ROLE_MISSING");
  CHECK(ReasonFor(guard, Operator("wu")) == "ROLE_MISSING");
}

TEST_CASE("nobody is let in before anything was heard of roles", "[rpc][access][A-2]") {
  identity::StaffRoles roles;
  FollowedStaff staff(roles, absl::ZeroDuration());
  StaffGuard guard(staff);
  CHECK(ReasonFor(guard, Operator("mei")) == "ROLES_UNKNOWN");
}

TEST_CASE("a method with a role there is not is not served", "[rpc][access][A-2]") {
  identity::StaffRoles roles;
  FollowedStaff staff(roles, absl::ZeroDuration());
  StaffGuard guard(staff);
  MethodRule rule = SupportRule();
  CHECK(guard.Learn(rule).ok());
  rule.roles.push_back("clerk");
  CHECK_FALSE(guard.Learn(rule).ok());
}

}  // namespace houbu::process
