// The places and journeys of a change: where the referee speaks.
#include <utility>
#include <vector>

#include "libs/async/status_macros.h"
#include "services/slot/storage/change_writer.h"

namespace houbu::slot {

using async::Task;
using postgres::Parameters;

// Legs are locked in their order, as whoever takes them does: else the two wait for each other.
constexpr char kFreePlaces[] = R"sql(
  WITH freed AS (
    UPDATE allocations SET live = false WHERE booking_id = $1 AND live
    RETURNING run_id, class_code, unit, legs),
  counted AS (
    SELECT run_id, class_code, lower(legs) AS first, upper(legs) AS last, count(*)::int AS places
    FROM freed WHERE unit IS NULL GROUP BY run_id, class_code, legs),
  locked AS (
    SELECT c.run_id, c.class_code, c.leg, f.places
    FROM leg_counts AS c
    JOIN counted AS f ON c.run_id = f.run_id AND c.class_code = f.class_code
                     AND c.leg >= f.first AND c.leg < f.last
    ORDER BY c.run_id, c.class_code, c.leg
    FOR UPDATE OF c)
  UPDATE leg_counts AS c SET taken = c.taken - l.places
  FROM locked AS l
  WHERE c.run_id = l.run_id AND c.class_code = l.class_code AND c.leg = l.leg)sql";

constexpr char kFreeJourneys[] = "UPDATE journeys SET live = false WHERE booking_id = $1 AND live";

Task<void> ChangeWriter::Free() {
  Parameters places;
  places.Add(change_.frees->value());
  Parameters journeys = places;
  CO_RETURN_IF_ERROR(co_await Execute(kFreePlaces, std::move(places)));
  CO_RETURN_IF_ERROR(co_await Execute(kFreeJourneys, std::move(journeys)));
  co_return absl::OkStatus();
}

constexpr char kTakePlaces[] = R"sql(
  INSERT INTO allocations (booking_id, place_index, holder, run_id, class_code, unit, legs)
  SELECT $1, p.i - 1, $2, $3, $4, NULLIF(p.unit, -1), int4range($5, $6)
  FROM unnest($7::int[]) WITH ORDINALITY AS p(unit, i))sql";

Task<void> ChangeWriter::TakePlaces() {
  const Claim& claim = *change_.claim;
  std::vector<std::int64_t> units(claim.units.begin(), claim.units.end());
  if (units.empty()) units.assign(claim.travellers.size(), -1);
  Parameters params;
  params.Add(claim.booking.value()).Add(claim.holder).Add(claim.run.value());
  params.Add(claim.class_code).Add(claim.legs.from).Add(claim.legs.to).AddIntArray(units);
  const auto taken = co_await Execute(kTakePlaces, std::move(params));
  co_return taken.status();
}

constexpr char kCountPlaces[] = R"sql(
  INSERT INTO leg_counts (run_id, class_code, leg, capacity, taken)
  SELECT c.run_id, c.code, leg, c.capacity, $5
  FROM (SELECT run_id, code, capacity FROM run_classes
        WHERE run_id = $1 AND code = $2 FOR SHARE) AS c,
       generate_series($3::int, $4::int - 1) AS leg
  ORDER BY leg
  ON CONFLICT (run_id, class_code, leg)
  DO UPDATE SET taken = leg_counts.taken + excluded.taken)sql";

Task<void> ChangeWriter::CountPlaces() {
  const Claim& claim = *change_.claim;
  const int legs = claim.legs.size();
  Parameters params;
  params.Add(claim.run.value()).Add(claim.class_code).Add(claim.legs.from).Add(claim.legs.to);
  params.Add(static_cast<int>(claim.travellers.size()));
  ASSIGN_OR_CO_RETURN(const std::int64_t counted,
                      co_await Execute(kCountPlaces, std::move(params)));
  co_return counted == legs ? absl::OkStatus() : Refuse(kPlaceTaken);
}

constexpr char kTakeJourneys[] = R"sql(
  INSERT INTO journeys (booking_id, traveller_key, run_id, during)
  SELECT $1, key, $2, tstzrange($3, $4) FROM unnest($5::text[]) AS key ORDER BY key)sql";

Task<void> ChangeWriter::TakeJourneys() {
  const Claim& claim = *change_.claim;
  Parameters params;
  params.Add(claim.booking.value()).Add(claim.run.value()).Add(claim.departs_at);
  params.Add(claim.arrives_at).AddTextArray(claim.travellers);
  const auto taken = co_await Execute(kTakeJourneys, std::move(params));
  co_return taken.status();
}

}  // namespace houbu::slot
