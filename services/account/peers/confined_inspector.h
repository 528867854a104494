/// Decoding in a process of its own: what a malicious file breaks is a cell with nothing in it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/async/worker_pool.h"
#include "services/account/app/ports_attachments.h"

namespace houbu::account {

/// How files are inspected.
struct InspectorOptions {
  std::string program;                          ///< The path of houbu-inspect.
  absl::Duration time_max = absl::Seconds(20);  ///< By the wall clock, for one file.
  int at_once = 2;                              ///< Cells at a time; each may take 768 MiB.
  int waiting_max = 16;                         ///< Files that may wait for one.
};

/// Told how each inspection ended: "CLEAN", "REFUSED", "CRASHED", "TIMED_OUT" (the decoder, by the
/// file: the file is refused), "FAILED" (ours: the file may be sent again). For the figures.
using InspectionCounter = std::function<void(absl::string_view outcome)>;

/// Starts houbu-inspect for each file. Blocks on threads of its own only.
class ConfinedInspector final : public Inspector {
 public:
  /// Starts the threads.
  ConfinedInspector(InspectorOptions options, InspectionCounter count);

  Task<CleanFile> Inspect(std::shared_ptr<const std::string> bytes) override;

 private:
  InspectorOptions options_;
  InspectionCounter count_;
  async::WorkerPool cells_;
};

}  // namespace houbu::account
