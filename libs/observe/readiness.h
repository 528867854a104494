#pragma once

/// Whether this process can do its work now. A named check asks one thing it needs (PostgreSQL,
/// Redis); the process is ready when none fails. Being unready is no reason to restart: liveness
/// never looks here.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/async/task.h"

namespace houbu::observe {

/// A thing a process needs, with the question whether it is there. The question is asked every
/// second and has a second to be answered.
struct Check {
  std::string name;
  std::function<async::Task<void>()> ask;
};

/// The last answers to the checks. Lives on the process's event loop.
class Readiness final {
 public:
  /// Adds something the process needs; it counts as missing until asked.
  void Add(Check check);

  /// Marks a stage of the process's own life (started, draining) as missing or there.
  void Set(absl::string_view name, absl::Status state);

  /// Asks every check once, one after the other, each for at most `timeout`.
  async::Task<void> AskAll(absl::Duration timeout);

  /// Tells whether nothing is missing.
  bool ready() const;

  /// Gives what is missing and why, by name.
  std::map<std::string, absl::Status> missing() const;

 private:
  std::vector<Check> checks_;
  std::map<std::string, absl::Status> states_;
};

}  // namespace houbu::observe
