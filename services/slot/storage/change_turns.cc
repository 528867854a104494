// The referee of the line: nobody is served before somebody who came earlier, still waits, and
// would fit into the same places (W-05). The index proposes in that order; but proposals that
// become void with their epoch, while later ones are committed, would turn it around.
#include <map>
#include <string>

#include "services/slot/storage/change_batch.h"
#include "services/slot/storage/change_columns.h"

namespace houbu::slot {

using postgres::Parameters;

constexpr char kInTurn[] = R"sql(
  SELECT n.id AS key
  FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::int[],
              $7::timestamptz[]) AS n(id, run, units_of, first, last, party, effective_at)
  WHERE NOT EXISTS (
    SELECT FROM generate_series(n.first, n.last - 1) AS boarding(stop)
    CROSS JOIN LATERAL generate_series(boarding.stop + 1, n.last) AS alighting(stop)
    JOIN demands AS d ON d.run_id = n.run AND d.from_stop = boarding.stop
      AND d.to_stop = alighting.stop AND d.state = 'WAITING' AND d.effective_at <= n.effective_at
    JOIN run_classes AS c ON c.run_id = d.run_id AND c.code = d.class_code
    WHERE (d.effective_at, d.id) < (n.effective_at, n.id)
      AND COALESCE(NULLIF(c.shares, ''), c.code) = n.units_of
      AND (SELECT count(*) FROM demand_travellers AS t WHERE t.demand_id = d.id) <= n.party))sql";

// Asked once the batch has its demands matched: those before one that are matched along with it are
// no longer in its way.
void ChangeBatch::AskTurns() {
  struct Turn {
    const Demand* demand;
    const Claim* claim;
    std::size_t change;
  };
  std::map<std::string, Turn> turns;
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    const Change& change = *changes_[i];
    if (!IsMatch(change)) continue;
    turns[change.demand->id.value()] = Turn{&*change.demand, &*change.claim, i};
  }
  GuardedRows rows;
  for (const auto& [id, turn] : turns) {
    rows.keys.push_back(id);
    rows.sharers.push_back({turn.change});
  }
  Parameters& params = rows.params;
  AddTexts(params, turns, [](const auto& one) { return one.first; });
  AddTexts(params, turns, [](const auto& one) { return one.second.claim->run.value(); });
  AddTexts(params, turns, [](const auto& one) { return one.second.claim->owner(); });
  AddInts(params, turns, [](const auto& one) { return one.second.claim->legs.from; });
  AddInts(params, turns, [](const auto& one) { return one.second.claim->legs.to; });
  AddInts(params, turns, [](const auto& one) {
    return static_cast<std::int64_t>(one.second.claim->travellers.size());
  });
  AddTimes(params, turns, [](const auto& one) { return one.second.demand->effective_at; });
  Ask(kInTurn, Guard::kTurn, kOutOfTurn, std::move(rows));
}

}  // namespace houbu::slot
