// The guards of a batch: statements that change only rows that let them, and what they said.
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/postgres/errors.h"
#include "services/slot/domain/rules.h"
#include "services/slot/storage/change_batch.h"
#include "services/slot/storage/change_columns.h"

namespace houbu::slot {

using async::Task;
using postgres::Parameters;
using postgres::Result;

Task<void> ChangeBatch::AskGuards() {
  AskRuns();
  AskAnswers();
  AskDemands();
  AskBookings();
  // Journeys first: who may not travel is told so, even when the place is gone as well.
  AskJourneys();
  AskUnits();
  AskCounts();
  AskTurns();
  AskLinks();
  ASSIGN_OR_CO_RETURN(const std::vector<Result> seen, co_await pipeline_.Run());
  if (runs_at_ >= 0) JudgeRuns(seen[static_cast<std::size_t>(runs_at_)]);
  if (answers_at_ >= 0) {
    const std::int64_t stored = seen[static_cast<std::size_t>(answers_at_)].affected();
    some_raced_ = stored < static_cast<std::int64_t>(answering_.size());
  }
  for (const Asked& asked : asked_) Judge(asked, seen[static_cast<std::size_t>(asked.place)]);
  co_return absl::OkStatus();
}

constexpr char kReadEpochs[] = "SELECT id, epoch, cancelled FROM runs WHERE id = ANY($1::text[])";

void ChangeBatch::AskRuns() {
  if (epochs_.empty()) return;
  Parameters params;
  AddTexts(params, epochs_, [](const auto& run) { return run.first; });
  runs_at_ = pipeline_.Add(kReadEpochs, std::move(params));
}

void ChangeBatch::JudgeRuns(const Result& rows) {
  epochs_.clear();
  std::set<std::string> cancelled;
  for (int i = 0; i < rows.rows(); ++i) {
    const postgres::Row row = rows.row(i);
    epochs_[row.Text("id")] = row.Int64("epoch");
    if (row.Bool("cancelled")) cancelled.insert(row.Text("id"));
  }
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    const Change& change = *changes_[i];
    if (!change.claim.has_value() && !change.owes_index.has_value()) continue;
    const RunId& run = change.claim.has_value() ? change.claim->run : *change.owes_index;
    const auto found = epochs_.find(run.value());
    if (found == epochs_.end()) {
      verdicts_.Refuse(i, Guard::kRun, Refuse(kRunNotFound));
      continue;
    }
    answers_[i].epoch = found->second;
    if (change.claim.has_value() && cancelled.count(found->first) > 0) {
      verdicts_.Refuse(i, Guard::kRun, Refuse(kRunCancelled));
    } else if (change.claim.has_value() && change.claim->epoch != found->second) {
      verdicts_.Refuse(i, Guard::kRun, Refuse(kStaleIndex));
    }
  }
}

constexpr char kStoreAnswers[] = R"sql(
  INSERT INTO request_answers (caller, method, request_id, fingerprint, answer, created_at)
  SELECT n.caller, n.method, n.request, n.fingerprint, n.answer, n.at
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::timestamptz[])
       AS n(caller, method, request, fingerprint, answer, at)
  ON CONFLICT (caller, method, request_id) DO NOTHING)sql";

void ChangeBatch::AskAnswers() {
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> sorted;
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (!changes_[i]->answer.has_value()) continue;
    const RequestKey& key = changes_[i]->answer->key;
    sorted[{key.caller, key.method, key.request_id}] = i;
  }
  if (sorted.empty()) return;
  std::vector<std::string> bytes;
  for (const auto& [key, change] : sorted) {
    answering_.push_back(change);
    bytes.push_back(changes_[change]->answer->bytes);
  }
  Parameters params;
  AddTexts(params, sorted, [](const auto& one) { return std::get<0>(one.first); });
  AddTexts(params, sorted, [](const auto& one) { return std::get<1>(one.first); });
  AddTexts(params, sorted, [](const auto& one) { return std::get<2>(one.first); });
  AddTexts(params, answering_,
           [this](std::size_t i) { return changes_[i]->answer->key.fingerprint; });
  params.AddBytesArray(bytes);
  AddTimes(params, answering_, [this](std::size_t i) { return changes_[i]->now; });
  answers_at_ = pipeline_.Add(kStoreAnswers, std::move(params));
}

constexpr char kFindOldAnswers[] = R"sql(
  SELECT n.position - 1 AS position, a.fingerprint = n.fingerprint AS same
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
       AS n(caller, method, request, fingerprint, position)
  JOIN request_answers AS a
    ON a.caller = n.caller AND a.method = n.method AND a.request_id = n.request)sql";

