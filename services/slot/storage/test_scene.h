/// A small network with all of slot's use cases on real PostgreSQL, the plain index beside it.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/async/status_macros.h"
#include "libs/postgres/migrations.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "libs/testing/sequential_id_source.h"
#include "libs/testing/test_postgres.h"
#include "services/slot/app/availability.h"
#include "services/slot/app/board_keeper.h"
#include "services/slot/app/booking_creation.h"
#include "services/slot/app/booking_lookup.h"
#include "services/slot/app/cancellation.h"
#include "services/slot/app/demand_line.h"
#include "services/slot/app/due_bookings.h"
#include "services/slot/app/index_keeper.h"
#include "services/slot/app/matching.h"
#include "services/slot/app/memory_change_feed.h"
#include "services/slot/app/memory_inventory.h"
#include "services/slot/app/payment_confirmation.h"
#include "services/slot/app/rebooking.h"
#include "services/slot/app/timetable_cache.h"
#include "services/slot/app/window_search.h"
#include "services/slot/peers/effect_calls.h"
#include "services/slot/storage/postgres_bookings.h"
#include "services/slot/storage/postgres_catalogue.h"
#include "services/slot/storage/postgres_demands.h"
#include "services/slot/storage/postgres_inventory.h"
#include "services/slot/storage/postgres_opened_runs.h"
#include "services/slot/storage/postgres_record.h"
#include "services/slot/storage/postgres_runs.h"
#include "services/slot/storage/sample_runs.h"
#include "services/slot/storage/schema.h"

namespace houbu::slot {

/// Believes a statement whose payload lists the travellers' keys, "t1,t2".
class TrustingStatements final : public StatementCheck {
 public:
  absl::StatusOr<std::vector<Traveller>> Verify(const SignedStatement& statement, absl::string_view,
                                                absl::Time) const override {
    std::vector<Traveller> travellers;
    for (absl::string_view key : absl::StrSplit(statement.payload, ',')) {
      Traveller traveller;
      traveller.key = std::string(key);
      traveller.passenger = absl::StrCat("accounts/ac-1/passengers/", key);
      traveller.masked_name = "旅**";
      travellers.push_back(std::move(traveller));
    }
    return travellers;
  }
};

/// Who wants what; the defaults book one seat of g1 from a to c for traveller t1.
struct Wish {
  std::string run = "g1";
  std::string class_code = "second";
  std::string from = "a";
  std::string to = "c";
  std::string travellers = "t1";
  std::string account = "accounts/ac-1";
  std::string request;  ///< The request_id; a new one when empty.
  std::vector<Position> positions = {};
};

/// Finds windows on a copy that was brought up to date before.
class FreshWindows final : public WindowFinder {
 public:
  struct Tools {
    BoardKeeper& board;
    Availability& availability;
    WindowSearch& windows;
  };
  explicit FreshWindows(Tools tools) : tools_(tools) {}

  async::Task<WindowDay> Find(std::string station, ClassCode class_code, absl::CivilDay day,
                              absl::Time now) override {
    CO_RETURN_IF_ERROR(co_await CatchUp());
    co_return co_await tools_.windows.Find(std::move(station), std::move(class_code), day, now);
  }

  /// Takes up all runs there are and all that changed.
  async::Task<void> CatchUp() {
    CO_RETURN_IF_ERROR(co_await tools_.board.Refresh());
    CO_RETURN_IF_ERROR(co_await tools_.availability.Follow());
    while (tools_.availability.figures().runs_waiting > 0) {
      CO_RETURN_IF_ERROR(co_await tools_.availability.Follow());
    }
    co_return absl::OkStatus();
  }

 private:
  Tools tools_;
};

/// All of slot on one database and one index.
class Scene final {
 public:
  /// Null, with the reason printed, where there is no server.
  static std::unique_ptr<Scene> OrSkip() {
    auto database = testing::TestPostgres::OrSkip();
    if (!database) return nullptr;
    return std::unique_ptr<Scene>(new Scene(std::move(database)));
  }
  ~Scene() { pool.Close(); }

  /// Runs a task to its end.
  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return testing::RunTask(loop, std::move(task));
  }

