/// What is sold on the trains of the timetable and at the windows of border stations: the templates
/// from which runs are opened, as the classes and windows files have them
/// (docs/reference/classes-csv.md, docs/reference/windows-csv.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

#include "services/slot/domain/feed_errors.h"
#include "services/slot/domain/run.h"
#include "services/slot/domain/timetable.h"

namespace houbu::slot {

/// A coach and how its places are numbered.
struct CoachTemplate {
  std::string coach;
  std::string places;  ///< "01-20:ABCDF", "001-118", "01-11:上中下"; see ExpandPlaces.
};

/// The price of one place between two stations, fen.
struct PairFare {
  std::string from;
  std::string to;
  std::int64_t fen = 0;
};

/// A class of a train.
struct ClassTemplate {
  ClassCode code;
  ClassKind kind = ClassKind::kCounted;
  int places = 0;                      ///< Counted classes only.
  std::vector<CoachTemplate> coaches;  ///< Numbered classes only.
  std::vector<PairFare> fares;         ///< They win over the rate.
  std::optional<std::int64_t> rate;    ///< Fen for 100 km; every stretch has a price then.
  std::string positions;               ///< Where its places are; as ClassLayout::positions.
  ClassCode shares;  ///< An earlier class of the train whose places it sells; "" for its own.
};

/// The classes of a train, by its number; they hold for all trips of that number.
struct TrainOffer {
  std::string train;
  std::vector<ClassTemplate> classes;
};

/// A window of a border station that recurs by weekdays.
struct WindowOfferTemplate {
  Station station;
  ClassCode class_code;
  int weekdays = 0;  ///< Bit 0 is Monday.
  int opens = 0;     ///< Seconds of the day.
  int closes = 0;
  int capacity = 0;
  std::int64_t fee_fen = 0;
  absl::CivilDay first_day;
  absl::CivilDay last_day;
};

/// The numbers of a coach's places. "01-03:AC" gives 01A 01C 02A 02C 03A 03C, one character after
/// the colon for each place of a row; "001-003" gives 001 002 003, as wide as the first number.
/// Nothing where it is neither, or has more than 1000 places.
std::optional<std::vector<std::string>> ExpandPlaces(absl::string_view pattern);

/// How many places the class has.
int CapacityOf(const ClassTemplate& class_template);

/// Reads the classes of the feed's trains. What it gives is to be used only when `errors` stayed
/// empty.
std::vector<TrainOffer> ParseClasses(absl::string_view file, absl::string_view text,
                                     const FeedTimetable& feed, FeedErrors& errors);

/// Reads windows; likewise.
std::vector<WindowOfferTemplate> ParseWindows(absl::string_view file, absl::string_view text,
                                              FeedErrors& errors);

/// Bits of "Mon-Fri", "Sat Sun", "Mon Wed-Fri"; nothing where it is none of these.
std::optional<int> ParseWeekdays(absl::string_view text);

}  // namespace houbu::slot
