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

/// Gives the session's id; `absent` unless the caller owns it.
absl::StatusOr<std::string> OwnSession(const rpc::Call& call, absl::string_view field,
                                       absl::string_view name, const Refusal& absent);

/// Gives the account's id; `absent` unless `name` is the caller's credentials.
absl::StatusOr<std::string> OwnCredentials(const rpc::Call& call, absl::string_view field,
                                           absl::string_view name, const Refusal& absent);

/// Gives the account's id; `absent` unless `name` is the caller's erasure.
absl::StatusOr<std::string> OwnErasure(const rpc::Call& call, absl::string_view field,
                                       absl::string_view name, const Refusal& absent);

/// Gives the id of a code sent to a new address; `absent` unless the caller asked for it.
absl::StatusOr<std::string> OwnAddressChallenge(const rpc::Call& call, absl::string_view field,
                                                absl::string_view name, const Refusal& absent);

/// The id of the session the caller is signed in with.
std::string CallerSessionId(const rpc::Call& call);

/// The id of the calling account: "ac-..." of "accounts/ac-...".
std::string CallerId(const rpc::Call& call);

}  // namespace houbu::account
