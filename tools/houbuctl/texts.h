/// Times and amounts as they stand on the command line.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

#include "CLI/CLI.hpp"

namespace houbu::ctl {

/// The time of a text that TimeText() took.
absl::Time TimeOf(const std::string& text);

/// As UTC, to the second: "2026-12-01T00:00:00Z".
std::string ShownTime(const google::protobuf::Timestamp& time);

/// Takes times as 2026-12-01T08:00:00+08:00.
CLI::Validator TimeText();

/// Takes days as 2026-12-01.
CLI::Validator DayText();

/// Takes whole numbers of fen.
CLI::Validator FenText();

}  // namespace houbu::ctl
