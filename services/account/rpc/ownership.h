/// Whose resource it is: what is another's is as good as absent.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "libs/base/refusal.h"
#include "libs/rpc/call.h"

namespace houbu::account {

/// Gives the id of the account `name` speaks of; `absent` unless the caller is that account.
absl::StatusOr<std::string> OwnAccount(const rpc::Call& call, absl::string_view field,
                                       absl::string_view name, const Refusal& absent);

/// Gives the passenger's id; `absent` unless the caller owns it.
absl::StatusOr<std::string> OwnPassenger(const rpc::Call& call, absl::string_view field,
                                         absl::string_view name, const Refusal& absent);

/// The id of the calling account: "ac-..." of "accounts/ac-...".
std::string CallerId(const rpc::Call& call);

}  // namespace houbu::account
