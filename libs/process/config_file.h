/// The text of a configuration file, flattened to its settings.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace houbu::process {

/// Settings by dotted key. A value is text, a number, a truth or a list of these; a section that
/// holds nothing appears as an empty object.
using Leaves = std::map<std::string, nlohmann::json>;

/// Reads JSON with comments. Refuses, with the place or the key, what is not JSON, a root that is
/// not an object, a key given twice (also once nested and once dotted), and lists within lists.
absl::StatusOr<Leaves> ParseConfigText(const std::string& text);

}  // namespace houbu::process
