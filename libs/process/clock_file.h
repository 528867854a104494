/// The file that keeps a development clock's offset over restarts.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace houbu::process {

/// Reads the offset; zero when there is no file yet. Refuses what Houbu did not write.
absl::StatusOr<absl::Duration> ReadClockFile(const std::string& path);

/// Writes the offset whole or not at all. Blocks.
absl::Status WriteClockFile(const std::string& path, absl::Duration offset);

}  // namespace houbu::process
