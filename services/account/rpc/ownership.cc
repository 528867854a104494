#include "services/account/rpc/ownership.h"

#include <vector>

#include "absl/strings/strip.h"

#include "libs/rpc/validate.h"

namespace houbu::account {
namespace {

/// Gives the last id of a name of the pattern; `absent` unless its first is the caller's.
absl::StatusOr<std::string> OwnNamed(const rpc::Call& call, absl::string_view field,
                                     absl::string_view name, absl::string_view pattern,
                                     const Refusal& absent) {
  Violations violations;
  const std::vector<std::string> ids = rpc::RequireName(violations, field, name, pattern);
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
  return OwnNamed(call, field, name, "accounts/{account}", absent);
}

absl::StatusOr<std::string> OwnPassenger(const rpc::Call& call, absl::string_view field,
                                         absl::string_view name, const Refusal& absent) {
  return OwnNamed(call, field, name, "accounts/{account}/passengers/{passenger}", absent);
}

absl::StatusOr<std::string> OwnSession(const rpc::Call& call, absl::string_view field,
                                       absl::string_view name, const Refusal& absent) {
  return OwnNamed(call, field, name, "accounts/{account}/sessions/{session}", absent);
}

absl::StatusOr<std::string> OwnCredentials(const rpc::Call& call, absl::string_view field,
                                           absl::string_view name, const Refusal& absent) {
  return OwnNamed(call, field, name, "accounts/{account}/credentials", absent);
}

absl::StatusOr<std::string> OwnErasure(const rpc::Call& call, absl::string_view field,
                                       absl::string_view name, const Refusal& absent) {
  return OwnNamed(call, field, name, "accounts/{account}/erasure", absent);
}

absl::StatusOr<std::string> OwnAddressChallenge(const rpc::Call& call, absl::string_view field,
                                                absl::string_view name, const Refusal& absent) {
  return OwnNamed(call, field, name, "accounts/{account}/addressChallenges/{challenge}", absent);
}

std::string CallerSessionId(const rpc::Call& call) {
  return call.caller.session.substr(call.caller.session.rfind('/') + 1);
}

std::string CallerId(const rpc::Call& call) {
  return std::string(absl::StripPrefix(absl::string_view(call.caller.account), "accounts/"));
}

}  // namespace houbu::account
