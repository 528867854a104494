/// Ids a test can foretell.
#pragma once

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#include "libs/base/id.h"

namespace houbu::testing {

/// Gives "bk-1", "bk-2", "pm-1"...: counted for each prefix.
class SequentialIdSource final : public IdSource {
 public:
  /// Returns the next id of `prefix`.
  std::string Next(absl::string_view prefix) override {
    return absl::StrCat(prefix, "-", ++counts_[std::string(prefix)]);
  }

 private:
  std::map<std::string, int> counts_;
};

}  // namespace houbu::testing
