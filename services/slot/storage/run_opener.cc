#include "services/slot/storage/run_opener.h"

#include <set>
#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"

namespace houbu::slot {
namespace {

using async::Task;
using postgres::Parameters;
using Texts = std::vector<std::string>;
using Numbers = std::vector<std::int64_t>;
using Times = std::vector<absl::Time>;

}  // namespace

Task<void> RunOpener::Execute(std::string sql, Parameters params) {
  const auto done = co_await transaction_.Execute(std::move(sql), std::move(params));
  co_return done.status();
}

Task<int> RunOpener::Write() {
  CO_RETURN_IF_ERROR(co_await WriteRuns());
  CO_RETURN_IF_ERROR(co_await WriteStops());
  CO_RETURN_IF_ERROR(co_await WriteClasses());
  CO_RETURN_IF_ERROR(co_await WriteUnits());
  CO_RETURN_IF_ERROR(co_await WriteFares());
  co_return static_cast<int>(drafts_.size());
}

constexpr char kPutRuns[] = R"sql(
  INSERT INTO runs (id, kind, display_name, trip, service_date, time_zone, sale_open_at,
                    departs_at)
  SELECT id, kind, display_name, trip, service_date::date, time_zone, sale_open_at, departs_at
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
              $7::timestamptz[], $8::timestamptz[])
       AS r(id, kind, display_name, trip, service_date, time_zone, sale_open_at, departs_at)
  ON CONFLICT DO NOTHING
  RETURNING id)sql";

Task<void> RunOpener::WriteRuns() {
  Texts ids, kinds, names, trips, days, zones;
  Times sales, departures;
  for (const RunDraft& draft : drafts_) {
    ids.push_back(draft.run.id.value());
    kinds.push_back(draft.run.kind == RunKind::kTrain ? "TRAIN" : "WINDOW");
    names.push_back(draft.run.display_name);
    trips.push_back(draft.run.trip);
    days.push_back(FormatCivilDay(draft.run.service_date));
    zones.push_back(draft.run.time_zone);
    sales.push_back(draft.run.sale_open_at);
    departures.push_back(draft.run.departs_at);
  }
  Parameters params;
  params.AddTextArray(ids).AddTextArray(kinds).AddTextArray(names).AddTextArray(trips);
  params.AddTextArray(days).AddTextArray(zones).AddTimeArray(sales).AddTimeArray(departures);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await transaction_.Execute(kPutRuns, std::move(params)));
  std::set<std::string> fresh;
  for (int i = 0; i < rows.rows(); ++i) fresh.insert(rows.row(i).Text("id"));
  std::erase_if(drafts_,
                [&](const RunDraft& draft) { return !fresh.contains(draft.run.id.value()); });
  co_return absl::OkStatus();
}

constexpr char kPutStops[] = R"sql(
  INSERT INTO run_stops (run_id, stop_index, station_id, station_name, city, arrives_at,
                         departs_at)
  SELECT run_id, stop_index, station_id, station_name, city, arrives_at, departs_at
  FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
              $7::timestamptz[])
       AS s(run_id, stop_index, station_id, station_name, city, arrives_at, departs_at))sql";

Task<void> RunOpener::WriteStops() {
  Texts runs, stations, names, cities;
  Numbers indexes;
  Times arrivals, departures;
  for (const RunDraft& draft : drafts_) {
    std::int64_t index = 0;
    for (const Stop& stop : draft.run.stops) {
      runs.push_back(draft.run.id.value());
      indexes.push_back(index++);
      stations.push_back(stop.station);
      names.push_back(stop.name);
      cities.push_back(stop.city);
      arrivals.push_back(stop.arrives_at);
      departures.push_back(stop.departs_at);
    }
  }
  Parameters params;
  params.AddTextArray(runs).AddIntArray(indexes).AddTextArray(stations).AddTextArray(names);
  params.AddTextArray(cities).AddTimeArray(arrivals).AddTimeArray(departures);
  co_return co_await Execute(kPutStops, std::move(params));
}

constexpr char kPutClasses[] = R"sql(
  INSERT INTO run_classes (run_id, code, kind, capacity, positions, shares)
  SELECT run_id, code, kind, capacity, positions, shares
  FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[])
       AS c(run_id, code, kind, capacity, positions, shares))sql";

Task<void> RunOpener::WriteClasses() {
  Texts runs, codes, kinds, positions, shares;
  Numbers capacities;
  for (const RunDraft& draft : drafts_) {
    for (const ClassDraft& one : draft.classes) {
      runs.push_back(draft.run.id.value());
      codes.push_back(one.run_class.code);
      kinds.push_back(one.run_class.kind == ClassKind::kAssigned ? "ASSIGNED" : "COUNTED");
      capacities.push_back(one.run_class.capacity);
      positions.push_back(one.run_class.positions);
      shares.push_back(one.run_class.shares);
    }
  }
  Parameters params;
  params.AddTextArray(runs).AddTextArray(codes).AddTextArray(kinds).AddIntArray(capacities);
  params.AddTextArray(positions).AddTextArray(shares);
  co_return co_await Execute(kPutClasses, std::move(params));
}

constexpr char kPutUnits[] = R"sql(
  INSERT INTO run_units (run_id, class_code, unit, coach, number)
  SELECT run_id, class_code, unit, coach, number
  FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[])
       AS u(run_id, class_code, unit, coach, number))sql";

Task<void> RunOpener::WriteUnits() {
  Texts runs, codes, coaches, numbers;
  Numbers units;
  for (const RunDraft& draft : drafts_) {
    for (const ClassDraft& one : draft.classes) {
      std::int64_t number = 0;
      for (const Unit& unit : one.units) {
        runs.push_back(draft.run.id.value());
        codes.push_back(one.run_class.code);
        units.push_back(number++);
        coaches.push_back(unit.coach);
        numbers.push_back(unit.number);
      }
    }
  }
  Parameters params;
  params.AddTextArray(runs).AddTextArray(codes).AddIntArray(units).AddTextArray(coaches);
  params.AddTextArray(numbers);
  co_return co_await Execute(kPutUnits, std::move(params));
}

constexpr char kPutFares[] = R"sql(
  INSERT INTO run_fares (run_id, class_code, from_stop, to_stop, fare_minor)
  SELECT run_id, class_code, from_stop, to_stop, fare_minor
  FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::bigint[])
       AS f(run_id, class_code, from_stop, to_stop, fare_minor))sql";

Task<void> RunOpener::WriteFares() {
  Texts runs, codes;
  Numbers froms, tos, fens;
  for (const RunDraft& draft : drafts_) {
    for (const ClassDraft& one : draft.classes) {
      for (const FareDraft& fare : one.fares) {
        runs.push_back(draft.run.id.value());
        codes.push_back(one.run_class.code);
        froms.push_back(fare.legs.from);
        tos.push_back(fare.legs.to);
        fens.push_back(fare.fen);
      }
    }
  }
  Parameters params;
  params.AddTextArray(runs).AddTextArray(codes).AddIntArray(froms).AddIntArray(tos);
  params.AddIntArray(fens);
  co_return co_await Execute(kPutFares, std::move(params));
}

}  // namespace houbu::slot
