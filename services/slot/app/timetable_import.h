/// Taking in timetables, classes and windows: the whole of it or nothing.
#pragma once

#include <optional>
#include <string>

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "services/slot/app/ports_catalogue.h"
#include "services/slot/domain/feed_errors.h"
#include "services/slot/domain/gtfs.h"

namespace houbu::slot {

/// A file as it was named and its text.
struct NamedText {
  std::string name;
  std::string text;
};

/// What is to be taken in. A part that is not given stays as it was imported before; classes come
/// with their timetable only, since they are checked against it.
struct ImportFiles {
  std::string feed;
  std::optional<FeedFiles> gtfs;
  std::optional<NamedText> classes;
  std::optional<NamedText> windows;
};

/// What came of it: faults, and then nothing was imported, or figures.
struct ImportReport {
  FeedErrors errors;
  int stations = 0;
  int trips = 0;
  int stop_times = 0;
  int classes = 0;
  int windows = 0;
};

/// Reads files into the catalogue.
class TimetableImport final {
 public:
  /// Both must outlive this.
  TimetableImport(const Clock& clock, CatalogueStore& store) : clock_(clock), store_(store) {}

  /// Checks everything, then replaces the feed's parts in one transaction.
  async::Task<ImportReport> Import(ImportFiles files);

 private:
  const Clock& clock_;
  CatalogueStore& store_;
};

}  // namespace houbu::slot
