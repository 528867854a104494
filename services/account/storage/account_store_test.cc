// Verification and passengers as use cases on a real PostgreSQL.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "services/account/storage/test_accounts.h"

namespace houbu::account {
namespace {

TEST_CASE("waiting takes a verified holder or an active member", "[account][W-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string passenger = fixture.AddCard(account, "card").value();
  const std::vector<std::string> travellers = {passenger};
  const auto vouch = [&](bool to_wait) {
    return testing::RunTask(fixture.loop, fixture.statements.Vouch(account, travellers, to_wait));
  };
  CHECK(vouch(false).ok());
  CHECK(ReasonOf(vouch(true).status()) == "NOT_VERIFIED");

  fixture.provider.finding = Finding{false, "MISMATCH"};
  CHECK(fixture.Verify(account, passenger, "v-1").value() == "REJECTED");
  CHECK(ReasonOf(vouch(true).status()) == "NOT_VERIFIED");

  fixture.provider.finding = absl::UnavailableError("away");
  CHECK(absl::IsUnavailable(fixture.Verify(account, passenger, "v-2").status()));
  CHECK(testing::RunTask(fixture.loop, fixture.verifications.Get(account)).value().verification ==
        Verification::kPending);
  fixture.provider.finding = Finding{true, ""};
  CHECK(fixture.Verify(account, passenger, "v-2").value() == "VERIFIED");
  CHECK(fixture.Verify(account, passenger, "v-2").value() == "VERIFIED");
  CHECK(fixture.provider.asked == 3);
  CHECK(vouch(true).ok());
}

TEST_CASE("membership grants the waitlist and is audited", "[account][W-01][R-09]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  Mutation<Account> mutation = fixture.MutationOf<Account>("member");
  mutation.render = [](const Account& member) { return MayWait(member) ? "may" : "may not"; };
  CHECK(testing::RunTask(fixture.loop, fixture.verifications.ActivateMembership(
                                           account, "ticket 42", std::move(mutation)))
            .value() == "may");
  const auto log =
      testing::RunTask(fixture.loop,
                       fixture.pool.Query("SELECT actor, act, subject, reason FROM audit_entries"))
          .value();
  REQUIRE(log.rows() == 1);
  CHECK(log.row(0).Text("act") == "MEMBERSHIP_ACTIVATED");
  CHECK(log.row(0).Text("subject") == absl::StrCat("accounts/", account));
  CHECK(log.row(0).Text("reason") == "ticket 42");
  CHECK_FALSE(testing::RunTask(fixture.loop, fixture.pool.Query("DELETE FROM audit_entries")).ok());
}

TEST_CASE("a document stands once among an account's passengers", "[account][R-04]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string passenger = fixture.AddCard(account, "card").value();
  CHECK(fixture.AddCard(account, "card").value() == passenger);
  CHECK(ReasonOf(fixture.AddCard(account, "card-2").status()) == "PASSENGER_EXISTS");
  const auto kept = testing::RunTask(fixture.loop, fixture.list.Get(account, passenger)).value();
  CHECK(kept.full_name == "旅客甲");
  CHECK(kept.document.number == kCard);
  CHECK(
      ReasonOf(testing::RunTask(fixture.loop, fixture.list.Get("ac-other", passenger)).status()) ==
      "PASSENGER_NOT_FOUND");
}

TEST_CASE("personal fields are not readable in the database", "[account][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  REQUIRE(fixture.AddCard(account, "card").ok());
  const auto rows =
      testing::RunTask(fixture.loop,
                       fixture.pool.Query("SELECT a::text || p::text || c::text AS dump "
                                          "FROM accounts a, passengers p, challenges c"))
          .value();
  REQUIRE(rows.rows() == 1);
  const std::string dump = rows.row(0).Text("dump");
  CHECK_FALSE(absl::StrContains(dump, "19900000001"));
  CHECK_FALSE(absl::StrContains(dump, kCard));
  CHECK_FALSE(absl::StrContains(dump, fixture.messenger.codes[0]));
}

}  // namespace
}  // namespace houbu::account
