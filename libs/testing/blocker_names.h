/// What blocks an erasure, for tests.
#pragma once

#include <string>
#include <vector>

#include "houbu/account/v1/erasure.pb.h"

namespace houbu::testing {

/// The names of what blocks, in their order.
inline std::vector<std::string> NamesOf(const std::vector<account::v1::ErasureBlocker>& blockers) {
  std::vector<std::string> names;
  for (const account::v1::ErasureBlocker& blocker : blockers) {
    names.push_back(blocker.name());
  }
  return names;
}

}  // namespace houbu::testing
