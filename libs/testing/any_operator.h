/// A guard for tests of other things than roles: every operator has all of them.
#pragma once

#include "libs/rpc/role_guard.h"

namespace houbu::testing {

/// Lets operators in, and whomever else the method serves.
class AnyOperator final : public rpc::RoleGuard {
 public:
  absl::Status Learn(const rpc::MethodRule&) override { return absl::OkStatus(); }
  async::Task<void> Admit(rpc::Caller, const rpc::MethodRule&, absl::Status refused) override {
    co_return refused;
  }
};

}  // namespace houbu::testing
