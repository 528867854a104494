/// A child process that reads one thing, says one thing and ends.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace houbu::account {

/// How a cell ended.
struct CellEnd {
  enum class Kind {
    kAnswered,    ///< It exited with 0.
    kCrashed,     ///< It was ended by a signal or exited with something else.
    kTimedOut,    ///< It was killed: it took too long or said too much.
    kNotStarted,  ///< It never ran, or could not confine itself.
  };
  Kind kind = Kind::kNotStarted;
  std::string said;  ///< When it answered.
};

/// Bounds of a cell.
struct CellBounds {
  absl::Duration time;
  std::size_t said_max;
};

/// Runs `program` with `input` on its standard input, without arguments, environment or any other
/// open file, and collects what it writes. Blocks until it is gone and reaped.
CellEnd RunCell(const std::string& program, absl::string_view input, const CellBounds& bounds);

}  // namespace houbu::account
