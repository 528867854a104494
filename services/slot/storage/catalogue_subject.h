/// The catalogue with all of its use cases beside slot's others, for tests.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/async/worker_pool.h"
#include "libs/base/civil.h"
#include "services/slot/app/journey_search.h"
#include "services/slot/app/run_opening.h"
#include "services/slot/app/timetable_import.h"
#include "services/slot/domain/feed_subject.h"
#include "services/slot/storage/feed_folder.h"
#include "services/slot/storage/postgres_catalogue.h"
#include "services/slot/storage/postgres_opened_runs.h"
#include "services/slot/storage/test_scene.h"

namespace houbu::slot {

/// The repository's root. What the compiler knows of this file is absolute, or relative to the
/// build folder, where the program lies.
inline std::filesystem::path RepositoryRoot() {
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe");
  const std::filesystem::path here = (program.parent_path() / __FILE__).lexically_normal();
  return here.parent_path().parent_path().parent_path().parent_path();
}

/// A real feed of the folder HOUBU_TEST_DATA names, or of the one beside the repository; empty,
/// with the reason printed, where there is none.
inline std::filesystem::path RealFeedOrSkip(const std::string& name) {
  const char* folder = std::getenv("HOUBU_TEST_DATA");
  const std::filesystem::path data =
      folder != nullptr ? folder : RepositoryRoot().parent_path() / "shared/data";
  const std::filesystem::path feed = data / "gtfs" / name;
  if (std::filesystem::exists(feed)) return feed;
  WARN("SKIPPED: no feed " << name << " in the folder HOUBU_TEST_DATA names");
  return {};
}

/// A day of December 2026.
inline absl::CivilDay December(int day) { return absl::CivilDay(2026, 12, day); }

/// Scene and catalogue on one database. Today is the 20th of November 2026.
class CatalogueSubject final {
 public:
  /// Null, with the reason printed, where there is no server.
  static std::unique_ptr<CatalogueSubject> OrSkip() {
    auto scene = Scene::OrSkip();
    if (!scene) return nullptr;
    return std::unique_ptr<CatalogueSubject>(new CatalogueSubject(std::move(scene)));
  }

  /// Imports; gives "file:line:column" of the faults.
  std::vector<std::string> Import(ImportFiles files) {
    const auto report = scene->Run(import.Import(std::move(files)));
    REQUIRE(report.ok());
    if (report->errors.empty()) REQUIRE(scene->Run(cache.Refresh()).ok());
    return PlacesOf(report->errors);
  }

  /// Imports the sample that is shipped and opens its runs; gives how many.
  int ImportSample() {
    const std::string sample = (RepositoryRoot() / "services/slot/sample").string();
    ImportFiles files;
    files.feed = "sample";
    files.gtfs = scene->Run(source.ReadGtfs(sample + "/gtfs")).value();
    files.classes =
        NamedText{"classes.csv", scene->Run(source.ReadText(sample + "/classes.csv")).value()};
    files.windows =
        NamedText{"windows.csv", scene->Run(source.ReadText(sample + "/windows.csv")).value()};
    REQUIRE(Import(std::move(files)).empty());
    return scene->Run(opening.OpenHorizon()).value();
  }

  /// Searches, or fails the case, on a copy that is up to date. What it gives lives as long as
  /// this.
  JourneyPage Search(const std::string& origin, const std::string& destination, absl::CivilDay day,
                     int limit = 500, const std::string& after = "") {
    JourneyQuery query;
    query.origin = origin;
    query.destination = destination;
    query.day = day;
    query.limit = limit;
    query.after = after;
    return Search(std::move(query));
  }

  /// Likewise.
  JourneyPage Search(JourneyQuery query) {
    REQUIRE(scene->Run(scene->search.CatchUp()).ok());
    const auto page = scene->Run(journeys.Search(std::move(query)));
    REQUIRE(page.ok());
    boards_.push_back(page->board);
    return *page;
  }

  /// The numbers of the trains found.
  std::vector<std::string> Trains(const std::string& origin, const std::string& destination,
                                  absl::CivilDay day) {
    std::vector<std::string> trains;
    for (const JourneyOffer& offer : Search(origin, destination, day).journeys) {
      trains.emplace_back(offer.train.data(), offer.train.size());
    }
    return trains;
  }

  /// The journey of one train, or fails the case.
  JourneyOffer Journey(const std::string& train, const std::string& origin,
                       const std::string& destination, absl::CivilDay day) {
    for (JourneyOffer& offer : Search(origin, destination, day).journeys) {
      if (offer.train == train) return std::move(offer);
    }
    FAIL("no train " << train << " from " << origin << " to " << destination);
    return JourneyOffer();
  }

  /// How many rows a statement counts.
  std::int64_t Count(const std::string& sql) {
    return scene->Run(scene->pool.Query(sql)).value().row(0).Int64("count");
  }

 private:
  explicit CatalogueSubject(std::unique_ptr<Scene> on) : scene(std::move(on)) {}

 public:
  std::unique_ptr<Scene> scene;
  async::WorkerPool workers{async::WorkerPoolOptions()};
  FeedFolder source{workers};
  PostgresCatalogue& store = scene->catalogue;
  PostgresOpenedRuns& opened = scene->opened;
  TimetableImport import{scene->clock, store};
  TimetableCache& cache = scene->timetables;
  RunOpening opening{RunOpening::Tools{scene->clock, cache, opened, RunOpeningPolicy()}};
  JourneySearch journeys{JourneySearch::Tools{scene->clock, cache, scene->board,
                                              scene->availability, opened, scene->policy}};

 private:
  std::vector<std::shared_ptr<const DepartureBoard>> boards_;
};

/// The class of this code, or fails the case.
inline ClassOffer ClassOf(const std::vector<ClassOffer>& classes, const std::string& code) {
  for (const ClassOffer& offer : classes) {
    if (offer.code == code) return offer;
  }
  FAIL("no class " << code);
  return ClassOffer();
}

}  // namespace houbu::slot
