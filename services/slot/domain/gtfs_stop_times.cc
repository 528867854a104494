// stop_times.txt and frequencies.txt: the second half of GtfsReader.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "services/slot/domain/gtfs_reader.h"
#include "services/slot/domain/gtfs_values.h"

namespace houbu::slot {
namespace {

constexpr char kNotTime[] = "not a time: write HH:MM:SS, hours above 24 for the days after";
constexpr std::int64_t kHeadwayMax = std::int64_t{24} * 60 * 60;
constexpr std::size_t kDeparturesMax = 5000;  // of one row of frequencies.txt

// What times that contradict each other are told to be.
std::string Clashing(int arrives, int departs_before) {
  return absl::StrCat("arrives at ", FormatFeedTime(arrives), ", but left the stop before at ",
                      FormatFeedTime(departs_before), ": mend the times or the stop_sequence");
}

std::optional<int> ReadTime(CsvTable& table, CsvColumn column) {
  const absl::string_view text = table.Get(column);
  if (text.empty()) return std::nullopt;
  const std::optional<int> seconds = ParseFeedTime(text);
  if (!seconds) table.Fail(column, kNotTime);
  return seconds;
}

// Whether one may get on (or off) by pickup_type (or drop_off_type): anything but 1.
bool ReadPermission(CsvTable& table, CsvColumn column) {
  const absl::string_view type = table.Get(column);
  if (!type.empty() && (type.size() != 1 || type[0] < '0' || type[0] > '3')) {
    table.Fail(column, "not a pickup or drop-off type: write 0 to 3");
  }
  return type != "1";
}

}  // namespace

void GtfsReader::ReadStopTimes() {
  std::optional<CsvTable> table = Open("stop_times.txt");
  if (!table) return MissFile("stop_times.txt", "the file is missing: add it");
  columns_.trip = table->Required("trip_id");
  columns_.arrival = table->Required("arrival_time");
  columns_.departure = table->Required("departure_time");
  columns_.stop = table->Required("stop_id");
  columns_.sequence = table->Required("stop_sequence");
  columns_.pickup = table->Optional("pickup_type");
  columns_.drop_off = table->Optional("drop_off_type");
  columns_.distance = table->Optional("shape_dist_traveled");
  while (table->Next()) ReadStopTime(*table);
}

void GtfsReader::ReadStopTime(CsvTable& table) {
  Call call;
  call.place = table.PlaceOf(columns_.arrival);
  call.stop.station = std::string(table.Need(columns_.stop));
  call.arrives = ReadTime(table, columns_.arrival);
  call.departs = ReadTime(table, columns_.departure);
  if (!call.arrives) call.arrives = call.departs;
  if (!call.departs) call.departs = call.arrives;
  call.stop.boards = ReadPermission(table, columns_.pickup);
  call.stop.alights = ReadPermission(table, columns_.drop_off);
  if (const absl::string_view text = table.Get(columns_.distance); !text.empty()) {
    const std::optional<std::int64_t> metres = ParseThousandths(text);
    if (!metres) table.Fail(columns_.distance, "not a distance: write a number, not negative");
    call.stop.metres = metres.value_or(-1);
  }
  const auto stop = stops_.find(call.stop.station);
  if (!call.stop.station.empty() && stop == stops_.end()) {
    table.Fail(columns_.stop, absl::StrCat("stop_id ", call.stop.station,
                                           " is not in stops.txt: add it there or mend it"));
  } else if (stop != stops_.end() && !stop->second) {
    table.Fail(columns_.stop, absl::StrCat("stop_id ", call.stop.station,
                                           " is no stop but groups stops: name one of them"));
  }
  const std::optional<std::int64_t> sequence = ParseWhole(table.Get(columns_.sequence));
  if (!sequence && columns_.sequence >= 0) {
    table.Fail(columns_.sequence, "not a stop_sequence: write a whole number, not negative");
  }
  call.sequence = sequence.value_or(-1);
  const std::string trip(table.Need(columns_.trip));
  if (trip.empty()) return;
  const auto train = trains_.find(trip);
  if (train == trains_.end()) {
    table.Fail(columns_.trip,
               absl::StrCat("trip_id ", trip, " is not in trips.txt: add it there or mend it"));
    return;
  }
  std::vector<Call>& calls = calls_[train->second].calls;
  if (sequence && !calls.empty() && *sequence <= calls.back().sequence) {
    table.Fail(columns_.sequence,
               absl::StrCat("stop_sequence ", *sequence, " after ", calls.back().sequence,
                            ": it must rise along the trip; sort the rows or mend it"));
  }
  calls.push_back(std::move(call));
}

void GtfsReader::FinishTrains() {
  if (!files_.contains("stop_times.txt")) return;
  for (std::size_t train = 0; train < feed_.trains.size(); ++train) FinishTrain(train);
}

void GtfsReader::FinishTrain(std::size_t train) {
  TrainCalls& stops = calls_[train];
  if (stops.calls.size() < 2) {
    errors_.Add(stops.place,
                absl::StrCat("trip_id ", feed_.trains[train].trip, " has ", stops.calls.size(),
                             " stops in stop_times.txt: it needs two"));
    return;
  }
  FillTimes(stops.calls);
  CheckTimes(stops.calls);
  for (Call& call : stops.calls) {
    call.stop.arrives = call.arrives.value_or(0);
    call.stop.departs = call.departs.value_or(0);
    feed_.trains[train].stops.push_back(std::move(call.stop));
  }
}

// Stops without times lie evenly between their timed neighbours, as GTFS has it.
void GtfsReader::FillTimes(std::vector<Call>& calls) {
  for (const Call* end : {&calls.front(), &calls.back()}) {
    if (!end->arrives) {
      errors_.Add(end->place, "the first and the last stop of a trip need times: fill them in");
    }
  }
  if (!calls.front().arrives || !calls.back().arrives) return;
  std::size_t before = 0;
  for (std::size_t i = 1; i < calls.size(); ++i) {
    if (!calls[i].arrives) continue;
    const int span = *calls[i].arrives - *calls[before].departs;
    const int steps = static_cast<int>(i - before);
    for (std::size_t between = before + 1; between < i; ++between) {
      const int step = static_cast<int>(between - before);
      calls[between].arrives = *calls[before].departs + span * step / steps;
      calls[between].departs = calls[between].arrives;
    }
    before = i;
  }
}

void GtfsReader::CheckTimes(const std::vector<Call>& calls) {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (!calls[i].arrives || !calls[i].departs) continue;
    if (*calls[i].departs < *calls[i].arrives) {
      errors_.Add(calls[i].place, absl::StrCat("departs at ", FormatFeedTime(*calls[i].departs),
                                               ", before it arrives: mend the times"));
    }
    if (i > 0 && calls[i - 1].departs && *calls[i].arrives < *calls[i - 1].departs) {
      errors_.Add(calls[i].place, Clashing(*calls[i].arrives, *calls[i - 1].departs));
    }
  }
}