// Whose request was answered before begins again and finds the answer.
Task<void> ChangeBatch::FindRaced() {
  Parameters params;
  AddTexts(params, answering_, [this](std::size_t i) { return changes_[i]->answer->key.caller; });
  AddTexts(params, answering_, [this](std::size_t i) { return changes_[i]->answer->key.method; });
  AddTexts(params, answering_,
           [this](std::size_t i) { return changes_[i]->answer->key.request_id; });
  AddTexts(params, answering_,
           [this](std::size_t i) { return changes_[i]->answer->key.fingerprint; });
  ASSIGN_OR_CO_RETURN(const Result found, co_await pool_.Query(kFindOldAnswers, std::move(params)));
  for (int i = 0; i < found.rows(); ++i) {
    const Refusal& refusal =
        found.row(i).Bool("same") ? postgres::kRequestRaced : postgres::kRequestIdReused;
    const auto position = static_cast<std::size_t>(found.row(i).Int64("position"));
    verdicts_.Refuse(answering_[position], Guard::kRequest, Refuse(refusal));
  }
  co_return absl::OkStatus();
}

void ChangeBatch::Ask(std::string sql, Guard guard, const Refusal& refusal, GuardedRows rows) {
  if (rows.empty()) return;
  const int place = pipeline_.Add(std::move(sql), std::move(rows.params));
  asked_.push_back(Asked{place, guard, Refuse(refusal), std::move(rows)});
}

void ChangeBatch::Judge(const Asked& asked, const Result& rows) {
  if (rows.rows() == static_cast<int>(asked.rows.keys.size())) return;
  std::set<std::string> passed;
  for (int i = 0; i < rows.rows(); ++i) passed.insert(rows.row(i).Text("key"));
  for (std::size_t i = 0; i < asked.rows.keys.size(); ++i) {
    if (passed.count(asked.rows.keys[i]) > 0) continue;
    if (asked.guard == Guard::kJourney) {
      conflicting_[asked.rows.keys[i]] = asked.rows.sharers[i].front();
    } else {
      RefuseSharers(asked.rows.sharers[i], asked.guard, asked.refusal);
    }
  }
}

void ChangeBatch::RefuseSharers(const std::vector<std::size_t>& sharers, Guard guard,
                                const absl::Status& refusal) {
  if (sharers.size() == 1) return verdicts_.Refuse(sharers.front(), guard, refusal);
  for (const std::size_t sharer : sharers) verdicts_.Doubt(sharer, guard);
}

constexpr char kInsertDemands[] = R"sql(
  INSERT INTO demands (version, id, order_name, account, payment, state, run_id, class_code,
                       from_stop, to_stop, from_station, to_station, departs_at, effective_at,
                       created_at, fail_reason)
  SELECT 1, n.id, n.order_name, n.account, n.payment, n.state, n.run_id, n.class_code,
         n.from_stop, n.to_stop, n.from_station, n.to_station, n.departs_at, n.effective_at,
         n.created_at, n.fail_reason
  FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::int[], $9::int[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[],
    $14::timestamptz[], $15::text[])
  AS n(id, order_name, account, payment, state, run_id, class_code, from_stop, to_stop,
       from_station, to_station, departs_at, effective_at, created_at, fail_reason)
  ON CONFLICT (id) DO NOTHING
  RETURNING id AS key)sql";

constexpr char kUpdateDemands[] = R"sql(
  UPDATE demands AS d
  SET version = n.version, state = n.state, booking_id = n.booking, units = n.units::int[],
      fail_reason = n.fail_reason, fare_minor = NULLIF(n.fare, -1)
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[],
              $7::bigint[]) AS n(id, version, state, booking, units, fail_reason, fare)
  WHERE d.id = n.id AND d.version = n.version - 1
  RETURNING d.id AS key)sql";

namespace {

/// Something that a change makes or replaces.
template <class Thing>
struct Versioned {
  const Thing* thing;
  std::size_t change;
};

/// What `get` points to in the changes, in the order of ids: what is made where `is_new`, else
/// what is replaced.
template <class Thing, class Get>
std::vector<Versioned<Thing>> SortedThings(const std::vector<PendingChange>& changes, bool is_new,
                                           const Get& get) {
  std::map<std::string, Versioned<Thing>> things;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const std::optional<Thing>& thing = get(*changes[i]);
    if (!thing.has_value() || (thing->version == 1) != is_new) continue;
    things.insert({thing->id.value(), Versioned<Thing>{&*thing, i}});
  }
  std::vector<Versioned<Thing>> sorted;
  for (const auto& [id, thing] : things) sorted.push_back(thing);
  return sorted;
}

template <class Thing>
GuardedRows RowsOf(const std::vector<Versioned<Thing>>& things) {
  GuardedRows rows;
  for (const Versioned<Thing>& one : things) {
    rows.keys.push_back(one.thing->id.value());
    rows.sharers.push_back({one.change});
  }
  AddTexts(rows.params, things, [](const auto& one) { return one.thing->id.value(); });
  return rows;
}

