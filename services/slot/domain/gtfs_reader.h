/// The reading of one GTFS feed, file by file; ParseGtfs drives it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/slot/domain/csv.h"
#include "services/slot/domain/gtfs.h"

namespace houbu::slot {

/// Reads a feed once. The files are read in the order of their references.
class GtfsReader final {
 public:
  /// All must outlive this.
  GtfsReader(absl::string_view feed, const FeedFiles& files, FeedErrors& errors);

  /// Reads everything.
  FeedTimetable Read();

 private:
  /// A stop of a train and where it was said.
  struct Call {
    TimetabledStop stop;
    std::optional<int> arrives;
    std::optional<int> departs;
    std::int64_t sequence = 0;
    FilePlace place;
  };
  struct TrainCalls {
    FilePlace place;  // of the trip
    std::vector<Call> calls;
  };

  std::optional<CsvTable> Open(absl::string_view file);
  void MissFile(absl::string_view file, absl::string_view message);

  void ReadAgencies();
  void ReadStops();
  void AddStop(CsvTable& table, const std::map<std::string, std::string>& parents);
  void ReadRoutes();
  void ReadCalendars();
  void ReadCalendarDates();
  void ReadTrips();
  void ReadStopTimes();
  void ReadStopTime(CsvTable& table);
  void ReadFrequencies();
  void AddDepartures(CsvTable& table, std::size_t train);
  void FinishTrains();
  void FinishTrain(std::size_t train);
  void FillTimes(std::vector<Call>& calls);
  void CheckTimes(const std::vector<Call>& calls);
  std::size_t CalendarOf(const std::string& id);

  /// The columns of stop_times.txt.
  struct StopTimeColumns {
    CsvColumn trip = -1;
    CsvColumn arrival = -1;
    CsvColumn departure = -1;
    CsvColumn stop = -1;
    CsvColumn sequence = -1;
    CsvColumn pickup = -1;
    CsvColumn drop_off = -1;
    CsvColumn distance = -1;
  };

  const FeedFiles& files_;
  FeedErrors& errors_;
  FeedTimetable feed_;
  std::string zone_;
  std::map<std::string, bool> stops_;  // by id: whether trains stop there
  std::set<std::string> agencies_;
  std::set<std::string> routes_;
  std::map<std::string, std::size_t> calendars_;
  std::map<std::string, std::size_t> trains_;
  std::vector<TrainCalls> calls_;  // by train
  StopTimeColumns columns_;
};

}  // namespace houbu::slot
