// A database that had allocations and journeys under exclusion constraints gets guarded rows.
#include <set>

#include "absl/types/span.h"

#include "services/slot/storage/record_subject.h"

namespace houbu::slot {
namespace {

// Two second-class places and two standing ones, a place given up, and what was matched but not
// yet taken.
constexpr char kBefore[] = R"sql(
  INSERT INTO allocations (booking_id, place_index, holder, run_id, class_code, unit, legs, live)
  VALUES ('bk-1', 0, 'bk-1', 'g1', 'second', 1, '[0,2)', true),
         ('bk-1', 1, 'bk-1', 'g1', 'second', 0, '[0,2)', true),
         ('bk-2', 0, 'bk-2', 'g1', 'standing', NULL, '[0,1)', true),
         ('bk-2', 1, 'bk-2', 'g1', 'standing', NULL, '[0,1)', true),
         ('bk-3', 0, 'bk-3', 'g1', 'second', 2, '[0,2)', false),
         ('bk-4', 0, 'dm-4', 'g1', 'second', 2, '[0,1)', true),
         ('bk-5', 0, 'bk-5', 'g1', 'second', 2, '[1,2)', true);
  INSERT INTO journeys (booking_id, traveller_key, run_id, during, live)
  SELECT booking, key, run, tstzrange('2026-12-01 08:00+08', '2026-12-01 10:00+08'), live
  FROM (VALUES ('bk-1', 't1', 'g1', true), ('bk-1', 't2', 'g1', true), ('bk-2', 't3', 'g1', true),
               ('bk-2', 't4', 'g1', true), ('bk-3', 't1', 'g3', false),
               ('bk-4', 't5', 'g1', true), ('bk-5', 't6', 'g1', true))
       AS j(booking, key, run, live);
  INSERT INTO journeys (booking_id, traveller_key, run_id, during)
  VALUES ('bk-6', 't1', 'w2', tstzrange('2026-12-02 09:00+08', '2026-12-02 12:00+08'));
  INSERT INTO allocations (booking_id, place_index, holder, run_id, class_code, unit, legs)
  VALUES ('bk-6', 0, 'bk-6', 'w2', 'exit-card', NULL, '[0,1)');
  INSERT INTO leg_counts (run_id, class_code, leg, capacity, taken)
  VALUES ('g1', 'standing', 0, 2, 2), ('w2', 'exit-card', 0, 2, 1);
)sql";

}  // namespace

TEST_CASE("what was taken before guarded rows is taken after", "[slot][record][migration][X-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  boost::asio::io_context loop(1);
  postgres::PoolOptions options;
  options.conninfo = database->conninfo();
  postgres::Pool pool(loop.get_executor(), options);
  const absl::Span<const postgres::Migration> all(kMigrations);
  REQUIRE(testing::RunTask(loop, postgres::Migrate(pool, all.subspan(0, 4))).ok());
  database->Execute(kSample);
  database->Execute(kBefore);
  REQUIRE(testing::RunTask(loop, postgres::Migrate(pool, all)).ok());

  testing::ManualClock clock(
      absl::FromCivil(absl::CivilMinute(2026, 11, 20, 2, 0), absl::UTCTimeZone()));
  PostgresInventory inventory(pool, clock);
  const RunState state = testing::RunTask(loop, inventory.ReadState(RunId("g1"))).value();
  const std::vector<TakenPlaces> expected = {
      {"bk-1", DemandKind{"second", {0, 2}, 2}, {0, 1}},
      {"bk-2", DemandKind{"standing", {0, 1}, 2}, {}},
      {"bk-5", DemandKind{"second", {1, 2}, 1}, {2}},
      {"dm-4", DemandKind{"second", {0, 1}, 1}, {2}},
  };
  CHECK(state.taken == expected);
  const std::vector<std::string> holders = {"bk-1", "bk-3", "bk-4", "dm-4"};
  CHECK(testing::RunTask(loop, inventory.LiveHolders(holders)).value() ==
        std::set<std::string>{"bk-1", "dm-4"});

  PostgresRecord record(pool, EncodeEffectCall);
  const auto reason = [&](const std::string& id, const std::string& travellers, LegRange legs,
                          std::vector<int> units) {
    const Change change = BookingChange(id, travellers, legs, std::move(units), clock.Now());
    return ReasonOfResult(testing::RunTask(loop, record.Commit(change)));
  };
  CHECK(reason("bk-11", "u1", {0, 1}, {0}) == "PLACE_TAKEN");
  CHECK(reason("bk-12", "u2", {1, 2}, {2}) == "PLACE_TAKEN");
  CHECK(reason("bk-13", "u3", {0, 1}, {}) == "PLACE_TAKEN");
  CHECK(reason("bk-14", "t1", {0, 1}, {3}) == "ONE_TICKET_PER_RUN");
  Change freed;
  freed.now = clock.Now();
  freed.frees = BookingId("bk-1");
  CHECK(testing::RunTask(loop, record.Commit(freed)).ok());
  CHECK(reason("bk-15", "t1", {0, 2}, {0}) == "");
  pool.Close();
}

}  // namespace houbu::slot