GuardedRows NewDemandRows(const std::vector<Versioned<Demand>>& demands) {
  GuardedRows rows = RowsOf(demands);
  Parameters& params = rows.params;
  AddTexts(params, demands, [](const auto& d) { return d.thing->order; });
  AddTexts(params, demands, [](const auto& d) { return d.thing->account; });
  AddTexts(params, demands, [](const auto& d) { return d.thing->payment; });
  AddTexts(params, demands, [](const auto& d) { return NameOf(d.thing->state); });
  AddTexts(params, demands, [](const auto& d) { return d.thing->run.value(); });
  AddTexts(params, demands, [](const auto& d) { return d.thing->class_code; });
  AddInts(params, demands, [](const auto& d) { return d.thing->legs.from; });
  AddInts(params, demands, [](const auto& d) { return d.thing->legs.to; });
  AddTexts(params, demands, [](const auto& d) { return d.thing->from_station; });
  AddTexts(params, demands, [](const auto& d) { return d.thing->to_station; });
  AddTimes(params, demands, [](const auto& d) { return d.thing->departs_at; });
  AddTimes(params, demands, [](const auto& d) { return d.thing->effective_at; });
  AddTimes(params, demands, [](const auto& d) { return d.thing->created_at; });
  AddTexts(params, demands, [](const auto& d) { return d.thing->fail_reason; });
  return rows;
}

std::string UnitsText(const Demand& demand) {
  std::string text = "{";
  for (const int unit : demand.units) absl::StrAppend(&text, text.size() > 1 ? "," : "", unit);
  text.push_back('}');
  return text;
}

GuardedRows DemandRows(const std::vector<Versioned<Demand>>& demands) {
  GuardedRows rows = RowsOf(demands);
  Parameters& params = rows.params;
  AddInts(params, demands, [](const auto& d) { return d.thing->version; });
  AddTexts(params, demands, [](const auto& d) { return NameOf(d.thing->state); });
  AddTexts(params, demands, [](const auto& d) { return d.thing->booking.value(); });
  AddTexts(params, demands, [](const auto& d) { return UnitsText(*d.thing); });
  AddTexts(params, demands, [](const auto& d) { return d.thing->fail_reason; });
  AddInts(params, demands, [](const auto& d) {
    return d.thing->fare.has_value() ? d.thing->fare->minor_units : -1;
  });
  return rows;
}

absl::Time OrNever(const std::optional<absl::Time>& time) {
  return time.value_or(absl::InfiniteFuture());
}

GuardedRows BookingRows(const std::vector<Versioned<Booking>>& bookings) {
  GuardedRows rows = RowsOf(bookings);
  Parameters& params = rows.params;
  AddInts(params, bookings, [](const auto& b) { return b.thing->version; });
  AddTexts(params, bookings, [](const auto& b) { return NameOf(b.thing->state); });
  AddTimes(params, bookings, [](const auto& b) { return OrNever(b.thing->expires_at); });
  AddTimes(params, bookings, [](const auto& b) { return OrNever(b.thing->due_at); });
  AddTexts(params, bookings, [](const auto& b) { return b.thing->cancel_reason; });
  AddTexts(params, bookings, [](const auto& b) { return b.thing->holder; });
  return rows;
}

}  // namespace

void ChangeBatch::AskDemands() {
  const auto demand = [](const Change& change) -> const auto& { return change.demand; };
  Ask(kInsertDemands, Guard::kDemand, kDemandExists,
      NewDemandRows(SortedThings<Demand>(changes_, true, demand)));
  Ask(kUpdateDemands, Guard::kDemand, kChangedMeanwhile,
      DemandRows(SortedThings<Demand>(changes_, false, demand)));
}

constexpr char kUpdateBookings[] = R"sql(
  UPDATE bookings AS b
  SET version = n.version, state = n.state, expires_at = NULLIF(n.expires_at, 'infinity'),
      due_at = NULLIF(n.due_at, 'infinity'), cancel_reason = n.cancel_reason, holder = n.holder
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[],
              $6::text[], $7::text[])
       AS n(id, version, state, expires_at, due_at, cancel_reason, holder)
  WHERE b.id = n.id AND b.version = n.version - 1
  RETURNING b.id AS key)sql";

void ChangeBatch::AskBookings() {
  const auto booking = [](const Change& change) -> const auto& { return change.booking; };
  Ask(kUpdateBookings, Guard::kBooking, kChangedMeanwhile,
      BookingRows(SortedThings<Booking>(changes_, false, booking)));
}

constexpr char kLinkBookings[] = R"sql(
  UPDATE bookings AS b SET rebooked_to = n.follower, version = b.version + 1
  FROM unnest($1::text[], $2::text[], $3::text[]) AS n(id, follower, expected)
  WHERE b.id = n.id AND b.rebooked_to = n.expected
  RETURNING b.id AS key)sql";

void ChangeBatch::AskLinks() {
  std::map<std::string, std::pair<const RebookingLink*, std::size_t>> links;
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (!changes_[i]->link.has_value()) continue;
    links[changes_[i]->link->from.value()] = {&*changes_[i]->link, i};
  }
  GuardedRows rows;
  for (const auto& [id, link] : links) {
    rows.keys.push_back(id);
    rows.sharers.emplace_back();
    // What is forgotten may be forgotten already.
    if (!link.first->to.empty()) rows.sharers.back().push_back(link.second);
  }
  AddTexts(rows.params, links, [](const auto& link) { return link.first; });
  AddTexts(rows.params, links, [](const auto& link) { return link.second.first->to; });
  AddTexts(rows.params, links, [](const auto& link) { return link.second.first->expected; });
  Ask(kLinkBookings, Guard::kLink, kAlreadyRebooked, std::move(rows));
}

}  // namespace houbu::slot
