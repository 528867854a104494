/// Where a server listens.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace houbu::redis {

/// A host, by name or number, and a port.
struct Address {
  std::string host;
  int port = 0;

  /// Compares host and port as they are written.
  friend bool operator==(const Address& a, const Address& b) = default;
  /// Orders by host, then port.
  friend auto operator<=>(const Address& a, const Address& b) = default;
};

/// Reads "host:port"; the host of an IPv6 address may stand in brackets. INVALID_ARGUMENT for
/// everything else.
absl::StatusOr<Address> ParseAddress(absl::string_view text);

/// Reads a list of them.
absl::StatusOr<std::vector<Address>> ParseAddresses(const std::vector<std::string>& texts);

/// Writes "host:port".
std::string TextOf(const Address& address);

}  // namespace houbu::redis
