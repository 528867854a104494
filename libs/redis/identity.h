/// Who answers: which life of which server, and whose writes it continues.
///
/// A server that was started anew, or a replica that was promoted, may have lost writes that were
/// answered. Nothing in its data need show it: an older state is as consistent as the newer one.
/// Its identity shows it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "libs/redis/address.h"

namespace houbu::redis {

/// A server as it was when it was asked.
struct Identity {
  Address address;      ///< Where it was reached; no part of who it is.
  std::string server;   ///< INFO's run_id: another one after each start of a server.
  std::string history;  ///< INFO's master_replid: another one after each promotion.
  bool master = false;  ///< Whether it takes writes.

  /// Returns "<server>/<history>": what to keep and to compare.
  std::string Text() const;
};

/// The command that a server answers with who it is.
std::vector<std::string> IdentityCommand();

/// Reads the answer to IdentityCommand(); INTERNAL when it lacks what is needed.
absl::StatusOr<Identity> ParseIdentity(absl::string_view info, Address address);

}  // namespace houbu::redis
