#include "services/slot/storage/change_batch.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/postgres/common_rows.h"
#include "libs/postgres/errors.h"
#include "services/slot/storage/change_rows.h"

namespace houbu::slot {

using async::Task;
using postgres::Parameters;
using postgres::Result;

ChangeBatch::ChangeBatch(postgres::Pool& pool, std::vector<PendingChange> changes,
                         const EncodeEffect& encode)
    : pool_(pool),
      changes_(std::move(changes)),
      encode_(encode),
      verdicts_(changes_.size()),
      answers_(changes_.size()) {
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (changes_[i]->claim.has_value()) taken_.push_back(BatchClaim{i, *changes_[i]->claim});
  }
}

bool ChangeBatch::frees_any() const {
  return std::any_of(changes_.begin(), changes_.end(),
                     [](const PendingChange& change) { return change->frees.has_value(); });
}

Task<BatchOutcome> ChangeBatch::Write() {
  ASSIGN_OR_CO_RETURN(pipeline_, co_await pool_.BeginPipeline());
  LockRuns();
  if (frees_any()) CO_RETURN_IF_ERROR(co_await FindFreed());
  CO_RETURN_IF_ERROR(co_await AskGuards());
  if (!conflicting_.empty()) CO_RETURN_IF_ERROR(co_await NameJourneys());
  if (!verdicts_.all_passed() || some_raced_) co_return co_await GiveUp();
  co_return co_await Complete();
}

// Rows are found by their keys, a few of each table: the plans that are right for that are kept,
// and no statistics, old or missing, talk the planner into reading whole tables.
constexpr char kPlanByKeys[] = R"sql(
  SELECT set_config(name, value, true)
  FROM (VALUES ('plan_cache_mode', 'force_generic_plan'), ('enable_hashjoin', 'off'),
               ('enable_mergejoin', 'off'), ('enable_hashagg', 'off'))
       AS settings (name, value))sql";

// While the lock is held nobody raises the epoch: what is committed here is in the snapshot of
// whoever raises it next.
constexpr char kLockRuns[] =
    "SELECT pg_advisory_xact_lock_shared(run_lock(run)) FROM unnest($1::text[]) AS run";

void ChangeBatch::LockRuns() {
  pipeline_.Add(kPlanByKeys);
  std::set<std::string> runs;
  for (const PendingChange& change : changes_) {
    if (change->claim.has_value()) runs.insert(change->claim->run.value());
    if (change->owes_index.has_value()) runs.insert(change->owes_index->value());
  }
  if (runs.empty()) return;
  for (const std::string& run : runs) epochs_[run] = 0;
  Parameters params;
  params.AddTextArray(std::vector<std::string>(runs.begin(), runs.end()));
  pipeline_.Add(kLockRuns, std::move(params));
}

constexpr char kFindFreed[] = R"sql(
  SELECT booking_id, run_id, class_code, units_of, from_stop, to_stop, units, travellers,
         departs_at, arrives_at
  FROM allocations WHERE booking_id = ANY($1::text[]) ORDER BY booking_id FOR UPDATE)sql";

Task<void> ChangeBatch::FindFreed() {
  std::map<std::string, std::size_t> freeing;
  std::vector<std::string> bookings;
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (!changes_[i]->frees.has_value()) continue;
    freeing[changes_[i]->frees->value()] = i;
    bookings.push_back(changes_[i]->frees->value());
  }
  Parameters params;
  params.AddTextArray(bookings);
  const int place = pipeline_.Add(kFindFreed, std::move(params));
  ASSIGN_OR_CO_RETURN(const std::vector<Result> seen, co_await pipeline_.Run());
  const Result& rows = seen[static_cast<std::size_t>(place)];
  for (int i = 0; i < rows.rows(); ++i) {
    const postgres::Row row = rows.row(i);
    BatchClaim freed;
    freed.claim.booking = BookingId(row.Text("booking_id"));
    freed.change = freeing.at(freed.claim.booking.value());
    freed.claim.run = RunId(row.Text("run_id"));
    freed.claim.class_code = row.Text("class_code");
    freed.claim.units_of = row.Text("units_of");
    freed.claim.legs = LegRange{row.Int32("from_stop"), row.Int32("to_stop")};
    for (const std::int64_t unit : row.IntArray("units")) {
      freed.claim.units.push_back(static_cast<int>(unit));
    }
    freed.claim.travellers = row.TextArray("travellers");
    freed.claim.departs_at = row.Time("departs_at");
    freed.claim.arrives_at = row.Time("arrives_at");
    freed_.push_back(std::move(freed));
  }
  co_return absl::OkStatus();
}

