#include "services/slot/storage/change_writer.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "services/slot/domain/rules.h"

namespace houbu::slot {

using async::Task;
using postgres::Parameters;

Task<Committed> ChangeWriter::Write() {
  CO_RETURN_IF_ERROR(co_await LockRun());
  if (change_.frees.has_value()) CO_RETURN_IF_ERROR(co_await Free());
  if (change_.demand.has_value()) CO_RETURN_IF_ERROR(co_await WriteDemand());
  if (change_.booking.has_value()) CO_RETURN_IF_ERROR(co_await WriteBooking());
  if (change_.claim.has_value()) {
    // Journeys first: who may not travel is told so, even when the place is gone as well.
    CO_RETURN_IF_ERROR(co_await TakeJourneys());
    CO_RETURN_IF_ERROR(co_await TakePlaces());
    if (change_.claim->units.empty()) CO_RETURN_IF_ERROR(co_await CountPlaces());
  }
  if (change_.link.has_value()) CO_RETURN_IF_ERROR(co_await Link());
  if (change_.owes_index.has_value()) CO_RETURN_IF_ERROR(co_await Owe());
  CO_RETURN_IF_ERROR(co_await EnqueueEffects());
  std::string answer;
  if (change_.answer.has_value()) answer = change_.answer->bytes;
  CO_RETURN_IF_ERROR(co_await work_.Commit(std::move(answer), change_.now));
  co_return committed_;
}

Task<std::int64_t> ChangeWriter::Execute(std::string sql, Parameters params) {
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await work_.transaction().Execute(std::move(sql), std::move(params)));
  co_return result.affected();
}

constexpr char kLockRun[] = "SELECT epoch FROM runs WHERE id = $1 FOR SHARE";

// While the lock is held nobody raises the epoch: what is committed here is in the snapshot of
// whoever raises it next.
Task<void> ChangeWriter::LockRun() {
  if (!change_.claim.has_value() && !change_.owes_index.has_value()) co_return absl::OkStatus();
  Parameters params;
  params.Add(change_.claim.has_value() ? change_.claim->run.value() : change_.owes_index->value());
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await work_.transaction().Execute(kLockRun, std::move(params)));
  if (result.empty()) co_return Refuse(kRunNotFound);
  committed_.epoch = result.row(0).Int64("epoch");
  if (change_.claim.has_value() && change_.claim->epoch != committed_.epoch) {
    co_return Refuse(kStaleIndex);
  }
  co_return absl::OkStatus();
}

Task<void> ChangeWriter::WriteBooking() {
  if (change_.booking->version == 1) {
    CO_RETURN_IF_ERROR(co_await InsertBooking());
    CO_RETURN_IF_ERROR(co_await WritePlaces());
  } else {
    CO_RETURN_IF_ERROR(co_await UpdateBooking());
    if (change_.claim.has_value()) CO_RETURN_IF_ERROR(co_await WritePlaces());
  }
  co_return co_await WriteHistory();
}

constexpr char kInsertBooking[] = R"sql(
  INSERT INTO bookings (
    id, version, number, account, state, run_id, kind, display_name, time_zone, service_date,
    class_code, from_stop, to_stop, from_station, from_name, to_station, to_name, departs_at,
    arrives_at, fare_minor, total_minor, currency, payment, created_at, expires_at, due_at,
    cancel_reason, rebooked_from, demand, holder, destination_country)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::date, $11, $12, $13, $14, $15, $16, $17,
          $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31))sql";

Task<void> ChangeWriter::InsertBooking() {
  const Booking& booking = *change_.booking;
  const Trip& trip = booking.trip;
  Parameters params;
  params.Add(booking.id.value()).Add(booking.version).Add(booking.number).Add(booking.account);
  params.Add(NameOf(booking.state)).Add(trip.run.value());
  params.Add(trip.kind == RunKind::kTrain ? "TRAIN" : "WINDOW");
  params.Add(trip.display_name).Add(trip.time_zone).Add(FormatCivilDay(trip.service_date));
  params.Add(trip.class_code).Add(trip.legs.from).Add(trip.legs.to);
  params.Add(trip.from_station).Add(trip.from_name).Add(trip.to_station).Add(trip.to_name);
  params.Add(trip.departs_at).Add(trip.arrives_at);
  params.Add(booking.fare.minor_units).Add(booking.total.minor_units);
  params.Add(booking.total.currency.code()).Add(booking.payment).Add(booking.created_at);
  params.Add(booking.expires_at).Add(booking.due_at).Add(booking.cancel_reason);
  params.Add(booking.rebooked_from).Add(booking.demand).Add(booking.holder);
  params.Add(booking.destination_country);
  const auto inserted = co_await Execute(kInsertBooking, std::move(params));
  co_return inserted.status();
}

