#include "services/slot/storage/postgres_bookings.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "libs/base/status_macros.h"

namespace houbu::slot {
namespace {

using async::Task;
using postgres::Parameters;

constexpr char kColumns[] = R"sql(
  SELECT id, version, number, account, state, run_id, kind, display_name, time_zone,
         service_date::text AS service_date, class_code, from_stop, to_stop, from_station,
         from_name, to_station, to_name, departs_at, arrives_at, fare_minor, total_minor, currency,
         payment, created_at, expires_at, due_at, cancel_reason, rebooked_from, rebooked_to,
         demand, holder, destination_country
  FROM bookings )sql";

absl::StatusOr<Trip> TripOf(const postgres::Row& row) {
  Trip trip;
  trip.run = RunId(row.Text("run_id"));
  trip.kind = row.Text("kind") == "TRAIN" ? RunKind::kTrain : RunKind::kWindow;
  trip.display_name = row.Text("display_name");
  trip.time_zone = row.Text("time_zone");
  ASSIGN_OR_RETURN(trip.service_date, ParseCivilDay(row.Text("service_date")));
  trip.class_code = row.Text("class_code");
  trip.legs.from = row.Int32("from_stop");
  trip.legs.to = row.Int32("to_stop");
  trip.from_station = row.Text("from_station");
  trip.from_name = row.Text("from_name");
  trip.to_station = row.Text("to_station");
  trip.to_name = row.Text("to_name");
  trip.departs_at = row.Time("departs_at");
  trip.arrives_at = row.Time("arrives_at");
  return trip;
}

absl::StatusOr<Booking> BookingOf(const postgres::Row& row) {
  Booking booking;
  booking.id = BookingId(row.Text("id"));
  booking.version = row.Int64("version");
  booking.number = row.Text("number");
  booking.account = row.Text("account");
  const std::optional<BookingState> state = ParseBookingState(row.Text("state"));
  if (!state.has_value()) return absl::InternalError("a booking in an unknown state");
  booking.state = *state;
  ASSIGN_OR_RETURN(booking.trip, TripOf(row));
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(row.Text("currency")));
  booking.fare = Money{row.Int64("fare_minor"), currency};
  booking.total = Money{row.Int64("total_minor"), currency};
  booking.payment = row.Text("payment");
  booking.created_at = row.Time("created_at");
  booking.expires_at = row.OptionalTime("expires_at");
  booking.due_at = row.OptionalTime("due_at");
  booking.cancel_reason = row.Text("cancel_reason");
  booking.rebooked_from = row.Text("rebooked_from");
  booking.rebooked_to = row.Text("rebooked_to");
  booking.demand = row.Text("demand");
  booking.holder = row.Text("holder");
  booking.destination_country = row.Text("destination_country");
  return booking;
}

Place PlaceOf(const postgres::Row& row) {
  Place place;
  place.traveller.key = row.Text("traveller_key");
  place.traveller.passenger = row.Text("passenger");
  place.traveller.masked_name = row.Text("masked_name");
  const std::optional<std::int64_t> unit = row.OptionalInt64("unit");
  if (unit.has_value()) place.unit = static_cast<int>(*unit);
  place.coach = row.Text("coach");
  place.number = row.Text("number");
  return place;
}

}  // namespace

constexpr char kLoadPlaces[] = R"sql(
  SELECT booking_id, traveller_key, passenger, masked_name, unit, coach, number
  FROM booking_places WHERE booking_id = ANY($1::text[]) ORDER BY booking_id, place_index)sql";

constexpr char kLoadHistory[] = R"sql(
  SELECT booking_id, state, at, cause
  FROM booking_history WHERE booking_id = ANY($1::text[]) ORDER BY booking_id, seq)sql";

