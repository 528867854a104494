/// Whether this process can do its work now. A named check asks one thing it needs (PostgreSQL,
/// Redis); the process is ready when none fails. Being unready is no reason to restart: liveness
/// never looks here.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "libs/async/task.h"

namespace houbu::observe {

/// A thing a process needs, with the question whether it is there.
struct Check {
  std::string name;
  std::function<async::Task<void>()> ask;
};

/// The last answers to the checks. Lives on the process's event loop.
class Readiness final {
 public:
  /// Reads a clock that never goes back; tests give their own.
  using Ticks = std::function<std::chrono::steady_clock::time_point()>;

  /// How long a good answer counts. A question that hangs makes its thing missing after this.
  static constexpr std::chrono::milliseconds kStaleAfter{1900};

  explicit Readiness(Ticks ticks = std::chrono::steady_clock::now);

  /// Adds something the process needs; it counts as missing until asked.
  void Add(Check check);

  /// Asks one thing. A failure is an answer, not an error: it is what missing() tells. Changes are
  /// logged as `dependency_lost` and `dependency_back`.
  async::Task<void> Ask(std::string name);

  /// Marks a stage of the process's own life as missing or, with OK, as passed.
  void Set(absl::string_view name, const absl::Status& state);

  /// Gives the names of the checks in the order they were added.
  std::vector<std::string> checks() const;

  /// Gives what is missing and why, by name; empty when the process is ready.
  std::map<std::string, absl::Status> missing() const;

 private:
  struct Answer {
    absl::Status state;
    std::chrono::steady_clock::time_point at;
  };

  Ticks ticks_;
  std::vector<Check> checks_;
  std::map<std::string, Answer> answers_;
  std::map<std::string, absl::Status> stages_;
};

}  // namespace houbu::observe
