// What PostgreSQL itself refuses, whatever a program asks of it.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "libs/postgres/errors.h"
#include "services/payment/storage/store_subject.h"

namespace houbu::payment {
namespace {

TEST_CASE("The database lets nobody rewrite the ledger", "[payment][store][X-06]") {
  PostgresBench bench;
  if (!bench.ready()) return;
  Paid(bench, "py-1");
  for (const char* sql :
       {"UPDATE ledger_entries SET amount = amount + 1", "DELETE FROM ledger_entries",
        "TRUNCATE ledger_entries", "UPDATE ledger_transactions SET event = 'X'",
        "DELETE FROM ledger_transactions", "TRUNCATE ledger_transactions CASCADE"}) {
    CAPTURE(sql);
    const auto outcome = bench.Run(bench.pool().Query(sql));
    CHECK(postgres::ConstraintOf(outcome.status()) == "ledger_append_only");
  }
}

TEST_CASE("The database takes no transaction that does not balance", "[payment][store][X-06]") {
  PostgresBench bench;
  if (!bench.ready()) return;
  const Payment paid = Paid(bench, "py-1");
  Change change = Next(*Settle(paid, Fen(6000), "bookings/bk-1", kNow));
  SECTION("a fen too much") { change.postings[0].entries[0].amount.minor_units += 1; }
  SECTION("two currencies") {
    change.postings[0].entries[1].amount.currency = *Currency::Parse("USD");
  }
  SECTION("no entries") { change.postings[0].entries.clear(); }
  const auto outcome = bench.Run(bench.store().Commit(change, Answering("", "")));
  CHECK(postgres::ConstraintOf(outcome.status()) == "ledger_balanced");
  CHECK(bench.Run(bench.store().Load(PaymentId("py-1")))->version == paid.version);
}

TEST_CASE("The database never returns more than was captured", "[payment][store][X-06]") {
  PostgresBench bench;
  if (!bench.ready()) return;
  Paid(bench, "py-1");
  const auto outcome = bench.Run(bench.pool().Query("UPDATE payments SET returned = 10001"));
  CHECK(postgres::ConstraintOf(outcome.status()) == "payments_never_return_more");
}

TEST_CASE("An event is posted once", "[payment][store][X-06][X-07]") {
  PostgresBench bench;
  if (!bench.ready()) return;
  const Payment paid = Paid(bench, "py-1");
  const Change settled = Next(*Settle(paid, Fen(6000), "bookings/bk-1", kNow));
  REQUIRE(bench.Run(bench.store().Commit(settled, Answering("", ""))).ok());
  Change again = settled;
  ++again.payment.version;
  again.refunds.clear();
  CHECK(!bench.Run(bench.store().Commit(again, Answering("", ""))).ok());
}

}  // namespace
}  // namespace houbu::payment
