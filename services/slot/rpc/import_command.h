/// `houbu-slot import`: what an operator types to take in timetables, classes and windows.
///
///     import --gtfs DIR|ZIP [--classes CSV] [--windows CSV] [--feed NAME]
///     import DIR      a folder with gtfs/, classes.csv and windows.csv, under its own name
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "services/slot/app/run_opening.h"
#include "services/slot/app/timetable_cache.h"
#include "services/slot/app/timetable_import.h"

namespace houbu::slot {

/// What was typed.
struct ImportArguments {
  std::string feed = "main";
  std::string gtfs;
  std::string classes;
  std::string windows;
};

/// Reads the words after `import`; INVALID_ARGUMENT with one line for the operator.
absl::StatusOr<ImportArguments> ParseImportArguments(const std::vector<std::string>& words);

/// Runs the command.
class ImportCommand final {
 public:
  /// What it works with; everything must outlive it.
  struct Tools {
    const Clock& clock;
    FeedSource& source;
    TimetableImport& import;
    TimetableCache& cache;
    RunOpening& opening;
  };
  explicit ImportCommand(Tools tools) : tools_(tools) {}

  /// Imports, opens runs, and prints one line of figures on stdout; or prints the faults on stderr,
  /// "stop_times.txt:12:3: ..." a line, and imports nothing. Gives the exit code: 0, 1 for faults,
  /// 64 for words it does not understand.
  async::Task<int> Run(std::vector<std::string> words);

 private:
  async::Task<ImportFiles> Read(ImportArguments arguments);

  Tools tools_;
};

}  // namespace houbu::slot
