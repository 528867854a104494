#include "services/slot/storage/change_rows.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/base/civil.h"
#include "libs/postgres/text_format.h"
#include "services/slot/storage/change_columns.h"

namespace houbu::slot {
namespace {

using postgres::Parameters;
using postgres::Pipeline;

/// A place or a step of a booking, and its number within it.
template <class Part>
struct PartOf {
  const Booking* booking;
  const Part* part;
  std::int64_t number;
};

std::vector<PartOf<Place>> PlacesOf(const std::vector<const Booking*>& bookings) {
  std::vector<PartOf<Place>> places;
  for (const Booking* booking : bookings) {
    std::int64_t number = 0;
    for (const Place& place : booking->places) places.push_back({booking, &place, number++});
  }
  return places;
}

std::vector<PartOf<HistoryEntry>> StepsOf(const std::vector<const Booking*>& bookings) {
  std::vector<PartOf<HistoryEntry>> steps;
  for (const Booking* booking : bookings) {
    std::int64_t number = 1;
    for (const HistoryEntry& step : booking->history) steps.push_back({booking, &step, number++});
  }
  return steps;
}

Parameters ColumnsOf(const std::vector<PartOf<Place>>& places) {
  Parameters params;
  AddTexts(params, places, [](const auto& p) { return p.booking->id.value(); });
  AddInts(params, places, [](const auto& p) { return p.number; });
  AddTexts(params, places, [](const auto& p) { return p.part->traveller.key; });
  AddTexts(params, places, [](const auto& p) { return p.part->traveller.passenger; });
  AddTexts(params, places, [](const auto& p) { return p.part->traveller.masked_name; });
  AddInts(params, places, [](const auto& p) { return p.part->unit.value_or(-1); });
  AddTexts(params, places, [](const auto& p) { return p.part->coach; });
  AddTexts(params, places, [](const auto& p) { return p.part->number; });
  return params;
}

Parameters ColumnsOf(const std::vector<PartOf<HistoryEntry>>& steps) {
  Parameters params;
  AddTexts(params, steps, [](const auto& s) { return s.booking->id.value(); });
  AddInts(params, steps, [](const auto& s) { return s.number; });
  AddTexts(params, steps, [](const auto& s) { return NameOf(s.part->state); });
  AddTimes(params, steps, [](const auto& s) { return s.part->at; });
  AddTexts(params, steps, [](const auto& s) { return s.part->cause; });
  return params;
}

// No time at all travels as the end of time: an array of ours has no NULLs.
absl::Time OrNever(const std::optional<absl::Time>& time) {
  return time.value_or(absl::InfiniteFuture());
}

void AddTripColumns(Parameters& params, const std::vector<const Booking*>& bookings) {
  AddTexts(params, bookings, [](const auto* b) { return b->trip.run.value(); });
  AddTexts(params, bookings,
           [](const auto* b) { return b->trip.kind == RunKind::kTrain ? "TRAIN" : "WINDOW"; });
  AddTexts(params, bookings, [](const auto* b) { return b->trip.display_name; });
  AddTexts(params, bookings, [](const auto* b) { return b->trip.time_zone; });
  AddTexts(params, bookings, [](const auto* b) { return FormatCivilDay(b->trip.service_date); });
  AddTexts(params, bookings, [](const auto* b) { return b->trip.class_code; });
  AddInts(params, bookings, [](const auto* b) { return b->trip.legs.from; });
  AddInts(params, bookings, [](const auto* b) { return b->trip.legs.to; });
  AddTexts(params, bookings, [](const auto* b) { return b->trip.from_station; });
  AddTexts(params, bookings, [](const auto* b) { return b->trip.from_name; });
  AddTexts(params, bookings, [](const auto* b) { return b->trip.to_station; });
  AddTexts(params, bookings, [](const auto* b) { return b->trip.to_name; });
  AddTimes(params, bookings, [](const auto* b) { return b->trip.departs_at; });
  AddTimes(params, bookings, [](const auto* b) { return b->trip.arrives_at; });
}

Parameters ColumnsOf(const std::vector<const Booking*>& bookings) {
  Parameters params;
  AddTexts(params, bookings, [](const auto* b) { return b->id.value(); });
  AddTexts(params, bookings, [](const auto* b) { return b->number; });
  AddTexts(params, bookings, [](const auto* b) { return b->account; });
  AddTexts(params, bookings, [](const auto* b) { return NameOf(b->state); });
  AddTripColumns(params, bookings);
  AddInts(params, bookings, [](const auto* b) { return b->fare.minor_units; });
  AddInts(params, bookings, [](const auto* b) { return b->total.minor_units; });
  AddTexts(params, bookings, [](const auto* b) { return b->total.currency.code(); });
  AddTexts(params, bookings, [](const auto* b) { return b->payment; });
  AddTimes(params, bookings, [](const auto* b) { return b->created_at; });
  AddTimes(params, bookings, [](const auto* b) { return OrNever(b->expires_at); });
  AddTimes(params, bookings, [](const auto* b) { return OrNever(b->due_at); });
  AddTexts(params, bookings, [](const auto* b) { return b->cancel_reason; });
  AddTexts(params, bookings, [](const auto* b) { return b->rebooked_from; });
  AddTexts(params, bookings, [](const auto* b) { return b->demand; });
  AddTexts(params, bookings, [](const auto* b) { return b->holder; });
  AddTexts(params, bookings, [](const auto* b) { return b->destination_country; });
  return params;
}

/// An array as an element of an array of texts.
template <class Values, class Write>
std::string ArrayText(const Values& values, const Write& write) {
  std::string text = "{";
  for (const auto& value : values) absl::StrAppend(&text, text.size() > 1 ? "," : "", write(value));
  text.push_back('}');
  return text;
}

}  // namespace

constexpr char kInsertBookings[] = R"sql(
  INSERT INTO bookings (
    version, id, number, account, state, run_id, kind, display_name, time_zone, service_date,
    class_code, from_stop, to_stop, from_station, from_name, to_station, to_name, departs_at,
    arrives_at, fare_minor, total_minor, currency, payment, created_at, expires_at, due_at,
    cancel_reason, rebooked_from, demand, holder, destination_country)
  SELECT
    1, n.id, n.number, n.account, n.state, n.run_id, n.kind, n.display_name, n.time_zone,
    n.service_date::date, n.class_code, n.from_stop, n.to_stop, n.from_station, n.from_name,
    n.to_station, n.to_name, n.departs_at, n.arrives_at, n.fare_minor, n.total_minor, n.currency,
    n.payment, n.created_at, NULLIF(n.expires_at, 'infinity'), NULLIF(n.due_at, 'infinity'),
    n.cancel_reason, n.rebooked_from, n.demand, n.holder, n.destination_country
  FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::int[], $12::int[], $13::text[], $14::text[],
    $15::text[], $16::text[], $17::timestamptz[], $18::timestamptz[], $19::bigint[],
    $20::bigint[], $21::text[], $22::text[], $23::timestamptz[], $24::timestamptz[],
    $25::timestamptz[], $26::text[], $27::text[], $28::text[], $29::text[], $30::text[])
  AS n(id, number, account, state, run_id, kind, display_name, time_zone, service_date,
    class_code, from_stop, to_stop, from_station, from_name, to_station, to_name, departs_at,
    arrives_at, fare_minor, total_minor, currency, payment, created_at, expires_at, due_at,
    cancel_reason, rebooked_from, demand, holder, destination_country))sql";

