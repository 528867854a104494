/// The record under test: in memory, or in PostgreSQL with the sample's runs.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/postgres/migrations.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_postgres.h"
#include "services/slot/app/memory_record.h"
#include "services/slot/peers/effect_calls.h"
#include "services/slot/storage/postgres_bookings.h"
#include "services/slot/storage/postgres_demands.h"
#include "services/slot/storage/postgres_inventory.h"
#include "services/slot/storage/postgres_record.h"
#include "services/slot/storage/postgres_runs.h"
#include "services/slot/storage/sample_runs.h"
#include "services/slot/storage/schema.h"

namespace houbu::slot {

/// What the contract speaks to.
struct Subject {
  boost::asio::io_context& loop;
  testing::ManualClock& clock;
  Record& record;
  BookingStore& bookings;
  DemandStore& demands;
  RunStore& runs;
  InventoryRecord& inventory;

  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return testing::RunTask(loop, std::move(task));
  }
};

/// The sample's train g1 as memory keeps it.
inline MemoryRun TrainG1() {
  MemoryRun train;
  train.run.id = RunId("g1");
  train.run.display_name = "G1";
  train.run.service_date = absl::CivilDay(2026, 12, 1);
  train.run.time_zone = "Asia/Shanghai";
  const absl::Time start = absl::FromCivil(absl::CivilHour(2026, 12, 1, 0), absl::UTCTimeZone());
  train.run.departs_at = start;
  for (int i = 0; i < 3; ++i) {
    const absl::Time at = start + absl::Hours(i);
    train.run.stops.push_back(Stop{std::string(1, static_cast<char>('a' + i)), "", "", at, at});
  }
  train.run.classes = {RunClass{"second", ClassKind::kAssigned, 4},
                       RunClass{"standing", ClassKind::kCounted, 2}};
  for (int i = 1; i <= 4; ++i) {
    train.units["second"].push_back(Unit{"01", absl::StrCat("0", i)});
  }
  return train;
}

/// A hold of train g1's whole length for these travellers.
inline Booking NewBooking(const std::string& id, const std::string& travellers, absl::Time now) {
  BookingTerms terms;
  terms.id = BookingId(id);
  terms.number = absl::StrCat("YJ", id);
  terms.account = "accounts/ac-1";
  terms.trip.run = RunId("g1");
  terms.trip.time_zone = "Asia/Shanghai";
  terms.trip.service_date = absl::CivilDay(2026, 12, 1);
  terms.trip.class_code = "second";
  terms.trip.legs = LegRange{0, 2};
  terms.trip.departs_at = now + absl::Hours(48);
  terms.trip.arrives_at = now + absl::Hours(50);
  terms.fare = terms.total = Fen(100);
  terms.payment = "payments/pm-1";
  for (absl::string_view key : absl::StrSplit(travellers, ',')) {
    Place place;
    place.traveller.key = std::string(key);
    terms.places.push_back(place);
  }
  return HoldPlaces(terms, now, absl::Minutes(10));
}

/// A change that books `units` of second class over `legs`, or counted places where there are none.
inline Change BookingChange(const std::string& id, const std::string& travellers, LegRange legs,
                            std::vector<int> units, absl::Time now) {
  Booking booking = NewBooking(id, travellers, now);
  booking.trip.legs = legs;
  if (units.empty()) booking.trip.class_code = "standing";
  Claim claim;
  claim.booking = booking.id;
  claim.holder = booking.holder;
  claim.run = booking.trip.run;
  claim.epoch = 1;
  claim.class_code = booking.trip.class_code;
  claim.legs = booking.trip.legs;
  claim.units = std::move(units);
  for (const Place& place : booking.places) claim.travellers.push_back(place.traveller.key);
  claim.departs_at = booking.trip.departs_at;
  claim.arrives_at = booking.trip.arrives_at;
  Change change;
  change.now = now;
  change.claim = std::move(claim);
  change.booking = std::move(booking);
  return change;
}

/// Commits; the reason it was refused for, "" where it was not.
inline std::string CommitReason(Subject& subject, const Change& change) {
  const auto committed = subject.Run(subject.record.Commit(change));
  return committed.ok() ? "" : std::string(ReasonOf(committed.status()));
}

/// The reason of a result that failed, "" for one that did not.
template <class T>
std::string ReasonOfResult(const absl::StatusOr<T>& result) {
  return std::string(ReasonOf(result.status()));
}

/// The record and its readers on a database of their own.
class RecordScene final {
 public:
  /// Null, with the reason printed, where there is no server.
  static std::unique_ptr<RecordScene> OrSkip() {
    auto database = testing::TestPostgres::OrSkip();
    if (!database) return nullptr;
    return std::unique_ptr<RecordScene>(new RecordScene(std::move(database)));
  }
  ~RecordScene() { pool.Close(); }

  /// Runs a task to its end.
  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return testing::RunTask(loop, std::move(task));
  }

  /// What contracts speak to.
  Subject subject() { return {loop, clock, record, bookings, demands, runs, inventory}; }

  /// Runs SQL beside everything.
  void Execute(const std::string& sql) { database_->Execute(sql); }

  /// The first column of the first row as text.
  std::string Ask(const std::string& sql) {
    return Run(pool.Query("SELECT (" + sql + ")::text AS answer")).value().row(0).Text("answer");
  }

 private:
  explicit RecordScene(std::unique_ptr<testing::TestPostgres> database)
      : database_(std::move(database)), pool(loop.get_executor(), OptionsOf(*database_)) {
    REQUIRE(Run(postgres::Migrate(pool, kMigrations)).ok());
    database_->Execute(kSample);
  }

  static postgres::PoolOptions OptionsOf(const testing::TestPostgres& database) {
    postgres::PoolOptions options;
    options.conninfo = database.conninfo();
    return options;
  }

  std::unique_ptr<testing::TestPostgres> database_;

 public:
  boost::asio::io_context loop{1};
  postgres::Pool pool;
  testing::ManualClock clock{
      absl::FromCivil(absl::CivilMinute(2026, 11, 20, 2, 0), absl::UTCTimeZone())};
  PostgresRecord record{pool, EncodeEffectCall};
  PostgresBookings bookings{pool};
  PostgresDemands demands{pool};
  PostgresRuns runs{pool};
  PostgresInventory inventory{pool, clock};
};

}  // namespace houbu::slot
