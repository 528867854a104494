#include "services/slot/storage/cached_runs.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "libs/base/status_macros.h"
#include "services/slot/domain/rules.h"
#include "services/slot/storage/class_rows.h"

namespace houbu::slot {
namespace {

using async::Task;
using postgres::Parameters;
using postgres::Result;
using postgres::Row;

constexpr char kReadRuns[] = R"sql(
  SELECT id, kind, display_name, trip, service_date::text AS service_date, time_zone, sale_open_at,
         departs_at, epoch
  FROM runs WHERE id = ANY($1::text[]))sql";

constexpr char kReadStops[] = R"sql(
  SELECT run_id, station_id, station_name, city, arrives_at, departs_at
  FROM run_stops WHERE run_id = ANY($1::text[]) ORDER BY run_id, stop_index)sql";

constexpr char kReadClasses[] = R"sql(
  SELECT run_id, code, kind, capacity, positions, shares
  FROM run_classes WHERE run_id = ANY($1::text[]) ORDER BY run_id, code)sql";

constexpr char kReadUnits[] = R"sql(
  SELECT run_id, class_code, array_agg(unit ORDER BY unit) AS units,
         array_agg(coach ORDER BY unit) AS coaches, array_agg(number ORDER BY unit) AS numbers
  FROM run_units WHERE run_id = ANY($1::text[]) GROUP BY run_id, class_code)sql";

constexpr char kReadFares[] = R"sql(
  SELECT run_id, class_code, array_agg(from_stop ORDER BY from_stop, to_stop) AS froms,
         array_agg(to_stop ORDER BY from_stop, to_stop) AS tos,
         array_agg(fare_minor ORDER BY from_stop, to_stop) AS fens
  FROM run_fares WHERE run_id = ANY($1::text[]) GROUP BY run_id, class_code)sql";

/// Runs that are read in one journey.
constexpr int kReadTogether = 16;

absl::StatusOr<Run> RunOf(const Row& row) {
  Run run;
  run.id = RunId(row.Text("id"));
  run.kind = row.Text("kind") == "TRAIN" ? RunKind::kTrain : RunKind::kWindow;
  run.display_name = row.Text("display_name");
  run.trip = row.Text("trip");
  ASSIGN_OR_RETURN(run.service_date, ParseCivilDay(row.Text("service_date")));
  run.time_zone = row.Text("time_zone");
  run.sale_open_at = row.Time("sale_open_at");
  run.departs_at = row.Time("departs_at");
  run.epoch = row.Int64("epoch");
  return run;
}

/// Where the class stands among the run's; nothing when it is none of them.
std::optional<std::size_t> PositionOf(const Run& run, const ClassCode& code) {
  for (std::size_t i = 0; i < run.classes.size(); ++i) {
    if (run.classes[i].code == code) return i;
  }
  return std::nullopt;
}

/// Gives the value that is in use under `text`, or begins to use `made`.
template <class Value, class Shared>
std::shared_ptr<const Value> Share(Shared& shared, const std::string& text, Value made) {
  std::weak_ptr<const Value>& known = shared[text];
  std::shared_ptr<const Value> value = known.lock();
  if (value == nullptr) {
    value = std::make_shared<const Value>(std::move(made));
    known = value;
  }
  return value;
}

/// Forgets what nobody uses any more, once it may be half of all.
template <class Shared>
void Prune(Shared& shared, std::size_t used_max) {
  if (shared.size() <= 2 * used_max) return;
  for (auto it = shared.begin(); it != shared.end();) {
    it = it->second.expired() ? shared.erase(it) : std::next(it);
  }
}

postgres::GroupCommitOptions ReadsTogether() {
  postgres::GroupCommitOptions options;
  options.batch_max = kReadTogether;
  return options;
}

}  // namespace

CachedRuns::CachedRuns(postgres::Pool& pool, CachedRunsOptions options)
    : pool_(pool),
      options_(std::move(options)),
      reads_(pool.executor(), ReadsTogether(),
             [this](std::vector<std::string> ids) { return ReadAll(std::move(ids)); }) {}

Task<Run> CachedRuns::Load(RunId id) {
  ASSIGN_OR_CO_RETURN(const Found found, co_await Find(std::move(id)));
  Run run = found.known->run;
  run.epoch = found.epoch;
  co_return run;
}