constexpr char kInsertPlaces[] = R"sql(
  INSERT INTO booking_places (booking_id, place_index, traveller_key, passenger, masked_name, unit,
                              coach, number)
  SELECT n.booking, n.place, n.key, n.passenger, n.name, NULLIF(n.unit, -1), n.coach, n.number
  FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[],
              $8::text[]) AS n(booking, place, key, passenger, name, unit, coach, number))sql";

constexpr char kInsertSteps[] = R"sql(
  INSERT INTO booking_history (booking_id, seq, state, at, cause)
  SELECT n.booking, n.seq, n.state, n.at, n.cause
  FROM unnest($1::text[], $2::int[], $3::text[], $4::timestamptz[], $5::text[])
       AS n(booking, seq, state, at, cause))sql";

void AddNewBookings(Pipeline& pipeline, const std::vector<const Booking*>& bookings) {
  if (bookings.empty()) return;
  pipeline.Add(kInsertBookings, ColumnsOf(bookings));
  pipeline.Add(kInsertPlaces, ColumnsOf(PlacesOf(bookings)));
  pipeline.Add(kInsertSteps, ColumnsOf(StepsOf(bookings)));
}

// What happened stays as it was written first.
constexpr char kInsertNewSteps[] = R"sql(
  INSERT INTO booking_history (booking_id, seq, state, at, cause)
  SELECT n.booking, n.seq, n.state, n.at, n.cause
  FROM unnest($1::text[], $2::int[], $3::text[], $4::timestamptz[], $5::text[])
       AS n(booking, seq, state, at, cause)
  ON CONFLICT (booking_id, seq) DO NOTHING)sql";

