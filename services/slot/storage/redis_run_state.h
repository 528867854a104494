/// The state of a run on its way to Redis and back, in parts: no call takes long.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

#include "libs/redis/reply.h"
#include "services/slot/app/inventory_index.h"

namespace houbu::slot {

/// The arguments of houbu_load_begin.
std::vector<std::string> LoadHead(const RunState& state);

/// The arguments of each call of houbu_load_free: what is free where something is taken. `state`
/// must be valid.
std::vector<std::vector<std::string>> LoadFree(const RunState& state,
                                               const std::string& generation);

/// The arguments of each call of houbu_load_part.
std::vector<std::vector<std::string>> LoadParts(const RunState& state,
                                                const std::string& generation);

/// Reads the whole index of a run, page by page.
class StatePages final {
 public:
  /// Begins at the first page.
  explicit StatePages(const std::string& run) { index_.state.run = run; }

  /// The arguments of the next call of houbu_state.
  std::vector<std::string> Next() const { return {bucket_, cursor_}; }

  /// Takes a page in.
  absl::Status Add(const redis::Reply& reply);

  /// Tells whether that was the last page.
  bool IsComplete() const { return bucket_.empty(); }

  /// Tells whether something changed between the first page and the last.
  bool ChangedMeanwhile() const { return changed_; }

  /// Gives what was read.
  IndexState Take();

 private:
  absl::Status AddClass(const redis::Reply& reply);
  absl::Status AddHolder(const redis::Reply& reply);

  IndexState index_;
  std::string bucket_ = "0";
  std::string cursor_ = "0";
  std::string version_;
  bool changed_ = false;
};

}  // namespace houbu::slot