Task<std::optional<Money>> CachedRuns::Fare(RunId id, ClassCode class_code, LegRange legs) {
  ASSIGN_OR_CO_RETURN(const Found found, co_await Find(std::move(id)));
  const Run& run = found.known->run;
  const std::optional<std::size_t> position = PositionOf(run, class_code);
  const int stops = static_cast<int>(run.stops.size());
  if (!position.has_value() || legs.from < 0 || legs.from >= legs.to || legs.to >= stops) {
    co_return std::nullopt;
  }
  const std::shared_ptr<const Prices> prices = found.known->classes[*position].prices;
  if (prices == nullptr) co_return std::nullopt;
  const std::int64_t fen = (*prices)[static_cast<std::size_t>(legs.from * stops + legs.to)];
  if (fen < 0) co_return std::nullopt;
  co_return Fen(fen);
}

Task<std::vector<Unit>> CachedRuns::Units(RunId id, ClassCode class_code, std::vector<int> units) {
  ASSIGN_OR_CO_RETURN(Found found, co_await Find(id));
  std::vector<Unit> named = Name(*found.known, class_code, units);
  if (named.size() == units.size()) co_return named;
  // Added since the run was read.
  ASSIGN_OR_CO_RETURN(found, co_await reads_.Submit(id.value()));
  co_return Name(*found.known, class_code, units);
}

std::vector<Unit> CachedRuns::Name(const KnownRun& known, const ClassCode& class_code,
                                   const std::vector<int>& units) {
  std::vector<Unit> named;
  const std::optional<std::size_t> position = PositionOf(known.run, OwnerOf(known.run, class_code));
  if (!position.has_value()) return named;
  const std::shared_ptr<const Layout> layout = known.classes[*position].layout;
  if (layout == nullptr) return named;
  named.reserve(units.size());
  for (const int unit : units) {
    if (unit < 0 || static_cast<std::size_t>(unit) >= layout->size()) continue;
    named.push_back((*layout)[static_cast<std::size_t>(unit)]);
  }
  return named;
}

void CachedRuns::NoteEpoch(const RunId& id, std::int64_t epoch) {
  memory_.With([&](Memory& memory) {
    const auto found = memory.by_id.find(id.value());
    if (found == memory.by_id.end()) return;
    found->second->epoch = std::max(found->second->epoch, epoch);
  });
}

void CachedRuns::Forget(const RunId& id) {
  memory_.With([&](Memory& memory) {
    const auto found = memory.by_id.find(id.value());
    if (found == memory.by_id.end()) return;
    memory.by_use.erase(found->second);
    memory.by_id.erase(found);
  });
}

int CachedRuns::size() const {
  return memory_.With([](const Memory& memory) { return static_cast<int>(memory.by_id.size()); });
}

Task<CachedRuns::Found> CachedRuns::Find(RunId id) {
  std::optional<Found> kept = Recall(id.value());
  if (options_.on_lookup) options_.on_lookup(kept.has_value());
  if (kept.has_value()) co_return *std::move(kept);
  co_return co_await reads_.Submit(id.value());
}

std::optional<CachedRuns::Found> CachedRuns::Recall(const std::string& id) {
  const Instant oldest =
      std::chrono::steady_clock::now() - absl::ToChronoNanoseconds(options_.age_max);
  return memory_.With([&](Memory& memory) -> std::optional<Found> {
    const auto found = memory.by_id.find(id);
    if (found == memory.by_id.end() || found->second->read_at < oldest) return std::nullopt;
    memory.by_use.splice(memory.by_use.begin(), memory.by_use, found->second);
    return Found{found->second->known, found->second->epoch};
  });
}

Task<std::vector<absl::StatusOr<CachedRuns::Found>>> CachedRuns::ReadAll(
    std::vector<std::string> ids) {
  const Instant asked_at = std::chrono::steady_clock::now();
  Parameters params;
  params.AddTextArray(ids);
  std::vector<postgres::Statement> statements;
  for (const char* const sql : {kReadRuns, kReadStops, kReadClasses, kReadUnits, kReadFares}) {
    postgres::Statement& statement = statements.emplace_back();
    statement.sql = sql;
    statement.params = params;
  }
  ASSIGN_OR_CO_RETURN(const std::vector<Result> results,
                      co_await pool_.QueryAll(std::move(statements)));
  ASSIGN_OR_CO_RETURN(const auto found, KeepAll(results, asked_at));
  std::vector<absl::StatusOr<Found>> answers;
  answers.reserve(ids.size());
  for (const std::string& id : ids) {
    const auto read = found.find(id);
    if (read == found.end()) {
      answers.push_back(Refuse(kRunNotFound));
    } else {
      answers.push_back(read->second);
    }
  }
  co_return answers;
}

CachedRuns::Layout CachedRuns::LayoutOf(const Row& row) {
  const std::vector<std::int64_t> units = row.IntArray("units");
  std::vector<std::string> coaches = row.TextArray("coaches");
  std::vector<std::string> numbers = row.TextArray("numbers");
  Layout layout(units.empty() ? 0 : static_cast<std::size_t>(units.back()) + 1);
  for (std::size_t i = 0; i < units.size(); ++i) {
    Unit& unit = layout[static_cast<std::size_t>(units[i])];
    unit.coach = std::move(coaches[i]);
    unit.number = std::move(numbers[i]);
  }
  return layout;
}

