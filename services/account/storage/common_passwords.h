/// The passwords everybody tries.
#pragma once

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace houbu::account {

/// Knows a list of passwords; kept in memory.
class CommonPasswords final {
 public:
  /// Reads a list, one a line, `#!comment:` lines left out. NOT_FOUND when it cannot be read,
  /// FAILED_PRECONDITION when it holds fewer than a thousand: then it is not such a list. Blocks:
  /// for start-up only.
  static absl::StatusOr<CommonPasswords> Load(const std::string& path);

  /// Whether the password, in lower case, is on the list.
  bool Contains(absl::string_view password) const;

 private:
  absl::flat_hash_set<std::string> passwords_;
};

}  // namespace houbu::account
