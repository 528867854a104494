#include "services/slot/storage/unit_adder.h"

#include <vector>

#include "absl/strings/str_format.h"

#include "libs/async/status_macros.h"
#include "services/slot/domain/rules.h"

namespace houbu::slot {

using async::Task;
using postgres::Parameters;

Parameters UnitAdder::ClassParameters() const {
  Parameters params;
  params.Add(addition_.run.value()).Add(addition_.class_code);
  return params;
}

Task<Added> UnitAdder::Add(std::string answer) {
  CO_RETURN_IF_ERROR(co_await Lock());
  CO_RETURN_IF_ERROR(co_await Grow());
  if (numbered_) CO_RETURN_IF_ERROR(co_await AddNumbered());
  CO_RETURN_IF_ERROR(co_await Owe());
  CO_RETURN_IF_ERROR(co_await work_.Commit(std::move(answer), now_));
  co_return added_;
}

// Nobody claims places meanwhile: counts are opened with the capacity there is then.
constexpr char kLockRun[] = "SELECT pg_advisory_xact_lock(run_lock($1))";

constexpr char kReadEpoch[] = "SELECT epoch FROM runs WHERE id = $1";

Task<void> UnitAdder::Lock() {
  Parameters params;
  params.Add(addition_.run.value());
  CO_RETURN_IF_ERROR(co_await work_.transaction().Execute(kLockRun, params));
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await work_.transaction().Execute(kReadEpoch, std::move(params)));
  if (rows.empty()) co_return Refuse(kRunNotFound);
  added_.committed.epoch = rows.row(0).Int64("epoch");
  co_return absl::OkStatus();
}

// A class that sells the units of this one has as many.
constexpr char kGrowClass[] = R"sql(
  UPDATE run_classes SET capacity = capacity + $3
  WHERE run_id = $1 AND (code = $2 OR shares = $2)
  RETURNING code = $2 AS named, shares <> '' AS sharing, kind, capacity - $3 AS before)sql";

// In the order of the legs, as those who take and free them lock them.
constexpr char kGrowCounts[] = R"sql(
  WITH locked AS (
    SELECT leg FROM leg_counts WHERE run_id = $1 AND class_code = $2 ORDER BY leg FOR UPDATE)
  UPDATE leg_counts AS c SET capacity = c.capacity + $3
  FROM locked AS l
  WHERE c.run_id = $1 AND c.class_code = $2 AND c.leg = l.leg)sql";

Task<void> UnitAdder::Grow() {
  Parameters params = ClassParameters();
  params.Add(addition_.units);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await work_.transaction().Execute(kGrowClass, params));
  int named = 0;
  while (named < rows.rows() && !rows.row(named).Bool("named")) ++named;
  if (named == rows.rows()) co_return Refuse(kClassUnknown);
  // It has none of its own.
  if (rows.row(named).Bool("sharing")) co_return Refuse(kCapacityInvalid);
  numbered_ = rows.row(named).Text("kind") == "ASSIGNED";
  added_.units.class_code = addition_.class_code;
  added_.units.first_unit = rows.row(named).Int32("before");
  added_.units.units = addition_.units;
  const auto grown = co_await work_.transaction().Execute(kGrowCounts, std::move(params));
  co_return grown.status();
}

constexpr char kReadCoaches[] = R"sql(
  SELECT coach, count(*) AS units FROM run_units WHERE run_id = $1 AND class_code = $2
  GROUP BY coach ORDER BY min(unit))sql";

constexpr char kInsertUnits[] = R"sql(
  INSERT INTO run_units (run_id, class_code, unit, coach, number)
  SELECT $1, $2, $3 + n.i - 1, $4, n.number
  FROM unnest($5::text[]) WITH ORDINALITY AS n(number, i))sql";

Task<void> UnitAdder::AddNumbered() {
  ASSIGN_OR_CO_RETURN(const postgres::Result coaches,
                      co_await work_.transaction().Execute(kReadCoaches, ClassParameters()));
  int in_coach = 0;
  bool known = false;
  for (int i = 0; i < coaches.rows(); ++i) {
    if (coaches.row(i).Text("coach") != addition_.coach) continue;
    known = true;
    in_coach = coaches.row(i).Int32("units");
    added_.units.extends_coach = i + 1 == coaches.rows();
  }
  Violations violations;
  if (addition_.coach.empty()) violations.Add("coach", "is required where places are numbered");
  if (known && !added_.units.extends_coach) {
    violations.Add("coach", "must be a new coach or the last one");
  }
  CO_RETURN_IF_ERROR(violations.ToStatus());
  std::vector<std::string> numbers;
  for (int i = 1; i <= addition_.units; ++i) {
    numbers.push_back(absl::StrFormat("%02d", in_coach + i));
  }
  Parameters params = ClassParameters();
  params.Add(added_.units.first_unit).Add(addition_.coach).AddTextArray(numbers);
  const auto inserted = co_await work_.transaction().Execute(kInsertUnits, std::move(params));
  co_return inserted.status();
}

constexpr char kOweIndex[] =
    "INSERT INTO index_debts (run_id, created_at) VALUES ($1, $2) RETURNING id";

Task<void> UnitAdder::Owe() {
  Parameters params;
  params.Add(addition_.run.value()).Add(now_);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await work_.transaction().Execute(kOweIndex, std::move(params)));
  added_.committed.debt = rows.row(0).Int64("id");
  co_return absl::OkStatus();
}

}  // namespace houbu::slot
