// The classes file: one record a line, a class before its coaches and fares.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

#include "services/slot/domain/csv.h"
#include "services/slot/domain/gtfs_values.h"
#include "services/slot/domain/offers.h"
#include "services/slot/domain/position.h"

namespace houbu::slot {
namespace {

constexpr std::size_t kCoachPlacesMax = 1000;
constexpr std::int64_t kFenMax = 100'000'000;  // a million yuan

bool IsClassCode(absl::string_view code) {
  for (const char c : code) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) &&
        !absl::ascii_islower(static_cast<unsigned char>(c)) && c != '-') {
      return false;
    }
  }
  return !code.empty() && code.size() <= 64;
}

// The characters of well-formed UTF-8.
std::vector<std::string> CharactersOf(absl::string_view text) {
  std::vector<std::string> characters;
  for (const char c : text) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (continues && !characters.empty()) {
      characters.back().push_back(c);
    } else {
      characters.emplace_back(1, c);
    }
  }
  return characters;
}

/// Reads the records of one file.
class ClassesReader final {
 public:
  ClassesReader(CsvTable& table, const FeedTimetable& feed) : table_(table) {
    for (const TimetabledTrain& train : feed.trains) trains_[train.number].push_back(&train);
    record_ = table.Required("record");
    train_ = table.Required("train");
    class_ = table.Required("class");
    kind_ = table.Required("kind");
    coach_ = table.Required("coach");
    places_ = table.Required("places");
    from_ = table.Required("from_stop");
    to_ = table.Required("to_stop");
    fen_ = table.Required("fen");
    positions_ = table.Optional("positions");
    shares_ = table.Optional("shares");
  }

  std::vector<TrainOffer> Read() {
    while (table_.Next()) ReadRecord();
    for (const auto& [key, place] : opened_) CheckWhole(key, place);
    std::vector<TrainOffer> offers;
    offers.reserve(offers_.size());
    for (auto& [train, offer] : offers_) offers.push_back(std::move(offer));
    return offers;
  }

 private:
  using Key = std::pair<std::string, std::string>;  // train and class

  void ReadRecord() {
    const absl::string_view record = table_.Need(record_);
    const Key key(std::string(table_.Need(train_)), std::string(table_.Need(class_)));
    if (record.empty() || key.first.empty() || key.second.empty()) return;
    if (!trains_.contains(key.first)) {
      table_.Fail(train_, absl::StrCat("train ", key.first,
                                       " is not in trips.txt: name it by its "
                                       "trip_short_name"));
      return;
    }
    if (record == "class") return AddClass(key);
    ClassTemplate* found = FindTemplate(key);
    if (record != "coach" && record != "fare" && record != "rate") {
      table_.Fail(record_, "not a record: write class, coach, fare or rate");
    } else if (found == nullptr) {
      table_.Fail(class_, absl::StrCat("class ", key.second, " of train ", key.first,
                                       " has no class record above: add one"));
    } else if (record == "coach") {
      AddCoach(*found);
    } else if (record == "fare") {
      AddFare(key.first, *found);
    } else {
      AddRate(key.first, *found);
    }
  }

  ClassTemplate* FindTemplate(const Key& key) {
    const auto offer = offers_.find(key.first);
    if (offer == offers_.end()) return nullptr;
    for (ClassTemplate& one : offer->second.classes) {
      if (one.code == key.second) return &one;
    }
    return nullptr;
  }