  /// A request nobody has made before, or the one named.
  RequestKey Key(const std::string& request = "", const std::string& fingerprint = "f") {
    RequestKey key;
    key.caller = "accounts/ac-1";
    key.method = "/m";
    key.request_id = request.empty() ? ids.Next("rq") : request;
    key.fingerprint = fingerprint;
    return key;
  }

  /// Books; gives the booking as it is kept.
  absl::StatusOr<Booking> Book(const Wish& wish, const std::string& fingerprint = "f") {
    BookingWish asked;
    asked.origin.account = wish.account;
    asked.run = RunId(wish.run);
    asked.class_code = wish.class_code;
    asked.from = wish.from;
    asked.to = wish.to;
    asked.statement.payload = wish.travellers;
    asked.destination_country = "JP";
    asked.positions = wish.positions;
    return Loaded(Run(creation.Create(asked, Answer(Key(wish.request, fingerprint)))));
  }

  /// Books and pays.
  absl::StatusOr<Booking> BookPaid(const Wish& wish) {
    absl::StatusOr<Booking> held = Book(wish);
    if (!held.ok()) return held;
    return Pay(*held);
  }

  /// Tells that the booking's payment succeeded; gives the booking as it is then.
  absl::StatusOr<Booking> Pay(const Booking& booking, const std::string& request = "") {
    PaymentArrival arrival;
    arrival.payment = booking.payment;
    arrival.booking = booking.id;
    arrival.amount = booking.total;
    StoredAnswer answer;
    answer.key = Key(request);
    const auto heard = Run(confirmation.Arrived(arrival, answer));
    if (!heard.ok()) return heard.status();
    return Load(booking.id);
  }

  /// Cancels; gives the booking as it is kept.
  absl::StatusOr<Booking> Cancel(const Booking& booking, const std::string& request = "") {
    CancellationWish wish;
    wish.origin.account = booking.account;
    wish.booking = booking.id;
    wish.reason = "行程有变";
    return Loaded(Run(cancellation.Cancel(wish, Answer(Key(request)))));
  }

  /// Books again in another run.
  absl::StatusOr<Booking> Rebook(const Booking& booking, const std::string& run,
                                 const std::string& travellers = "t1",
                                 const std::string& account = "accounts/ac-1") {
    RebookingWish wish;
    wish.origin.account = account;
    wish.booking = booking.id;
    wish.run = RunId(run);
    wish.statement.payload = travellers;
    return Loaded(Run(rebooking.Rebook(wish, Answer(Key()))));
  }

  /// Puts a demand in line; demands enlisted later are effective later.
  absl::StatusOr<Demand> Enlist(const std::string& id, const Wish& wish) {
    Enlistment enlistment;
    enlistment.id = DemandId(id);
    enlistment.wish.run = RunId(wish.run);
    enlistment.wish.class_code = wish.class_code;
    enlistment.wish.from = wish.from;
    enlistment.wish.to = wish.to;
    enlistment.order = absl::StrCat("waitlistOrders/of-", id);
    enlistment.account = wish.account;
    enlistment.payment = absl::StrCat("payments/of-", id);
    SignedStatement statement;
    statement.payload = wish.travellers;
    enlistment.travellers = statements.Verify(statement, wish.account, clock.Now()).value();
    enlistment.effective_at = clock.Now() + absl::Microseconds(++enlisted_);
    const auto answer = Run(line.Enlist(enlistment, DemandAnswer()));
    if (!answer.ok()) return answer.status();
    return LoadDemand(id);
  }

  /// A demand as it is kept.
  Demand LoadDemand(const std::string& id) { return Run(demands.Load(DemandId(id))).value(); }

  /// A booking as it is kept.
  absl::StatusOr<Booking> Load(const BookingId& id) { return Run(bookings.Load(id)); }

  /// Lets matches come to the record.
  void Match() { REQUIRE(Run(matching.ReadAll()).ok()); }

  /// What is wrong with the whole inventory; empty when nothing is.
  std::vector<std::string> Wrongs() {
    const InventoryReport report = Run(keeper.Check(std::nullopt)).value();
    std::vector<std::string> wrongs = report.audit.differences;
    if (report.audit.oversold != 0) wrongs.push_back("oversold");
    if (report.audit.servable_waiting != 0) wrongs.push_back("servable waiting");
    if (report.audit.conservation_error() != 0) wrongs.push_back("conservation");
    return wrongs;
  }