constexpr char kUpdateBooking[] = R"sql(
  UPDATE bookings SET version = $2, state = $3, expires_at = $4, due_at = $5, cancel_reason = $6,
                      holder = $7
  WHERE id = $1 AND version = $2 - 1)sql";

Task<void> ChangeWriter::UpdateBooking() {
  const Booking& booking = *change_.booking;
  Parameters params;
  params.Add(booking.id.value()).Add(booking.version).Add(NameOf(booking.state));
  params.Add(booking.expires_at).Add(booking.due_at).Add(booking.cancel_reason);
  params.Add(booking.holder);
  ASSIGN_OR_CO_RETURN(const std::int64_t updated,
                      co_await Execute(kUpdateBooking, std::move(params)));
  co_return updated == 1 ? absl::OkStatus() : Refuse(kChangedMeanwhile);
}

constexpr char kWritePlaces[] = R"sql(
  INSERT INTO booking_places (booking_id, place_index, traveller_key, passenger, masked_name, unit,
                              coach, number)
  SELECT $1, p.i - 1, p.key, p.passenger, p.name, NULLIF(p.unit, -1), p.coach, p.number
  FROM unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::text[], $7::text[])
       WITH ORDINALITY AS p(key, passenger, name, unit, coach, number, i)
  ON CONFLICT (booking_id, place_index)
  DO UPDATE SET unit = excluded.unit, coach = excluded.coach, number = excluded.number)sql";

Task<void> ChangeWriter::WritePlaces() {
  std::vector<std::string> keys, passengers, names, coaches, numbers;
  std::vector<std::int64_t> units;
  for (const Place& place : change_.booking->places) {
    keys.push_back(place.traveller.key);
    passengers.push_back(place.traveller.passenger);
    names.push_back(place.traveller.masked_name);
    units.push_back(place.unit.value_or(-1));
    coaches.push_back(place.coach);
    numbers.push_back(place.number);
  }
  Parameters params;
  params.Add(change_.booking->id.value()).AddTextArray(keys).AddTextArray(passengers);
  params.AddTextArray(names).AddIntArray(units).AddTextArray(coaches).AddTextArray(numbers);
  const auto written = co_await Execute(kWritePlaces, std::move(params));
  co_return written.status();
}

constexpr char kWriteHistory[] = R"sql(
  INSERT INTO booking_history (booking_id, seq, state, at, cause)
  SELECT $1, h.seq, h.state, h.at, h.cause
  FROM unnest($2::text[], $3::timestamptz[], $4::text[])
       WITH ORDINALITY AS h(state, at, cause, seq)
  ON CONFLICT (booking_id, seq) DO NOTHING)sql";

Task<void> ChangeWriter::WriteHistory() {
  std::vector<std::string> states, causes;
  std::vector<absl::Time> times;
  for (const HistoryEntry& entry : change_.booking->history) {
    states.emplace_back(NameOf(entry.state));
    times.push_back(entry.at);
    causes.push_back(entry.cause);
  }
  Parameters params;
  params.Add(change_.booking->id.value()).AddTextArray(states).AddTimeArray(times);
  params.AddTextArray(causes);
  const auto written = co_await Execute(kWriteHistory, std::move(params));
  co_return written.status();
}

Task<void> ChangeWriter::WriteDemand() {
  if (change_.demand->version == 1) co_return co_await InsertDemand();
  co_return co_await UpdateDemand();
}

constexpr char kInsertDemand[] = R"sql(
  INSERT INTO demands (id, version, order_name, account, payment, state, run_id, class_code,
                       from_stop, to_stop, from_station, to_station, departs_at, effective_at,
                       created_at, fail_reason)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16))sql";

constexpr char kInsertTravellers[] = R"sql(
  INSERT INTO demand_travellers (demand_id, place_index, traveller_key, passenger, masked_name)
  SELECT $1, t.i - 1, t.key, t.passenger, t.name
  FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS t(key, passenger, name, i)
  )sql";