CachedRuns::Prices CachedRuns::PricesOf(const Row& row, std::size_t stops) {
  const std::vector<std::int64_t> froms = row.IntArray("froms");
  const std::vector<std::int64_t> tos = row.IntArray("tos");
  const std::vector<std::int64_t> fens = row.IntArray("fens");
  Prices prices(stops * stops, -1);
  for (std::size_t i = 0; i < fens.size(); ++i) {
    const std::size_t at =
        static_cast<std::size_t>(froms[i]) * stops + static_cast<std::size_t>(tos[i]);
    if (at < prices.size()) prices[at] = fens[i];
  }
  return prices;
}

absl::StatusOr<std::map<std::string, CachedRuns::KnownRun>> CachedRuns::RunsIn(
    const std::vector<Result>& results) {
  std::map<std::string, KnownRun> runs;
  for (int i = 0; i < results[0].rows(); ++i) {
    ASSIGN_OR_RETURN(Run run, RunOf(results[0].row(i)));
    const std::string id = run.id.value();
    runs[id].run = std::move(run);
  }
  for (int i = 0; i < results[1].rows(); ++i) {
    const Row row = results[1].row(i);
    runs[row.Text("run_id")].run.stops.push_back(
        Stop{row.Text("station_id"), row.Text("station_name"), row.Text("city"),
             row.Time("arrives_at"), row.Time("departs_at")});
  }
  for (int i = 0; i < results[2].rows(); ++i) {
    const Row row = results[2].row(i);
    KnownRun& known = runs[row.Text("run_id")];
    known.run.classes.push_back(RunClassIn(row));
    known.classes.emplace_back();
  }
  return runs;
}

absl::StatusOr<std::map<std::string, CachedRuns::Found>> CachedRuns::KeepAll(
    const std::vector<Result>& results, Instant asked_at) {
  ASSIGN_OR_RETURN(auto runs, RunsIn(results));
  return memory_.With([&](Memory& memory) {
    for (int i = 0; i < results[3].rows(); ++i) {
      const Row row = results[3].row(i);
      KnownRun& known = runs[row.Text("run_id")];
      const auto position = PositionOf(known.run, row.Text("class_code"));
      if (!position.has_value()) continue;
      const std::string text =
          absl::StrCat(row.Text("units"), row.Text("coaches"), row.Text("numbers"));
      known.classes[*position].layout = Share<Layout>(memory.layouts, text, LayoutOf(row));
    }
    for (int i = 0; i < results[4].rows(); ++i) {
      const Row row = results[4].row(i);
      KnownRun& known = runs[row.Text("run_id")];
      const auto position = PositionOf(known.run, row.Text("class_code"));
      if (!position.has_value()) continue;
      const std::size_t stops = known.run.stops.size();
      const std::string text =
          absl::StrCat(stops, row.Text("froms"), row.Text("tos"), row.Text("fens"));
      known.classes[*position].prices = Share<Prices>(memory.prices, text, PricesOf(row, stops));
    }
    std::map<std::string, Found> found;
    for (auto& [id, known] : runs) found[id] = Keep(memory, std::move(known), asked_at);
    Prune(memory.layouts, static_cast<std::size_t>(options_.runs_max));
    Prune(memory.prices, static_cast<std::size_t>(options_.runs_max));
    return absl::StatusOr<std::map<std::string, Found>>(std::move(found));
  });
}

CachedRuns::Found CachedRuns::Keep(Memory& memory, KnownRun run, Instant asked_at) const {
  Kept kept;
  kept.id = run.run.id.value();
  kept.epoch = run.run.epoch;
  kept.read_at = asked_at;
  kept.known = std::make_shared<const KnownRun>(std::move(run));
  const auto before = memory.by_id.find(kept.id);
  if (before != memory.by_id.end()) {
    kept.epoch = std::max(kept.epoch, before->second->epoch);
    memory.by_use.erase(before->second);
    memory.by_id.erase(before);
  }
  const Found found{kept.known, kept.epoch};
  memory.by_use.push_front(std::move(kept));
  memory.by_id[memory.by_use.front().id] = memory.by_use.begin();
  while (memory.by_use.size() > static_cast<std::size_t>(std::max(options_.runs_max, 1))) {
    memory.by_id.erase(memory.by_use.back().id);
    memory.by_use.pop_back();
  }
  return found;
}

}  // namespace houbu::slot