Task<BatchOutcome> ChangeBatch::GiveUp() {
  CO_RETURN_IF_ERROR(co_await pipeline_.Rollback());
  // Now that nothing of this batch is there, what is found is somebody else's.
  if (some_raced_) CO_RETURN_IF_ERROR(co_await FindRaced());
  if (verdicts_.all_passed()) co_return absl::AbortedError("an answer is gone again");
  BatchOutcome outcome{verdicts_, {}};
  co_return outcome;
}

Task<BatchOutcome> ChangeBatch::Complete() {
  AddRows();
  ASSIGN_OR_CO_RETURN(const std::vector<Result> done, co_await pipeline_.Commit());
  if (enqueued_) pool_.NotifyEnqueued();
  if (debts_at_ >= 0) {
    const Result& debts = done[static_cast<std::size_t>(debts_at_)];
    for (std::size_t i = 0; i < owing_.size(); ++i) {
      answers_[owing_[i]].debt = debts.row(static_cast<int>(i)).Int64("id");
    }
  }
  BatchOutcome outcome{verdicts_, std::move(answers_)};
  co_return outcome;
}

constexpr char kDeleteAllocations[] = "DELETE FROM allocations WHERE booking_id = ANY($1::text[])";

void ChangeBatch::AddRows() {
  std::vector<const Booking*> made, updated, moved;
  std::vector<const Demand*> demands;
  for (const PendingChange& change : changes_) {
    if (change->demand.has_value() && change->demand->version == 1) {
      demands.push_back(&*change->demand);
    }
    if (!change->booking.has_value()) continue;
    const bool is_new = change->booking->version == 1;
    (is_new ? made : updated).push_back(&*change->booking);
    if (!is_new && change->claim.has_value()) moved.push_back(&*change->booking);
  }
  if (!freed_.empty()) {
    std::vector<std::string> bookings;
    for (const BatchClaim& freed : freed_) bookings.push_back(freed.claim.booking.value());
    Parameters params;
    params.AddTextArray(bookings);
    pipeline_.Add(kDeleteAllocations, std::move(params));
  }
  AddAllocations(pipeline_, taken_);
  AddNewBookings(pipeline_, made);
  AddNewSteps(pipeline_, updated);
  ReplacePlaces(pipeline_, moved);
  AddDemandTravellers(pipeline_, demands);
  AddDebts();
  AddEffects();
}

constexpr char kOwe[] = R"sql(
  INSERT INTO index_debts (run_id, created_at)
  SELECT n.run, n.at FROM unnest($1::text[], $2::timestamptz[]) AS n(run, at)
  RETURNING id)sql";

void ChangeBatch::AddDebts() {
  std::vector<std::string> runs;
  std::vector<absl::Time> times;
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (!changes_[i]->owes_index.has_value()) continue;
    owing_.push_back(i);
    runs.push_back(changes_[i]->owes_index->value());
    times.push_back(changes_[i]->now);
  }
  if (runs.empty()) return;
  Parameters params;
  params.AddTextArray(runs).AddTimeArray(times);
  debts_at_ = pipeline_.Add(kOwe, std::move(params));
}

namespace {

/// Names what the change is about, for the ids of its effects.
std::string SeedOf(const Change& change) {
  if (change.booking.has_value()) {
    return absl::StrCat(NameOf(change.booking->id), "/", change.booking->version);
  }
  if (change.demand.has_value()) {
    return absl::StrCat(NameOf(change.demand->id), "/", change.demand->version);
  }
  return "";
}

}  // namespace

void ChangeBatch::AddEffects() {
  std::vector<postgres::OutboxCall> calls;
  for (const PendingChange& change : changes_) {
    EffectContext context;
    context.traceparent = change->origin.traceparent;
    context.now = change->now;
    int number = 0;
    for (const Effect& effect : change->effects) {
      context.seed = absl::StrCat(SeedOf(*change), "/", ++number);
      calls.push_back(encode_(effect, context));
    }
  }
  if (calls.empty()) return;
  postgres::AddCalls(pipeline_, calls);
  enqueued_ = true;
}

}  // namespace houbu::slot