Task<void> ChangeWriter::InsertDemand() {
  const Demand& demand = *change_.demand;
  Parameters params;
  params.Add(demand.id.value()).Add(demand.version).Add(demand.order).Add(demand.account);
  params.Add(demand.payment).Add(NameOf(demand.state)).Add(demand.run.value());
  params.Add(demand.class_code).Add(demand.legs.from).Add(demand.legs.to);
  params.Add(demand.from_station).Add(demand.to_station).Add(demand.departs_at);
  params.Add(demand.effective_at).Add(demand.created_at).Add(demand.fail_reason);
  CO_RETURN_IF_ERROR(co_await Execute(kInsertDemand, std::move(params)));
  std::vector<std::string> keys, passengers, names;
  for (const Traveller& traveller : change_.demand->travellers) {
    keys.push_back(traveller.key);
    passengers.push_back(traveller.passenger);
    names.push_back(traveller.masked_name);
  }
  Parameters travellers;
  travellers.Add(change_.demand->id.value()).AddTextArray(keys).AddTextArray(passengers);
  travellers.AddTextArray(names);
  const auto written = co_await Execute(kInsertTravellers, std::move(travellers));
  co_return written.status();
}

constexpr char kUpdateDemand[] = R"sql(
  UPDATE demands SET version = $2, state = $3, booking_id = $4, units = $5::int[],
                     fail_reason = $6, fare_minor = $7
  WHERE id = $1 AND version = $2 - 1)sql";

Task<void> ChangeWriter::UpdateDemand() {
  const Demand& demand = *change_.demand;
  const std::vector<std::int64_t> units(demand.units.begin(), demand.units.end());
  Parameters params;
  params.Add(demand.id.value()).Add(demand.version).Add(NameOf(demand.state));
  params.Add(demand.booking.value()).AddIntArray(units).Add(demand.fail_reason);
  std::optional<std::int64_t> fare;
  if (demand.fare.has_value()) fare = demand.fare->minor_units;
  params.Add(fare);
  ASSIGN_OR_CO_RETURN(const std::int64_t updated,
                      co_await Execute(kUpdateDemand, std::move(params)));
  co_return updated == 1 ? absl::OkStatus() : Refuse(kChangedMeanwhile);
}

constexpr char kLink[] = R"sql(
  UPDATE bookings SET rebooked_to = $2, version = version + 1
  WHERE id = $1 AND rebooked_to = $3)sql";

Task<void> ChangeWriter::Link() {
  const RebookingLink& link = *change_.link;
  const bool forgets = link.to.empty();
  Parameters params;
  params.Add(link.from.value()).Add(link.to).Add(link.expected);
  ASSIGN_OR_CO_RETURN(const std::int64_t linked, co_await Execute(kLink, std::move(params)));
  if (linked == 1 || forgets) co_return absl::OkStatus();
  co_return Refuse(kAlreadyRebooked);
}

constexpr char kOwe[] = "INSERT INTO index_debts (run_id, created_at) VALUES ($1, $2) RETURNING id";

Task<void> ChangeWriter::Owe() {
  Parameters params;
  params.Add(change_.owes_index->value()).Add(change_.now);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await work_.transaction().Execute(kOwe, std::move(params)));
  committed_.debt = result.row(0).Int64("id");
  co_return absl::OkStatus();
}

std::string ChangeWriter::Seed() const {
  if (change_.booking.has_value()) {
    return absl::StrCat(NameOf(change_.booking->id), "/", change_.booking->version);
  }
  if (change_.demand.has_value()) {
    return absl::StrCat(NameOf(change_.demand->id), "/", change_.demand->version);
  }
  return "";
}

Task<void> ChangeWriter::EnqueueEffects() {
  EffectContext context;
  context.traceparent = change_.origin.traceparent;
  context.now = change_.now;
  int number = 0;
  for (const Effect& effect : change_.effects) {
    context.seed = absl::StrCat(Seed(), "/", ++number);
    postgres::OutboxCall call = encode_(effect, context);
    CO_RETURN_IF_ERROR(co_await work_.Enqueue(std::move(call)));
  }
  co_return absl::OkStatus();
}

}  // namespace houbu::slot
