/// Reading the small files a process starts from.
#pragma once

#include <optional>
#include <string>

namespace houbu::process {

/// Gives a file's bytes; nothing when it cannot be read, as a folder cannot. Blocks: for start-up
/// only.
std::optional<std::string> ReadFile(const std::string& path);

}  // namespace houbu::process
