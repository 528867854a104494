/// What a search is asked and what it gives: trains over a stretch on a day, with what is left of
/// each class (W-02).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/base/money.h"
#include "services/slot/app/departure_board.h"
#include "services/slot/app/sold_run.h"
#include "services/slot/domain/position.h"
#include "services/slot/domain/rules.h"

namespace houbu::slot {

/// How a class stands over a stretch.
enum class OfferState {
  kOnSale,      ///< It can be booked: places are left.
  kNoneLeft,    ///< Nothing is left; one can wait for it.
  kNotOpenYet,  ///< Its sale has not begun.
  kClosed,      ///< It has left, or cannot be booked this many days ahead.
  kUnknown,     ///< On sale, but nobody can say what is left.
  kStopped,     ///< An operator closed the run to new buyers.
};

/// How a class stands of which `free` places are left, where that is `known`.
OfferState OfferStateOf(SaleState sale, bool known, int free);

/// A class over a stretch and what is left of it.
struct ClassOffer {
  ClassCode code;
  Money fare;
  int free = 0;           ///< 0 where it is not known.
  bool on_sale = false;   ///< Whether the sale is open, whatever is left.
  bool waitlist = false;  ///< The mark 候补: nothing is left, and one can wait for it.
  OfferState state = OfferState::kUnknown;
  std::vector<Position> positions;  ///< What one may wish for; of a run got by itself.
};

/// A train over a stretch. Borrows from the board of its page.
struct JourneyOffer {
  const SoldRun* sold = nullptr;  ///< Null where its sale has not been prepared.
  absl::string_view train;
  absl::string_view trip;
  absl::string_view from;
  absl::string_view from_name;
  absl::string_view to;
  absl::string_view to_name;
  absl::Time departs_at;
  absl::Time arrives_at;
  LegRange legs;
  /// When its sale opens, where it has not; nothing where nobody has said.
  std::optional<absl::Time> sale_opens_at;
  std::vector<ClassOffer> classes;  ///< Those sold over the stretch, the dearest first.

  /// The run's id; empty where its sale has not been prepared.
  absl::string_view run() const {
    return sold == nullptr ? absl::string_view() : absl::string_view(sold->id.value());
  }
};

/// Two trains with one change between them.
struct ConnectionOffer {
  JourneyOffer first;
  JourneyOffer second;
};

/// What narrows a search. Whatever is empty does not.
struct JourneyFilter {
  /// Letters a train's number begins with; "0" for numbers that begin with a digit.
  std::vector<std::string> train_types;
  std::vector<ClassCode> classes;  ///< Only trains that sell one of them, and only these classes.
  int departs_from = 0;            ///< Minutes of the day, where one boards; from this one
  int departs_to = 24 * 60;        ///< to before this one.
};

/// How the list is ordered; what is equal, by departure.
enum class JourneyOrder { kDeparture, kDuration, kPrice };

/// What is looked for.
struct JourneyQuery {
  std::string origin;  ///< A station's id or name, or a city's name.
  std::string destination;
  absl::CivilDay day;  ///< Of boarding, in the zone of where one boards.
  JourneyFilter filter;
  JourneyOrder order = JourneyOrder::kDeparture;
  std::string after;  ///< Only those after this position.
  int limit = 100;
  int connections = 0;  ///< At most so many with one change; on the first page only.
};

/// A part of the list.
struct JourneyPage {
  std::shared_ptr<const DepartureBoard> board;  ///< Keeps alive what the offers borrow.
  std::vector<JourneyOffer> journeys;
  std::vector<ConnectionOffer> connections;  ///< The earliest arrival first.
  std::string position;                      ///< Of the last journey, where there are more.
  bool more = false;
  absl::Time as_of;  ///< Up to when what is left is known.
  /// Runs of which nobody has said here what is free: their classes are kUnknown.
  std::vector<const SoldRun*> unknown;
};

/// What was found out about runs that are not kept.
using FetchedPlaces = absl::flat_hash_map<const SoldRun*, RunPlaces>;

/// Prices a run's classes over a stretch, the dearest first, and counts what is left of each;
/// false where nobody has said what is free. `only` limits the classes, empty for all.
bool OfferClasses(const SoldRun& sold, LegRange legs, SaleState sale, const FetchedPlaces& fetched,
                  const std::vector<ClassCode>& only, std::vector<ClassOffer>& offers);

/// Where the sale of a run stands for one who boards where the legs begin.
SaleState SaleOf(const SoldRun& sold, LegRange legs, absl::Time now, const BookingPolicy& policy);

}  // namespace houbu::slot
