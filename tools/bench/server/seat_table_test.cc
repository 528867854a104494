#include "tools/bench/server/seat_table.h"

#include <functional>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/postgres/errors.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_postgres.h"

namespace houbu::bench {
namespace {

constexpr int kSeats = 25;
constexpr int kLegs = 10;
constexpr int kWishes = 400;
constexpr int kConnections = 24;

using Way = async::Task<BookedSeat> (SeatTable::*)(SeatWish);

/// One run of kSeats seats on a database of its own.
class Scene final {
 public:
  explicit Scene(const testing::TestPostgres& database)
      : pool_(loop.get_executor(), With(database)), table(pool_) {
    // As slot's schema has it; the table takes its seats from there.
    database.Execute("CREATE TABLE run_units (run_id text, unit int)");
    database.Execute(
        absl::StrCat("INSERT INTO run_units SELECT 'g1', generate_series(0, ", kSeats - 1, ")"));
    REQUIRE(testing::RunTask(loop, table.Prepare()).ok());
    REQUIRE(testing::RunTask(loop, table.Prepare()).ok());  // may be repeated
  }

  std::int64_t Number(std::string sql) {
    const auto result = testing::RunTask(loop, pool_.Query(std::move(sql)));
    REQUIRE(result.ok());
    return result->row(0).Int64("n");
  }

  boost::asio::io_context loop{1};

 private:
  static postgres::PoolOptions With(const testing::TestPostgres& database) {
    postgres::PoolOptions options;
    options.conninfo = database.conninfo();
    options.size = kConnections;
    options.acquire_timeout = absl::Seconds(60);
    return options;
  }

  postgres::Pool pool_;

 public:
  SeatTable table;
};

SeatWish WishFor(int number, std::int64_t legs) {
  SeatWish wish;
  wish.key.caller = "accounts/ac-1";
  wish.key.request_id = absl::StrCat("r", number);
  wish.key.fingerprint = absl::StrCat("f", number);
  wish.booking = absl::StrCat("sl-", number);
  wish.run = "g1";
  wish.legs = legs;
  wish.now = absl::FromUnixSeconds(1795228002);
  return wish;
}

/// What a run of wishes, all at once, came to.
struct Tally {
  int booked = 0;
  int sold_out = 0;
  int failed = 0;
};

Tally BookAll(Scene& scene, Way way, std::mt19937& random) {
  Tally tally;
  for (int number = 0; number < kWishes; ++number) {
    const int length = std::uniform_int_distribution<int>(1, 5)(random);
    const int from = std::uniform_int_distribution<int>(0, kLegs - length)(random);
    const std::int64_t legs = ((std::int64_t{1} << length) - 1) << from;
    boost::asio::co_spawn(
        scene.loop, (scene.table.*way)(WishFor(number, legs)),
        [&tally](const std::exception_ptr& bug, const absl::StatusOr<BookedSeat>& seat) {
          if (!bug && seat.ok()) {
            ++tally.booked;
          } else if (!bug && ReasonOf(seat.status()) == kNoSeatFree.reason) {
            ++tally.sold_out;
          } else {
            ++tally.failed;
          }
        });
  }
  scene.loop.restart();
  while (tally.booked + tally.sold_out + tally.failed < kWishes && scene.loop.run_one() > 0) {
  }
  return tally;
}

TEST_CASE("the baseline sells no leg of a seat twice, however many buy at once",
          "[bench][baseline]") {
  const Way way = GENERATE(&SeatTable::Book, &SeatTable::BookAtOnce);
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  const std::uint32_t seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  Scene scene(*database);
  const Tally tally = BookAll(scene, way, random);
  CHECK(tally.failed == 0);
  CHECK(tally.sold_out > 0);
  CHECK(tally.booked >= kSeats);
  CHECK(scene.Number("SELECT count(*) AS n FROM skip_locked_bookings") == tally.booked);
  CHECK(scene.Number("SELECT count(*) AS n FROM skip_locked_requests") == tally.booked);
  CHECK(scene.Number("SELECT count(*) AS n FROM skip_locked_bookings AS a"
                     " JOIN skip_locked_bookings AS b ON a.run_id = b.run_id AND a.unit = b.unit"
                     " AND a.id < b.id AND a.legs & b.legs <> 0") == 0);
  CHECK(scene.Number("SELECT count(*) AS n FROM skip_locked_seats AS s WHERE s.taken <> COALESCE("
                     "(SELECT bit_or(b.legs) FROM skip_locked_bookings AS b"
                     " WHERE b.run_id = s.run_id AND b.unit = s.unit), 0)") == 0);
}

TEST_CASE("the baseline answers a repeated request as before", "[bench][baseline]") {
  const Way way = GENERATE(&SeatTable::Book, &SeatTable::BookAtOnce);
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Scene scene(*database);
  const auto first = testing::RunTask(scene.loop, (scene.table.*way)(WishFor(1, 3)));
  SeatWish again = WishFor(1, 3);
  again.booking = "sl-another";
  const auto second = testing::RunTask(scene.loop, (scene.table.*way)(again));
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  CHECK(second->booking == first->booking);
  CHECK(second->unit == first->unit);
  again.key.fingerprint = "another";
  const auto reused = testing::RunTask(scene.loop, (scene.table.*way)(again));
  CHECK(ReasonOf(reused.status()) == postgres::kRequestIdReused.reason);
  CHECK(scene.Number("SELECT count(*) AS n FROM skip_locked_bookings") == 1);
  CHECK(scene.Number("SELECT count(*) AS n FROM skip_locked_seats WHERE taken = 3") == 1);
}

}  // namespace
}  // namespace houbu::bench
