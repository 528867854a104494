// What payment keeps of accounts, and how it is forgotten, on a real PostgreSQL.
#include "services/payment/storage/account_traces.h"

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "libs/process/account_traces.h"
#include "libs/testing/blocker_names.h"
#include "services/payment/storage/store_subject.h"

namespace houbu::payment {
namespace {

using testing::NamesOf;

TEST_CASE("payment names what is not settled, until it is", "[payment][erasure][R-17]") {
  PostgresBench bench;
  if (!bench.ready()) return;
  process::AccountTraces traces(bench.pool(),
                                {kLiveOfAccount, {kForgetAccount.begin(), kForgetAccount.end()}});
  const auto live = [&] { return *bench.Run(traces.ListLive("accounts/ac-1", 10)); };
  REQUIRE(bench.Run(bench.store().Insert(Opened("py-0"), Answering("open", "opened"))).ok());
  CHECK(NamesOf(live()) == std::vector<std::string>{"payments/py-0"});
  REQUIRE(bench.Run(bench.pool().Query("UPDATE payments SET state = 'CLOSED'")).ok());
  CHECK(live().empty());

  const Payment paid = Paid(bench, "py-1");
  CHECK(NamesOf(live()) == std::vector<std::string>{"payments/py-1"});
  const Change settled = Next(*Settle(paid, Fen(6000), "bookings/bk-1", kNow));
  REQUIRE(bench.Run(bench.store().Commit(settled, Answering("", ""))).ok());
  REQUIRE(live().size() == 1);
  CHECK(live().front().kind() == account::v1::ErasureBlocker::KIND_REFUND);
  CHECK(live().front().name() == NameOf(settled.refunds.front()));
  REQUIRE(bench.Run(bench.pool().Query("UPDATE refunds SET state = 'FAILED'")).ok());
  CHECK(live().size() == 1);
  REQUIRE(bench.Run(bench.pool().Query("UPDATE refunds SET state = 'SUCCEEDED'")).ok());
  CHECK(live().empty());
}

TEST_CASE("payment forgets who paid and keeps its books", "[payment][erasure][R-17]") {
  PostgresBench bench;
  if (!bench.ready()) return;
  process::AccountTraces traces(bench.pool(),
                                {kLiveOfAccount, {kForgetAccount.begin(), kForgetAccount.end()}});
  Paid(bench, "py-1");
  REQUIRE(bench.Run(bench.pool().Query("UPDATE payments SET payer = 'digest'")).ok());
  const auto figure = [&](const char* sql) {
    return bench.Run(bench.pool().Query(sql))->row(0).Text("it");
  };
  constexpr char kBooks[] =
      "SELECT md5(string_agg(e::text, ',' ORDER BY e::text)) AS it FROM ledger_entries e";
  const std::string books = figure(kBooks);
  const RequestKey key{"services/account", "/m", "r", "f"};
  for (int i = 0; i < 2; ++i) {
    REQUIRE(bench.Run(traces.Forget("accounts/ac-1", key, "", kNow)).ok());
  }
  CHECK(figure("SELECT string_agg(payer, ',') AS it FROM payments").empty());
  CHECK(figure(kBooks) == books);
}

}  // namespace
}  // namespace houbu::payment