void GtfsReader::ReadFrequencies() {
  std::optional<CsvTable> table = Open("frequencies.txt");
  if (!table) return;
  const CsvColumn trip_column = table->Required("trip_id");
  for (const char* name : {"start_time", "end_time", "headway_secs"}) table->Required(name);
  std::set<std::size_t> repeated;
  while (table->Next()) {
    const std::string trip(table->Need(trip_column));
    const auto found = trains_.find(trip);
    if (trip.empty()) continue;
    if (found == trains_.end()) {
      table->Fail(trip_column,
                  absl::StrCat("trip_id ", trip, " is not in trips.txt: add it there or mend it"));
      continue;
    }
    repeated.insert(found->second);
    AddDepartures(*table, found->second);
  }
  // The trip itself was only the pattern of its departures.
  for (auto train = repeated.rbegin(); train != repeated.rend(); ++train) {
    feed_.trains.erase(feed_.trains.begin() + static_cast<std::ptrdiff_t>(*train));
  }
}

void GtfsReader::AddDepartures(CsvTable& table, std::size_t train) {
  const CsvColumn start_column = table.Optional("start_time");
  const CsvColumn end_column = table.Optional("end_time");
  const CsvColumn headway_column = table.Optional("headway_secs");
  const std::optional<int> start = ReadTime(table, start_column);
  const std::optional<int> end = ReadTime(table, end_column);
  const std::optional<std::int64_t> headway = ParseWhole(table.Get(headway_column));
  if (!headway || *headway < 1 || *headway > kHeadwayMax) {
    table.Fail(headway_column, "not a headway: write seconds, 1 to 86400");
    return;
  }
  if (!start || !end || *end <= *start) {
    table.Fail(end_column, "start_time and end_time are needed, the end after the start");
    return;
  }
  if (static_cast<std::size_t>(*end - *start) / static_cast<std::size_t>(*headway) >
      kDeparturesMax) {
    table.Fail(headway_column, "more than 5000 departures: make the headway longer");
    return;
  }
  const TimetabledTrain pattern = feed_.trains[train];
  for (int departs = *start; departs < *end; departs += static_cast<int>(*headway)) {
    TimetabledTrain one = pattern;
    one.trip = absl::StrCat(pattern.trip, "@", FormatFeedTime(departs));
    const int shift = departs - pattern.stops.front().departs;
    for (TimetabledStop& stop : one.stops) {
      stop.arrives = std::max(0, stop.arrives + shift);
      stop.departs += shift;
    }
    if (!trains_.emplace(one.trip, feed_.trains.size()).second) {
      table.Fail(start_column, absl::StrCat("the departure at ", FormatFeedTime(departs),
                                            " is there twice: mend the times"));
      return;
    }
    feed_.trains.push_back(std::move(one));
  }
}

}  // namespace houbu::slot
