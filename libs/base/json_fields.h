/// Fields of JSON that people write: policy files. Whatever is wrong is said with where it stands.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace houbu {

/// INVALID_ARGUMENT that says what is wrong `where`: "policies[1].tiers[0] needs the text tier".
absl::Status WrongJson(absl::string_view where, absl::string_view what);

/// Refuses what is no object, and an object with a key that is not known: a typing error there
/// would silently leave something out.
absl::Status CheckKeys(const nlohmann::json& object, const std::string& where,
                       const std::set<std::string>& known);

/// Returns a text that must be there.
absl::StatusOr<std::string> TextAt(const nlohmann::json& object, const std::string& where,
                                   const char* key);

/// Returns a whole number from 0 to `most` that must be there.
absl::StatusOr<std::int64_t> NumberAt(const nlohmann::json& object, const std::string& where,
                                      const char* key, std::int64_t most);

}  // namespace houbu
