/// The oracle's trains as slot's timetable has them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

#include "services/slot/domain/timetable.h"
#include "tests/oracle/ticket_commands.h"

namespace houbu::oracle {

/// Reads "07-21": a day of the summer of 2021.
inline absl::CivilDay ParseDay(absl::string_view text) {
  int month = 1;
  int day = 1;
  const bool read =
      absl::SimpleAtoi(text.substr(0, 2), &month) && absl::SimpleAtoi(text.substr(3, 2), &day);
  return read ? absl::CivilDay(2021, month, day) : absl::CivilDay(2021, 1, 1);
}

/// A train: its timetable, its places, its prices.
struct OracleTrain {
  slot::TimetabledTrain timetabled;
  slot::ServiceCalendar calendar;
  int seats = 0;
  std::vector<std::int64_t> price_to;  ///< From the first stop to each.
  bool released = false;

  /// The price of one place.
  std::int64_t Price(int from, int to) const {
    return price_to[static_cast<std::size_t>(to)] - price_to[static_cast<std::size_t>(from)];
  }
  /// A station's name.
  const std::string& StationAt(int stop) const {
    return timetabled.stops[static_cast<std::size_t>(stop)].station;
  }
};

/// What `add_train` says.
inline OracleTrain TrainOf(const Command& command) {
  OracleTrain train;
  train.timetabled.feed = "oracle";
  train.timetabled.trip = train.timetabled.number = train.timetabled.calendar = command.Get('i');
  train.timetabled.zone = "UTC";
  train.seats = command.Number('m');
  train.calendar.id = command.Get('i');
  train.calendar.weekdays = 0x7f;
  train.calendar.first_day = ParseDay(command.List('d')[0]);
  train.calendar.last_day = ParseDay(command.List('d')[1]);
  const auto minutes = [](const std::string& text) { return std::atoi(text.c_str()); };
  const std::string starts = command.Get('x');
  int minute = minutes(starts.substr(0, 2)) * 60 + minutes(starts.substr(3, 2));
  const std::vector<std::string> stations = command.List('s');
  const std::vector<std::string> travel = command.List('t');
  const std::vector<std::string> stopover = command.List('o');
  const std::vector<std::string> prices = command.List('p');
  std::int64_t price = 0;
  for (std::size_t i = 0; i < stations.size(); ++i) {
    if (i > 0) {
      minute += minutes(travel[i - 1]);
      price += minutes(prices[i - 1]);
    }
    slot::TimetabledStop stop;
    stop.station = stations[i];
    stop.arrives = minute * 60;
    if (i > 0 && i + 1 < stations.size()) minute += minutes(stopover[i - 1]);
    stop.departs = minute * 60;
    train.timetabled.stops.push_back(std::move(stop));
    train.price_to.push_back(price);
  }
  return train;
}

/// All trains that were added; those that were released can be travelled on.
class OracleTrains final {
 public:
  /// Takes up an accepted add_train.
  void Add(const Command& command) { trains_[command.Get('i')] = TrainOf(command); }
  /// Takes up an accepted delete_train.
  void Delete(const std::string& id) { trains_.erase(id); }
  /// Takes up an accepted release_train.
  void Release(const std::string& id) {
    trains_.at(id).released = true;
    Remake();
  }

  /// How many stations a train has; 0 where there is no such train.
  int CountStops(const std::string& id) const {
    const auto found = trains_.find(id);
    return found == trains_.end() ? 0 : static_cast<int>(found->second.timetabled.stops.size());
  }
  /// A train that is there.
  const OracleTrain& Get(const std::string& id) const { return trains_.at(id); }

  /// Who goes from one station to the other, boarded on that day.
  std::vector<slot::PlannedJourney> Journeys(const std::string& from, const std::string& to,
                                             absl::CivilDay day) const {
    return timetable_->Journeys({from}, {to}, day);
  }
  /// That train among them.
  std::optional<slot::PlannedJourney> Journey(const std::string& train, const std::string& from,
                                              const std::string& to, absl::CivilDay day) const {
    for (const slot::PlannedJourney& journey : Journeys(from, to, day)) {
      if (journey.train->trip == train) return journey;
    }
    return std::nullopt;
  }

 private:
  void Remake() {
    slot::FeedTimetable feed;
    feed.feed = "oracle";
    std::set<std::string> stations;
    for (const auto& [id, train] : trains_) {
      if (!train.released) continue;
      feed.trains.push_back(train.timetabled);
      feed.calendars.push_back(train.calendar);
      for (const slot::TimetabledStop& stop : train.timetabled.stops) stations.insert(stop.station);
    }
    for (const std::string& name : stations) {
      slot::Station station;
      station.id = station.name = station.city = name;
      station.zone = "UTC";
      feed.stations.push_back(std::move(station));
    }
    std::vector<slot::FeedTimetable> feeds;
    feeds.push_back(std::move(feed));
    timetable_ = std::make_unique<slot::Timetable>(std::move(feeds), std::vector<slot::Station>());
  }

  std::map<std::string, OracleTrain> trains_;
  std::unique_ptr<slot::Timetable> timetable_ = std::make_unique<slot::Timetable>();
};

}  // namespace houbu::oracle
