// One contract for every OrderStore, run on memory and on PostgreSQL.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/postgres/migrations.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_postgres.h"
#include "services/waitlist/app/memory_order_store.h"
#include "services/waitlist/peers/effect_calls.h"
#include "services/waitlist/storage/postgres_order_store.h"
#include "services/waitlist/storage/schema.h"

namespace houbu::waitlist {
namespace {

const absl::Time kNow = absl::FromUnixMicros(1'795'000'000'123'456);

Order NewOrder(const std::string& id, const std::string& account) {
  Opening opening;
  opening.id = OrderId(id);
  opening.account = account;
  opening.payment = absl::StrCat("payments/py-of-", id);
  Choice choice;
  choice.wish.run = "runs/g35-20261201";
  choice.wish.class_code = "second";
  choice.wish.from = "VNP";
  choice.wish.to = "AOH";
  choice.demand = absl::StrCat("dm-of-", id);
  choice.quote.fare = Fen(55300);
  choice.quote.departs_at = kNow + absl::Hours(100);
  choice.quote.boarding_day = absl::CivilDay(2026, 12, 1);
  choice.quote.origin_city = "北京";
  choice.quote.destination_city = "上海";
  choice.quote.display_name = "G35";
  opening.application.choices.push_back(choice);
  Traveller traveller;
  traveller.key = "aa";
  traveller.masked_name = "旅**";
  traveller.type = 1;
  opening.application.travellers.push_back(traveller);
  const WaitlistPolicy policy;
  Order order = Open(std::move(opening), kNow, policy).value().order;
  order.version = 1;
  return order;
}

Reply ReplyOf(const std::string& request_id, const std::string& fingerprint = "f") {
  Reply reply;
  reply.key.caller = "accounts/ac-1";
  reply.key.method = "/m";
  reply.key.request_id = request_id;
  reply.key.fingerprint = fingerprint;
  reply.answer = absl::StrCat("answer to ", request_id);
  return reply;
}

/// Runs each case on one store.
class Contract final {
 public:
  Contract(boost::asio::io_context& loop, OrderStore& store) : loop_(loop), store_(store) {}

  void Run() {
    KeepsOrders();
    AnswersRepeats();
    AllowsOneLiveOrder();
    RefusesOldVersions();
    FindsDueOrders();
    ListsNewestFirst();
  }

 private:
  absl::StatusOr<std::string> Save(Order order, std::optional<Reply> reply = std::nullopt) {
    Step step;
    step.order = std::move(order);
    step.effects.push_back(PaymentOpened{});
    return testing::RunTask(loop_, store_.Save(std::move(step), std::move(reply), kNow));
  }
  absl::StatusOr<Order> Load(const std::string& id) {
    return testing::RunTask(loop_, store_.Load(OrderId(id)));
  }

  void KeepsOrders() {
    const Order order = NewOrder("wo-a", "accounts/ac-a");
    REQUIRE(Save(order).ok());
    const Order kept = Load("wo-a").value();
    CHECK(kept.state == OrderState::kPendingPayment);
    CHECK(kept.prepayment == Fen(55300));
    CHECK(kept.pay_by == order.pay_by);
    CHECK(kept.deadline == order.deadline);
    CHECK(kept.effective_at == absl::InfiniteFuture());
    CHECK(kept.travellers == order.travellers);
    REQUIRE(kept.choices.size() == 1);
    CHECK(kept.choices[0].wish == order.choices[0].wish);
    CHECK(kept.choices[0].quote.departs_at == order.choices[0].quote.departs_at);
    CHECK(kept.choices[0].quote.boarding_day == order.choices[0].quote.boarding_day);
    CHECK(ReasonOf(Load("wo-none").status()) == "ORDER_NOT_FOUND");
  }

  void AnswersRepeats() {
    const Reply reply = ReplyOf("r-1");
    CHECK(Save(NewOrder("wo-b", "accounts/ac-b"), reply).value() == "answer to r-1");
    CHECK(testing::RunTask(loop_, store_.FindAnswer(reply.key)).value() == "answer to r-1");
    const Reply other = ReplyOf("r-1", "another");
    CHECK(ReasonOf(testing::RunTask(loop_, store_.FindAnswer(other.key)).status()) ==
          "REQUEST_ID_REUSED");
    CHECK(testing::RunTask(loop_, store_.FindAnswer(ReplyOf("r-2").key)).value() == std::nullopt);
  }

  void AllowsOneLiveOrder() {
    REQUIRE(Save(NewOrder("wo-c", "accounts/ac-c")).ok());
    CHECK(ReasonOf(Save(NewOrder("wo-d", "accounts/ac-c")).status()) == "LIVE_ORDER_EXISTS");
    Order ended = Terminate(Load("wo-c").value(), kNow).value().order;
    ended.version += 1;
    REQUIRE(Save(ended).ok());
    CHECK(Save(NewOrder("wo-d", "accounts/ac-c")).ok());
    const auto live = testing::RunTask(loop_, store_.LoadLive("accounts/ac-c")).value();
    REQUIRE(live.has_value());
    CHECK(live->id.value() == "wo-d");
  }

  void RefusesOldVersions() {
    REQUIRE(Save(NewOrder("wo-e", "accounts/ac-e")).ok());
    Order paid = Pay(Load("wo-e").value(), kNow).order;
    paid.version += 1;
    REQUIRE(Save(paid).ok());
    CHECK(ReasonOf(Save(paid).status()) == "ORDER_CHANGED");
    CHECK(Load("wo-e").value().effective_at == kNow);
  }

  void FindsDueOrders() {
    const absl::Time later = kNow + absl::Minutes(31);
    const auto due = testing::RunTask(loop_, store_.Due(later, 100)).value();
    CHECK(std::count(due.begin(), due.end(), OrderId("wo-a")) == 1);
    CHECK(std::count(due.begin(), due.end(), OrderId("wo-c")) == 0);  // ended
    CHECK(std::count(due.begin(), due.end(), OrderId("wo-e")) == 0);  // waits for its deadline
    CHECK(testing::RunTask(loop_, store_.Due(kNow, 100)).value().empty());
    CHECK(testing::RunTask(loop_, store_.Due(later, 1)).value().size() == 1);
  }

  void ListsNewestFirst() {
    Page page;
    page.size = 10;
    const std::string account = "accounts/ac-c";
    const auto all = testing::RunTask(loop_, store_.List(account, OrderList::kAll, page)).value();
    REQUIRE(all.size() == 2);
    CHECK(all[0].id.value() == "wo-d");
    const auto done = testing::RunTask(loop_, store_.List(account, OrderList::kDone, page)).value();
    REQUIRE(done.size() == 1);
    CHECK(done[0].id.value() == "wo-c");
    page.after = "wo-d";
    CHECK(testing::RunTask(loop_, store_.List(account, OrderList::kAll, page)).value().size() == 1);
    CHECK(testing::RunTask(loop_, store_.List(account, OrderList::kToPay, page)).value().empty());
  }

  boost::asio::io_context& loop_;
  OrderStore& store_;
};

TEST_CASE("orders in memory keep the store's contract", "[waitlist][W-03][W-11][X-07]") {
  boost::asio::io_context loop;
  MemoryOrderStore store;
  Contract(loop, store).Run();
}

TEST_CASE("orders in PostgreSQL keep the store's contract", "[waitlist][W-03][W-11][X-07]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  boost::asio::io_context loop;
  postgres::PoolOptions options;
  options.conninfo = database->conninfo();
  postgres::Pool pool(loop.get_executor(), options);
  REQUIRE(testing::RunTask(loop, postgres::Migrate(pool, kMigrations)).ok());
  PostgresOrderStore store(pool, CallOf);
  Contract(loop, store).Run();
  const auto calls = testing::RunTask(loop, pool.Query("SELECT count(*) AS n FROM outbox")).value();
  CHECK(calls.row(0).Int64("n") == 7);  // one for each step saved above
  pool.Close();
}

}  // namespace
}  // namespace houbu::waitlist