  /// Runs SQL beside everything.
  void Execute(const std::string& sql) { database_->Execute(sql); }

  /// The calls in the outbox, "Method aggregate", in their order.
  std::vector<std::string> Calls() {
    const auto rows = Run(pool.Query("SELECT method, aggregate FROM outbox ORDER BY seq")).value();
    std::vector<std::string> calls;
    for (int i = 0; i < rows.rows(); ++i) {
      const std::string method = rows.row(i).Text("method");
      calls.push_back(
          absl::StrCat(method.substr(method.rfind('/') + 1), " ", rows.row(i).Text("aggregate")));
    }
    return calls;
  }

  /// How often a call of this method waits in the outbox.
  int CountCalls(const std::string& method) {
    const std::vector<std::string> calls = Calls();
    return static_cast<int>(std::count_if(calls.begin(), calls.end(), [&](const auto& call) {
      return call.substr(0, call.find(' ')) == method;
    }));
  }

  /// Answers a booking's request with its id.
  Mutation<Booking> Answer(RequestKey key) {
    Mutation<Booking> mutation;
    mutation.key = std::move(key);
    mutation.render = [](const Booking& booking) { return booking.id.value(); };
    return mutation;
  }

  /// Answers a demand's request with its id.
  Mutation<Demand> DemandAnswer() {
    Mutation<Demand> mutation;
    mutation.key = Key();
    mutation.render = [](const Demand& demand) { return demand.id.value(); };
    return mutation;
  }

 private:
  explicit Scene(std::unique_ptr<testing::TestPostgres> database)
      : database_(std::move(database)), pool(loop.get_executor(), OptionsOf(*database_)) {
    REQUIRE(Run(postgres::Migrate(pool, kMigrations)).ok());
    database_->Execute(kSample);
  }

  static postgres::PoolOptions OptionsOf(const testing::TestPostgres& database) {
    postgres::PoolOptions options;
    options.conninfo = database.conninfo();
    return options;
  }

  absl::StatusOr<Booking> Loaded(const absl::StatusOr<std::string>& id) {
    if (!id.ok()) return id.status();
    return Load(BookingId(*id));
  }

  std::unique_ptr<testing::TestPostgres> database_;
  int enlisted_ = 0;

 public:
  boost::asio::io_context loop{1};
  postgres::Pool pool;
  testing::ManualClock clock{
      absl::FromCivil(absl::CivilMinute(2026, 11, 20, 2, 0), absl::UTCTimeZone())};
  testing::SequentialIdSource ids;
  TrustingStatements statements;
  PostgresRecord record{pool, EncodeEffectCall};
  PostgresBookings bookings{pool};
  PostgresDemands demands{pool};
  PostgresRuns runs{pool};
  PostgresInventory inventory{pool, clock};
  MemoryInventory index{clock};
  FreshIndex fresh_index{index, inventory};
  BookingPolicy policy;
  BookingTools tools{clock, ids, record, runs, bookings, inventory, fresh_index, index, policy};
  PostgresCatalogue catalogue{pool};
  PostgresOpenedRuns opened{pool};
  TimetableCache timetables{catalogue};
  BoardKeeper board{BoardKeeper::Tools{clock, timetables, opened, 31}};
  MemoryChangeFeed changes{index};
  Availability availability{
      Availability::Tools{clock, board, index, changes, inventory, opened, AvailabilityPolicy()}};
  WindowSearch windows{WindowSearch::Tools{board, availability, policy}};
  FreshWindows search{FreshWindows::Tools{board, availability, windows}};
  BookingCreation creation{tools, statements};
  BookingLookup lookup{bookings};
  Cancellation cancellation{tools};
  Rebooking rebooking{tools, statements, search};
  PaymentConfirmation confirmation{tools};
  DueBookings due{tools};
  DemandLine line{tools, demands};
  Matching matching{tools, demands, "reader-1"};
  IndexKeeper keeper{
      IndexKeeper::Tools{clock, record, index, inventory, fresh_index, KeeperPolicy()}};
};

/// The reason of an outcome that failed, "" for one that did not.
template <class T>
std::string ReasonOfOutcome(const absl::StatusOr<T>& outcome) {
  return std::string(ReasonOf(outcome.status()));
}

}  // namespace houbu::slot
