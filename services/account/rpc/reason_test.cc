#include "services/account/rpc/reason.h"

#include <catch2/catch.hpp>

namespace houbu::account {
namespace {

bool IsTaken(const char* reason) {
  Violations violations;
  RequireReason(violations, "reason", reason);
  return violations.empty();
}

}  // namespace

TEST_CASE("reasons for good hold no personal number", "[account][audit][R-09][R-17]") {
  CHECK(IsTaken("ticket 42, called on 2026-11"));
  CHECK(IsTaken("工单 1234567"));
  CHECK_FALSE(IsTaken(""));
  CHECK_FALSE(IsTaken("card 11010519491231002X"));
  CHECK_FALSE(IsTaken("phone 199 0000 0001"));
  CHECK_FALSE(IsTaken("phone 199-0000-0001"));
  CHECK_FALSE(IsTaken("passport E12345678"));
}

}  // namespace houbu::account