void AddNewSteps(Pipeline& pipeline, const std::vector<const Booking*>& bookings) {
  if (bookings.empty()) return;
  pipeline.Add(kInsertNewSteps, ColumnsOf(StepsOf(bookings)));
}

constexpr char kReplacePlaces[] = R"sql(
  INSERT INTO booking_places (booking_id, place_index, traveller_key, passenger, masked_name, unit,
                              coach, number)
  SELECT n.booking, n.place, n.key, n.passenger, n.name, NULLIF(n.unit, -1), n.coach, n.number
  FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[],
              $8::text[]) AS n(booking, place, key, passenger, name, unit, coach, number)
  ON CONFLICT (booking_id, place_index)
  DO UPDATE SET unit = excluded.unit, coach = excluded.coach, number = excluded.number)sql";

void ReplacePlaces(Pipeline& pipeline, const std::vector<const Booking*>& bookings) {
  if (bookings.empty()) return;
  pipeline.Add(kReplacePlaces, ColumnsOf(PlacesOf(bookings)));
}

constexpr char kInsertTravellers[] = R"sql(
  INSERT INTO demand_travellers (demand_id, place_index, traveller_key, passenger, masked_name)
  SELECT n.demand, n.place, n.key, n.passenger, n.name
  FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[])
       AS n(demand, place, key, passenger, name))sql";

void AddDemandTravellers(Pipeline& pipeline, const std::vector<const Demand*>& demands) {
  std::vector<std::string> ids, keys, passengers, names;
  std::vector<std::int64_t> numbers;
  for (const Demand* demand : demands) {
    std::int64_t number = 0;
    for (const Traveller& traveller : demand->travellers) {
      ids.push_back(demand->id.value());
      numbers.push_back(number++);
      keys.push_back(traveller.key);
      passengers.push_back(traveller.passenger);
      names.push_back(traveller.masked_name);
    }
  }
  if (ids.empty()) return;
  Parameters params;
  params.AddTextArray(ids).AddIntArray(numbers).AddTextArray(keys).AddTextArray(passengers);
  params.AddTextArray(names);
  pipeline.Add(kInsertTravellers, std::move(params));
}

constexpr char kInsertAllocations[] = R"sql(
  INSERT INTO allocations (booking_id, holder, run_id, class_code, units_of, from_stop, to_stop,
                           units, travellers, departs_at, arrives_at)
  SELECT n.booking, n.holder, n.run, n.class, CASE WHEN n.owner = n.class THEN '' ELSE n.owner END,
         n.first, n.last, n.units::int[], n.travellers::text[], n.departs_at, n.arrives_at
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[],
              $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[])
       AS n(booking, holder, run, class, owner, first, last, units, travellers, departs_at,
            arrives_at))sql";

void AddAllocations(Pipeline& pipeline, const std::vector<BatchClaim>& taken) {
  if (taken.empty()) return;
  Parameters params;
  AddTexts(params, taken, [](const auto& t) { return t.claim.booking.value(); });
  AddTexts(params, taken, [](const auto& t) { return t.claim.holder; });
  AddTexts(params, taken, [](const auto& t) { return t.claim.run.value(); });
  AddTexts(params, taken, [](const auto& t) { return t.claim.class_code; });
  AddTexts(params, taken, [](const auto& t) { return t.claim.owner(); });
  AddInts(params, taken, [](const auto& t) { return t.claim.legs.from; });
  AddInts(params, taken, [](const auto& t) { return t.claim.legs.to; });
  AddTexts(params, taken, [](const auto& t) {
    return ArrayText(t.claim.units, [](int unit) { return absl::StrCat(unit); });
  });
  AddTexts(params, taken, [](const auto& t) {
    return ArrayText(t.claim.travellers,
                     [](const std::string& key) { return postgres::QuoteArrayElement(key); });
  });
  AddTimes(params, taken, [](const auto& t) { return t.claim.departs_at; });
  AddTimes(params, taken, [](const auto& t) { return t.claim.arrives_at; });
  pipeline.Add(kInsertAllocations, std::move(params));
}

}  // namespace houbu::slot
