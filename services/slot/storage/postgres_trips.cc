#include "services/slot/storage/postgres_trips.h"

#include <optional>
#include <string>
#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "libs/base/status_macros.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr char kBeforeAll[] = "-infinity";
constexpr char kAfterAll[] = "infinity";

std::string DayOr(const std::optional<absl::CivilDay>& day, const char* otherwise) {
  return day.has_value() ? FormatCivilDay(*day) : otherwise;
}

absl::StatusOr<PlannedTrip> TripOf(const postgres::Row& row) {
  PlannedTrip trip;
  trip.booking = BookingId(row.Text("id"));
  trip.account = row.Text("account");
  const std::optional<BookingState> state = ParseBookingState(row.Text("state"));
  if (!state.has_value()) return absl::InternalError("a booking in an unknown state");
  trip.state = *state;
  trip.travellers = row.TextArray("travellers");
  trip.destination_country = row.Text("destination_country");
  ASSIGN_OR_RETURN(trip.day, ParseCivilDay(row.Text("day")));
  return trip;
}

}  // namespace

const char kListTrips[] = R"sql(
  SELECT b.id, b.account, b.state, b.destination_country, b.service_date::text AS day,
         ARRAY(SELECT p.traveller_key FROM booking_places AS p
               WHERE p.booking_id = b.id ORDER BY p.place_index) AS travellers
  FROM bookings AS b
  WHERE b.kind = 'WINDOW' AND b.state IN ('HELD', 'PENDING_PAYMENT', 'BOOKED')
    AND b.destination_country = $1
    AND b.service_date BETWEEN $2::text::date AND $3::text::date
    AND (b.service_date, b.id) > ($4::text::date, $5)
    AND b.departs_at > $6
  ORDER BY b.service_date, b.id LIMIT $7)sql";

postgres::Parameters ListTripsParameters(const TripFilter& filter) {
  std::optional<absl::CivilDay> after;
  if (filter.after.has_value()) after = filter.after->day;
  postgres::Parameters params;
  params.Add(filter.destination_country);
  params.Add(DayOr(filter.from_day, kBeforeAll)).Add(DayOr(filter.to_day, kAfterAll));
  params.Add(DayOr(after, kBeforeAll));
  params.Add(filter.after.has_value() ? filter.after->booking : std::string());
  params.Add(filter.departing_after).Add(filter.limit);
  return params;
}

Task<std::vector<PlannedTrip>> PostgresTrips::ListTrips(TripFilter filter) {
  postgres::Parameters params = ListTripsParameters(filter);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kListTrips, std::move(params)));
  std::vector<PlannedTrip> trips;
  trips.reserve(static_cast<std::size_t>(rows.rows()));
  for (int i = 0; i < rows.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(PlannedTrip trip, TripOf(rows.row(i)));
    trips.push_back(std::move(trip));
  }
  co_return trips;
}

}  // namespace houbu::slot