  void AddClass(const Key& key) {
    ClassTemplate fresh;
    fresh.code = key.second;
    if (!IsClassCode(key.second)) table_.Fail(class_, "not a class: write [a-z0-9-], at most 64");
    if (FindTemplate(key) != nullptr) {
      table_.Fail(class_, absl::StrCat("class ", key.second, " of train ", key.first,
                                       " is there twice: remove one"));
      return;
    }
    for (const TimetabledTrain* train : trains_[key.first]) {
      if (static_cast<int>(train->stops.size()) - 1 <= kLegsMax) continue;
      table_.Fail(train_, "a train that is sold has at most 251 stops: leave it out");
    }
    ReadStanding(key, fresh);
    const absl::string_view kind = table_.Get(kind_);
    if (!fresh.shares.empty()) {
      if (!kind.empty())
        table_.Fail(kind_, "a class that shares has the kind of the other: leave it out");
    } else if (kind == "assigned") {
      fresh.kind = ClassKind::kAssigned;
    } else if (kind == "counted") {
      const std::optional<std::int64_t> places = ParseWhole(table_.Get(places_));
      if (!places || *places < 1 || *places > kCapacityMax) {
        table_.Fail(places_, "a counted class needs its places, 1 to 100000");
      }
      fresh.places = static_cast<int>(places.value_or(0));
    } else {
      table_.Fail(kind_, "not a kind: write assigned or counted");
    }
    opened_[key] = table_.PlaceOf(class_);
    TrainOffer& offer = offers_[key.first];
    offer.train = key.first;
    offer.classes.push_back(std::move(fresh));
  }

  // Where its places are, and whether they are another class's.
  void ReadStanding(const Key& key, ClassTemplate& fresh) {
    fresh.positions = std::string(table_.Get(positions_));
    if (!IsPositions(fresh.positions)) {
      table_.Fail(positions_, "not positions: write like ABCDF or UML, 0 for none, at most 64");
    }
    fresh.shares = std::string(table_.Get(shares_));
    if (fresh.shares.empty()) return;
    const ClassTemplate* const owner = FindTemplate(Key(key.first, fresh.shares));
    if (owner == nullptr || !owner->shares.empty()) {
      table_.Fail(shares_, absl::StrCat("train ", key.first, " has no class ", fresh.shares,
                                        " with places of its own above: name one"));
      return;
    }
    fresh.kind = owner->kind;
  }

  void AddCoach(ClassTemplate& found) {
    CoachTemplate coach;
    coach.coach = std::string(table_.Need(coach_));
    coach.places = std::string(table_.Need(places_));
    if (found.kind != ClassKind::kAssigned || !found.shares.empty()) {
      table_.Fail(
          record_,
          "only an assigned class with places of its own has coaches: mend it or remove this line");
    }
    if (!coach.places.empty() && !ExpandPlaces(coach.places)) {
      table_.Fail(places_, "not a pattern of places: write like 01-20:ABCDF or 001-118");
      return;
    }
    for (const CoachTemplate& other : found.coaches) {
      if (other.coach == coach.coach) table_.Fail(coach_, "this coach is there twice: remove one");
    }
    found.coaches.push_back(std::move(coach));
    if (CapacityOf(found) > kCapacityMax) table_.Fail(places_, "a class has at most 100000 places");
  }

  std::optional<std::int64_t> ReadFen() {
    const std::optional<std::int64_t> fen = ParseWhole(table_.Get(fen_));
    if (fen && *fen <= kFenMax) return fen;
    table_.Fail(fen_, "not an amount: write whole fen, 0 to 100000000");
    return std::nullopt;
  }

  void AddFare(const std::string& train, ClassTemplate& found) {
    PairFare fare;
    fare.from = std::string(table_.Need(from_));
    fare.to = std::string(table_.Need(to_));
    const std::optional<std::int64_t> fen = ReadFen();
    if (fare.from.empty() || fare.to.empty() || !fen) return;
    fare.fen = *fen;
    for (const PairFare& other : found.fares) {
      if (other.from == fare.from && other.to == fare.to) {
        table_.Fail(from_, "this stretch has two fares: remove one");
        return;
      }
    }
    if (!Goes(train, fare)) {
      table_.Fail(from_, absl::StrCat("train ", train, " does not go from ", fare.from, " to ",
                                      fare.to, ": name stop_ids of its stops in their order"));
    }
    found.fares.push_back(std::move(fare));
  }

