// The windows file: one window of a border station a line, recurring by weekdays.
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "libs/base/civil.h"
#include "services/slot/domain/csv.h"
#include "services/slot/domain/gtfs_values.h"
#include "services/slot/domain/offers.h"

namespace houbu::slot {
namespace {

constexpr absl::string_view kWeekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr int kDaySeconds = 24 * 60 * 60;
constexpr std::int64_t kFeeFenMax = 1'000'000;

std::optional<int> WeekdayOf(absl::string_view name) {
  for (int day = 0; day < 7; ++day) {
    if (kWeekdays[day] == name) return day;
  }
  return std::nullopt;
}

// "09:00" as seconds; 24:00 ends a day.
std::optional<int> TimeOfDay(absl::string_view text) {
  const std::optional<int> seconds = ParseFeedTime(absl::StrCat(text, ":00"));
  if (!seconds || *seconds > kDaySeconds) return std::nullopt;
  return seconds;
}

/// Reads the lines of one file.
class WindowsReader final {
 public:
  explicit WindowsReader(CsvTable& table) : table_(table) {
    for (const char* name :
         {"station_id", "station_name", "city", "lat", "lon", "time_zone", "class", "weekdays",
          "open", "close", "capacity", "fee_fen", "start_date", "end_date"}) {
      columns_[name] = table.Required(name);
    }
  }

  std::vector<WindowOfferTemplate> Read() {
    while (table_.Next()) ReadLine();
    return std::move(windows_);
  }

 private:
  CsvColumn Column(const char* name) const { return columns_.at(name); }
  std::string Need(const char* name) { return std::string(table_.Need(Column(name))); }

  template <class T>
  T Check(const char* name, std::optional<T> value, absl::string_view message) {
    if (!value && Column(name) >= 0) table_.Fail(Column(name), message);
    return value.value_or(T());
  }

  std::optional<std::int64_t> Number(const char* name, std::int64_t least, std::int64_t most) {
    const std::optional<std::int64_t> number = ParseWhole(table_.Get(Column(name)));
    if (!number || *number < least || *number > most) return std::nullopt;
    return number;
  }

  absl::string_view Get(const char* name) const { return table_.Get(Column(name)); }

  void ReadLine() {
    WindowOfferTemplate window;
    window.station.id = Need("station_id");
    window.station.name = Need("station_name");
    window.station.city = Need("city");
    window.station.zone = Need("time_zone");
    if (!window.station.zone.empty() && !LoadZone(window.station.zone).ok()) {
      table_.Fail(Column("time_zone"), "no time zone of the tz database");
    }
    window.station.lat =
        Check("lat", ParseDegrees(Get("lat"), 90), "not a latitude: degrees from -90 to 90");
    window.station.lon =
        Check("lon", ParseDegrees(Get("lon"), 180), "not a longitude: degrees from -180 to 180");
    window.class_code = Need("class");
    if (!window.class_code.empty() && window.class_code != "exit-card" &&
        window.class_code != "border-inspection") {
      table_.Fail(Column("class"), "not a class: write exit-card or border-inspection");
    }
    window.weekdays = Check("weekdays", ParseWeekdays(Get("weekdays")),
                            "not weekdays: write like Mon-Fri or Sat Sun");
    window.opens = Check("open", TimeOfDay(Get("open")), "not a time of day: write HH:MM");
    window.closes = Check("close", TimeOfDay(Get("close")), "not a time of day: write HH:MM");
    if (window.closes <= window.opens && TimeOfDay(Get("open")) && TimeOfDay(Get("close"))) {
      table_.Fail(Column("close"), "the window closes before it opens: mend the times");
    }
    window.capacity = static_cast<int>(Check("capacity", Number("capacity", 1, kCapacityMax),
                                             "not a capacity: write 1 to 100000"));
    window.fee_fen =
        Check("fee_fen", Number("fee_fen", 0, kFeeFenMax), "not a fee: write 0 to 1000000 fen");
    window.first_day = Check("start_date", ParseFeedDate(Get("start_date")),
                             "not a date: write YYYYMMDD, a day of the calendar");
    window.last_day = Check("end_date", ParseFeedDate(Get("end_date")),
                            "not a date: write YYYYMMDD, a day of the calendar");
    if (window.last_day < window.first_day) {
      table_.Fail(Column("end_date"), "end_date is before start_date: swap or mend them");
    }
    CheckAgainstOthers(window);
    windows_.push_back(std::move(window));
  }

  // A station is one thing, and its windows of a class do not overlap.
  void CheckAgainstOthers(const WindowOfferTemplate& window) {
    for (const WindowOfferTemplate& other : windows_) {
      const Station& station = other.station;
      if (station.id != window.station.id) continue;
      if (station.name != window.station.name || station.city != window.station.city ||
          station.zone != window.station.zone || station.lat != window.station.lat ||
          station.lon != window.station.lon) {
        table_.Fail(Column("station_id"),
                    "this station was described differently above: make the lines agree");
        return;
      }
      if (other.class_code == window.class_code && (other.weekdays & window.weekdays) != 0 &&
          other.opens < window.closes && window.opens < other.closes &&
          other.first_day <= window.last_day && window.first_day <= other.last_day) {
        table_.Fail(Column("open"), "overlaps a window above of this station and class");
        return;
      }
    }
  }

  CsvTable& table_;
  std::map<std::string, CsvColumn> columns_;
  std::vector<WindowOfferTemplate> windows_;
};

}  // namespace

std::optional<int> ParseWeekdays(absl::string_view text) {
  int bits = 0;
  for (const absl::string_view part : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const std::vector<absl::string_view> ends = absl::StrSplit(part, '-');
    const std::optional<int> first = WeekdayOf(ends.front());
    const std::optional<int> last = WeekdayOf(ends.back());
    if (ends.size() > 2 || !first || !last || *last < *first) return std::nullopt;
    for (int day = *first; day <= *last; ++day) bits |= 1 << day;
  }
  if (bits == 0) return std::nullopt;
  return bits;
}

std::vector<WindowOfferTemplate> ParseWindows(absl::string_view file, absl::string_view text,
                                              FeedErrors& errors) {
  CsvTable table(file, text, errors);
  return WindowsReader(table).Read();
}

}  // namespace houbu::slot
