#include "services/slot/storage/postgres_homes.h"

#include <cstdint>
#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::slot {
namespace {

using async::Task;
using postgres::Parameters;

// How often a mark counts on at most, whoever counts.
constexpr absl::Duration kMarkInterval = absl::Milliseconds(900);

// However the clock was moved.
absl::Duration Between(absl::Time a, absl::Time b) { return a < b ? b - a : a - b; }

IndexHome HomeIn(const postgres::Row& row, absl::Time now) {
  IndexHome home;
  home.shard = row.Int32("shard");
  home.server = row.Text("server");
  home.number = row.Int64("home");
  home.mark = row.Int64("mark");
  home.age = Between(row.Time("moved_at"), now);
  return home;
}

}  // namespace

constexpr char kReadDeployment[] = "SELECT id FROM deployment";

Task<std::string> PostgresHomes::Deployment() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await pool_.Query(kReadDeployment));
  if (rows.empty()) co_return absl::InternalError("the deployment has no id");
  co_return rows.row(0).Text("id");
}

constexpr char kReadHomes[] = R"sql(
  SELECT shard, server, home, mark, moved_at FROM index_homes WHERE shard < $1 ORDER BY shard)sql";

constexpr char kFoundHomes[] = R"sql(
  INSERT INTO index_homes (shard) SELECT generate_series(0, $1::int - 1)
  ON CONFLICT (shard) DO NOTHING)sql";

Task<std::vector<IndexHome>> PostgresHomes::Homes(int shards) {
  Parameters params;
  params.Add(shards);
  ASSIGN_OR_CO_RETURN(postgres::Result rows, co_await pool_.Query(kReadHomes, params));
  if (rows.rows() < shards) {
    CO_RETURN_IF_ERROR(co_await pool_.Query(kFoundHomes, params));
    ASSIGN_OR_CO_RETURN(rows, co_await pool_.Query(kReadHomes, std::move(params)));
  }
  const absl::Time now = clock_.Now();
  std::vector<IndexHome> homes;
  homes.reserve(static_cast<std::size_t>(rows.rows()));
  for (int i = 0; i < rows.rows(); ++i) homes.push_back(HomeIn(rows.row(i), now));
  co_return homes;
}

constexpr char kMove[] = R"sql(
  UPDATE index_homes
  SET server = $4, home = GREATEST(home, $5) + 1, mark = GREATEST(mark, $6) + 1,
      moved_at = $7, marked_at = $7
  WHERE shard = $1 AND home = $2 AND server = $3
  RETURNING shard, server, home, mark, moved_at)sql";

Task<std::optional<IndexHome>> PostgresHomes::Move(IndexHome from, ShownHome to) {
  Parameters params;
  params.Add(from.shard).Add(from.number).Add(from.server);
  const absl::Time now = clock_.Now();
  params.Add(to.server).Add(to.number).Add(to.mark).Add(now);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await pool_.Query(kMove, std::move(params)));
  std::optional<IndexHome> moved;
  if (!rows.empty()) moved = HomeIn(rows.row(0), now);
  co_return moved;
}

// Whoever else counts at this moment does as well; rows are taken in one order by all.
constexpr char kCountOn[] = R"sql(
  WITH due AS (
    SELECT h.shard, n.mark
    FROM index_homes AS h
    JOIN unnest($1::int[], $2::bigint[], $3::bigint[]) AS n(shard, home, mark)
      ON h.shard = n.shard AND h.home = n.home AND h.mark < n.mark
    WHERE h.marked_at NOT BETWEEN $4 AND $5
    ORDER BY h.shard
    FOR UPDATE OF h SKIP LOCKED)
  UPDATE index_homes AS h SET mark = due.mark, marked_at = $5
  FROM due WHERE h.shard = due.shard)sql";

Task<void> PostgresHomes::CountOn(std::vector<IndexHome> homes) {
  std::vector<std::int64_t> shards, numbers, marks;
  for (const IndexHome& home : homes) {
    shards.push_back(home.shard);
    numbers.push_back(home.number);
    marks.push_back(home.mark + 1);
  }
  Parameters params;
  const absl::Time now = clock_.Now();
  params.AddIntArray(shards).AddIntArray(numbers).AddIntArray(marks);
  params.Add(now - kMarkInterval).Add(now);
  const auto counted = co_await pool_.Query(kCountOn, std::move(params));
  co_return counted.status();
}

}  // namespace houbu::slot
