// The referee of a batch: journeys, units and counted places are taken where nobody has them.
#include <algorithm>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/slot/domain/rules.h"
#include "services/slot/storage/change_batch.h"
#include "services/slot/storage/change_columns.h"

namespace houbu::slot {

using async::Task;
using postgres::Parameters;
using postgres::Result;

constexpr char kFreeJourneys[] = R"sql(
  UPDATE travellers AS t
  SET busy = t.busy - f.during,
      runs = ARRAY(SELECT j.run FROM unnest(t.runs, t.ends) WITH ORDINALITY AS j(run, until, i)
                   WHERE j.run <> ALL (f.runs) ORDER BY j.i),
      ends = ARRAY(SELECT j.until FROM unnest(t.runs, t.ends) WITH ORDINALITY AS j(run, until, i)
                   WHERE j.run <> ALL (f.runs) ORDER BY j.i)
  FROM (SELECT n.key, range_agg(tstzrange(n.departs_at, n.arrives_at)) AS during,
               array_agg(n.run) AS runs
        FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[])
             AS n(key, run, departs_at, arrives_at)
        GROUP BY n.key ORDER BY n.key) AS f
  WHERE t.traveller_key = f.key)sql";

// A row that has grown long forgets the journeys that no run on sale can meet any more.
constexpr char kTakeJourneys[] = R"sql(
  INSERT INTO travellers AS t (traveller_key, busy, runs, ends)
  SELECT n.key, tstzmultirange(tstzrange(n.departs_at, n.arrives_at)), ARRAY[n.run],
         ARRAY[n.arrives_at]
  FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[])
       AS n(key, run, departs_at, arrives_at)
  ON CONFLICT (traveller_key) DO UPDATE
  SET busy = excluded.busy +
        CASE WHEN cardinality(t.runs) < 32 THEN t.busy
             ELSE t.busy - tstzmultirange(tstzrange(NULL, $5)) END,
      runs = excluded.runs ||
        CASE WHEN cardinality(t.runs) < 32 THEN t.runs
             ELSE ARRAY(SELECT j.run
                        FROM unnest(t.runs, t.ends) WITH ORDINALITY AS j(run, until, i)
                        WHERE j.until > $5 ORDER BY j.i) END,
      ends = excluded.ends ||
        CASE WHEN cardinality(t.runs) < 32 THEN t.ends
             ELSE ARRAY(SELECT j.until
                        FROM unnest(t.runs, t.ends) WITH ORDINALITY AS j(run, until, i)
                        WHERE j.until > $5 ORDER BY j.i) END
  WHERE NOT t.busy && excluded.busy AND NOT t.runs && excluded.runs
  RETURNING t.traveller_key AS key)sql";

// Who gives up and who takes are two statements: locked in one order before both, else batches that
// cross wait for each other.
constexpr char kLockTravellers[] = R"sql(
  SELECT 1 FROM travellers WHERE traveller_key = ANY($1::text[])
  ORDER BY traveller_key FOR UPDATE)sql";

void ChangeBatch::LockTravellers() {
  std::vector<std::string> keys;
  for (const std::vector<BatchClaim>* claims : {&freed_, &taken_}) {
    for (const BatchClaim& one : *claims) {
      keys.insert(keys.end(), one.claim.travellers.begin(), one.claim.travellers.end());
    }
  }
  Parameters params;
  params.AddTextArray(keys);
  pipeline_.Add(kLockTravellers, std::move(params));
}

void ChangeBatch::AskJourneys() {
  if (!freed_.empty() && !taken_.empty()) LockTravellers();
  if (!freed_.empty()) pipeline_.Add(kFreeJourneys, FreedJourneys(freed_));
  if (taken_.empty()) return;
  absl::Time now = absl::InfiniteFuture();
  for (const BatchClaim& one : taken_) now = std::min(now, changes_[one.change]->now);
  GuardedRows rows = JourneyRows(taken_);
  rows.params.Add(now - kRunLongest);
  Ask(kTakeJourneys, Guard::kJourney, kItineraryConflict, std::move(rows));
}

