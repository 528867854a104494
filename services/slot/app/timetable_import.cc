#include "services/slot/app/timetable_import.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::slot {
namespace {

FeedImport Parse(const ImportFiles& files, ImportReport& report) {
  FeedImport import;
  import.feed = files.feed;
  if (files.gtfs.has_value()) {
    import.timetable = ParseGtfs(files.feed, *files.gtfs, report.errors);
    report.stations = static_cast<int>(import.timetable->stations.size());
    report.trips = static_cast<int>(import.timetable->trains.size());
    report.stop_times = import.timetable->stop_times();
  }
  // Classes refer to the timetable: of a broken one they would only repeat the faults.
  if (files.classes.has_value() && import.timetable.has_value() && report.errors.empty()) {
    import.offers =
        ParseClasses(files.classes->name, files.classes->text, *import.timetable, report.errors);
    for (const TrainOffer& offer : *import.offers) {
      report.classes += static_cast<int>(offer.classes.size());
    }
  }
  if (files.windows.has_value()) {
    import.windows = ParseWindows(files.windows->name, files.windows->text, report.errors);
    report.windows = static_cast<int>(import.windows->size());
  }
  return import;
}

}  // namespace

async::Task<ImportReport> TimetableImport::Import(ImportFiles files) {
  ImportReport report;
  FeedImport import = Parse(files, report);
  if (!report.errors.empty()) co_return report;
  const absl::Time now = clock_.Now();
  CO_RETURN_IF_ERROR(co_await store_.Import(std::move(import), now));
  co_return report;
}

}  // namespace houbu::slot
