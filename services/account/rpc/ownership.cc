#include "services/account/rpc/ownership.h"

#include <vector>

#include "absl/strings/strip.h"

#include "libs/rpc/validate.h"

namespace houbu::account {
namespace {

absl::StatusOr<std::string> Own(const rpc::Call& call, std::vector<std::string> ids,
                                const Violations& violations, const Refusal& absent) {
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  if (ids.front() != CallerId(call)) {
    return Refuse(absent);
  }
  return ids.back();
}

}  // namespace

absl::StatusOr<std::string> OwnAccount(const rpc::Call& call, absl::string_view field,
                                       absl::string_view name, const Refusal& absent) {
  Violations violations;
  std::vector<std::string> ids = rpc::RequireName(violations, field, name, "accounts/{account}");
  return Own(call, std::move(ids), violations, absent);
}

absl::StatusOr<std::string> OwnPassenger(const rpc::Call& call, absl::string_view field,
                                         absl::string_view name, const Refusal& absent) {
  Violations violations;
  std::vector<std::string> ids =
      rpc::RequireName(violations, field, name, "accounts/{account}/passengers/{passenger}");
  return Own(call, std::move(ids), violations, absent);
}

std::string CallerId(const rpc::Call& call) {
  return std::string(absl::StripPrefix(absl::string_view(call.caller.account), "accounts/"));
}

}  // namespace houbu::account