constexpr char kSameRun[] = R"sql(
  SELECT t.traveller_key AS key
  FROM unnest($1::text[], $2::text[]) AS n(key, run)
  JOIN travellers AS t ON t.traveller_key = n.key
  WHERE t.runs @> ARRAY[n.run])sql";

// Who was refused travels at that time; those who are on the very same run are told so.
Task<void> ChangeBatch::NameJourneys() {
  Parameters params;
  AddTexts(params, conflicting_, [](const auto& one) { return one.first; });
  AddTexts(params, conflicting_,
           [this](const auto& one) { return changes_[one.second]->claim->run.value(); });
  pipeline_.Add(kSameRun, std::move(params));
  ASSIGN_OR_CO_RETURN(const std::vector<Result> seen, co_await pipeline_.Run());
  for (int i = 0; i < seen.front().rows(); ++i) {
    const std::size_t change = conflicting_.at(seen.front().row(i).Text("key"));
    verdicts_.Refuse(change, Guard::kJourney, Refuse(kOneTicketPerRun));
  }
  for (const auto& [traveller, change] : conflicting_) {
    verdicts_.Refuse(change, Guard::kJourney, Refuse(kItineraryConflict));
  }
  co_return absl::OkStatus();
}

constexpr char kTakeUnits[] = R"sql(
  UPDATE run_units AS u SET taken = (u.taken - n.freed) + n.wanted
  FROM (SELECT g.run, g.class, g.unit, g.freed::int4multirange AS freed,
               g.wanted::int4multirange AS wanted, g.position
        FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[]) WITH ORDINALITY
             AS g(run, class, unit, freed, wanted, position)
        OFFSET 0) AS n
  WHERE u.run_id = n.run AND u.class_code = n.class AND u.unit = n.unit
    AND NOT (u.taken - n.freed) && n.wanted
  RETURNING n.position AS key)sql";

void ChangeBatch::AskUnits() {
  for (const BatchClaim& one : taken_) {
    // A unit named twice would read as taken once.
    std::vector<int> units = one.claim.units;
    std::sort(units.begin(), units.end());
    if (std::adjacent_find(units.begin(), units.end()) != units.end()) {
      verdicts_.Refuse(one.change, Guard::kPlaces, Refuse(kPlaceTaken));
    }
  }
  Ask(kTakeUnits, Guard::kPlaces, kPlaceTaken, UnitRows(taken_, freed_));
}

constexpr char kOpenCounts[] = R"sql(
  INSERT INTO leg_counts (run_id, class_code, leg, capacity, taken)
  SELECT n.run, n.class, n.leg, c.capacity, 0
  FROM unnest($1::text[], $2::text[], $3::int[], $4::int[]) AS n(run, class, leg, places)
  JOIN run_classes AS c ON c.run_id = n.run AND c.code = n.class
  ON CONFLICT (run_id, class_code, leg) DO NOTHING)sql";

constexpr char kCountPlaces[] = R"sql(
  UPDATE leg_counts AS c SET taken = c.taken + n.places
  FROM unnest($1::text[], $2::text[], $3::int[], $4::int[]) WITH ORDINALITY
       AS n(run, class, leg, places, position)
  WHERE c.run_id = n.run AND c.class_code = n.class AND c.leg = n.leg
    AND c.taken + n.places <= c.capacity
  RETURNING n.position AS key)sql";

void ChangeBatch::AskCounts() {
  GuardedRows rows = CountRows(taken_, freed_);
  if (rows.empty()) return;
  pipeline_.Add(kOpenCounts, rows.params);
  Ask(kCountPlaces, Guard::kPlaces, kPlaceTaken, std::move(rows));
}

}  // namespace houbu::slot