  bool Goes(const std::string& train, const PairFare& fare) {
    for (const TimetabledTrain* trip : trains_[train]) {
      bool boarded = false;
      for (const TimetabledStop& stop : trip->stops) {
        if (boarded && stop.station == fare.to) return true;
        boarded = boarded || stop.station == fare.from;
      }
    }
    return false;
  }

  void AddRate(const std::string& train, ClassTemplate& found) {
    const std::optional<std::int64_t> fen = ReadFen();
    if (found.rate) table_.Fail(record_, "this class has two rates: remove one");
    for (const TimetabledTrain* trip : trains_[train]) {
      for (const TimetabledStop& stop : trip->stops) {
        if (stop.metres >= 0) continue;
        table_.Fail(train_, absl::StrCat("trip ", trip->trip, " has no shape_dist_traveled at ",
                                         stop.station, ": fill it in or write fares"));
        break;
      }
    }
    found.rate = fen;
  }

  // A class that has no places or no price could never be sold.
  void CheckWhole(const Key& key, const FilePlace& place) {
    const ClassTemplate* found = FindTemplate(key);
    if (found->kind == ClassKind::kAssigned && found->coaches.empty() && found->shares.empty()) {
      table_.FailAt(place, "an assigned class needs a coach record: add one");
    }
    if (!found->rate && found->fares.empty()) {
      table_.FailAt(place, "the class has no price: add a fare or a rate record");
    }
  }

  CsvTable& table_;
  std::map<std::string, std::vector<const TimetabledTrain*>> trains_;
  std::map<std::string, TrainOffer> offers_;
  std::map<Key, FilePlace> opened_;
  CsvColumn record_ = -1;
  CsvColumn train_ = -1;
  CsvColumn class_ = -1;
  CsvColumn kind_ = -1;
  CsvColumn coach_ = -1;
  CsvColumn places_ = -1;
  CsvColumn from_ = -1;
  CsvColumn to_ = -1;
  CsvColumn fen_ = -1;
  CsvColumn positions_ = -1;
  CsvColumn shares_ = -1;
};

}  // namespace

std::optional<std::vector<std::string>> ExpandPlaces(absl::string_view pattern) {
  const std::vector<absl::string_view> parts = absl::StrSplit(pattern, absl::MaxSplits(':', 1));
  const std::vector<absl::string_view> ends = absl::StrSplit(parts[0], '-');
  if (ends.size() != 2 || ends[0].size() > 4 || ends[1].size() > 4) return std::nullopt;
  const std::optional<std::int64_t> first = ParseWhole(ends[0]);
  const std::optional<std::int64_t> last = ParseWhole(ends[1]);
  if (!first || !last || *last < *first) return std::nullopt;
  std::vector<std::string> letters(1);
  if (parts.size() == 2) letters = CharactersOf(parts[1]);
  if (letters.empty()) return std::nullopt;
  const std::set<std::string> distinct(letters.begin(), letters.end());
  const std::size_t rows = static_cast<std::size_t>(*last - *first + 1);
  if (distinct.size() != letters.size() || rows * letters.size() > kCoachPlacesMax) {
    return std::nullopt;
  }
  std::vector<std::string> numbers;
  for (std::int64_t row = *first; row <= *last; ++row) {
    for (const std::string& letter : letters) {
      numbers.push_back(absl::StrFormat("%0*d%s", static_cast<int>(ends[0].size()), row, letter));
    }
  }
  return numbers;
}

int CapacityOf(const ClassTemplate& class_template) {
  if (class_template.kind == ClassKind::kCounted) return class_template.places;
  std::size_t places = 0;
  for (const CoachTemplate& coach : class_template.coaches) {
    places += ExpandPlaces(coach.places).value_or(std::vector<std::string>()).size();
  }
  return static_cast<int>(places);
}

std::vector<TrainOffer> ParseClasses(absl::string_view file, absl::string_view text,
                                     const FeedTimetable& feed, FeedErrors& errors) {
  CsvTable table(file, text, errors);
  return ClassesReader(table, feed).Read();
}

}  // namespace houbu::slot