namespace {

/// Puts rows of bookings, places and history together; the bookings stay in their order.
absl::StatusOr<std::vector<Booking>> BookingsOf(const postgres::Result& rows,
                                                const postgres::Result& places,
                                                const postgres::Result& history) {
  std::vector<Booking> bookings;
  std::map<std::string, std::size_t> positions;
  for (int i = 0; i < rows.rows(); ++i) {
    ASSIGN_OR_RETURN(Booking booking, BookingOf(rows.row(i)));
    positions[booking.id.value()] = bookings.size();
    bookings.push_back(std::move(booking));
  }
  for (int i = 0; i < places.rows(); ++i) {
    const postgres::Row row = places.row(i);
    bookings[positions.at(row.Text("booking_id"))].places.push_back(PlaceOf(row));
  }
  for (int i = 0; i < history.rows(); ++i) {
    const postgres::Row row = history.row(i);
    HistoryEntry entry;
    entry.state = ParseBookingState(row.Text("state")).value_or(BookingState::kHeld);
    entry.at = row.Time("at");
    entry.cause = row.Text("cause");
    bookings[positions.at(row.Text("booking_id"))].history.push_back(std::move(entry));
  }
  return bookings;
}

Parameters IdsOf(const std::vector<std::string>& ids) {
  Parameters params;
  params.AddTextArray(ids);
  return params;
}

}  // namespace

Task<std::vector<Booking>> PostgresBookings::Complete(postgres::Result rows) {
  if (rows.empty()) co_return std::vector<Booking>();
  std::vector<std::string> ids;
  for (int i = 0; i < rows.rows(); ++i) ids.push_back(rows.row(i).Text("id"));
  std::vector<postgres::Statement> statements(2);
  statements[0] = {kLoadPlaces, IdsOf(ids)};
  statements[1] = {kLoadHistory, IdsOf(ids)};
  ASSIGN_OR_CO_RETURN(const std::vector<postgres::Result> parts,
                      co_await pool_.QueryAll(std::move(statements)));
  co_return BookingsOf(rows, parts[0], parts[1]);
}

// All of it in one journey, the booking first: should it change meanwhile, its version is the old
// one and nothing can be built on what was read.
Task<Booking> PostgresBookings::Load(BookingId id) {
  const std::vector<std::string> ids(1, id.value());
  std::vector<postgres::Statement> statements(3);
  statements[0] = {absl::StrCat(kColumns, "WHERE id = ANY($1::text[])"), IdsOf(ids)};
  statements[1] = {kLoadPlaces, IdsOf(ids)};
  statements[2] = {kLoadHistory, IdsOf(ids)};
  ASSIGN_OR_CO_RETURN(const std::vector<postgres::Result> parts,
                      co_await pool_.QueryAll(std::move(statements)));
  if (parts[0].empty()) co_return Refuse(kBookingNotFound);
  ASSIGN_OR_CO_RETURN(std::vector<Booking> bookings, BookingsOf(parts[0], parts[1], parts[2]));
  co_return std::move(bookings.front());
}

constexpr char kFilter[] = R"sql(
  WHERE account = $1
    AND ($2::text IS NULL OR state = $2)
    AND ($3::text IS NULL OR service_date >= $3::text::date)
    AND ($4::text IS NULL OR service_date <= $4::text::date)
    AND ($5::text = '' OR strpos(lower(cancel_reason), lower($5)) > 0)
    AND ($6::text = '' OR id < $6)
  ORDER BY id DESC LIMIT $7)sql";

Task<std::vector<Booking>> PostgresBookings::List(BookingFilter filter) {
  std::optional<std::string> state, from_day, to_day;
  if (filter.state.has_value()) state = std::string(NameOf(*filter.state));
  if (filter.from_day.has_value()) from_day = FormatCivilDay(*filter.from_day);
  if (filter.to_day.has_value()) to_day = FormatCivilDay(*filter.to_day);
  Parameters params;
  params.Add(filter.account).Add(state).Add(from_day).Add(to_day).Add(filter.cancel_reason);
  params.Add(filter.before).Add(filter.limit);
  ASSIGN_OR_CO_RETURN(postgres::Result rows,
                      co_await pool_.Query(absl::StrCat(kColumns, kFilter), std::move(params)));
  co_return co_await Complete(std::move(rows));
}

constexpr char kDue[] = "SELECT id FROM bookings WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";

Task<std::vector<BookingId>> PostgresBookings::Due(absl::Time now, int limit) {
  Parameters params;
  params.Add(now).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await pool_.Query(kDue, std::move(params)));
  std::vector<BookingId> due;
  due.reserve(static_cast<std::size_t>(rows.rows()));
  for (int i = 0; i < rows.rows(); ++i) due.emplace_back(rows.row(i).Text("id"));
  co_return due;
}

}  // namespace houbu::slot
