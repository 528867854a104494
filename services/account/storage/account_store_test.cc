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

TEST_CASE("a holder is compared so often a day, and what came of it is kept", "[account][W-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string passenger = fixture.AddCard(account, "card").value();
  fixture.provider.finding = absl::UnavailableError("away");
  CHECK(absl::IsUnavailable(fixture.Verify(account, passenger, "away").status()));
  fixture.provider.finding = Finding{false, "LIVENESS_FAILED"};
  for (int i = 0; i < CheckPolicy().per_day_max; ++i) {
    CHECK(fixture.Verify(account, passenger, absl::StrCat("v-", i)).value() == "REJECTED");
  }
  const absl::Status refused = fixture.Verify(account, passenger, "v-over").status();
  CHECK(ReasonOf(refused) == "TOO_MANY_CHECKS");
  CHECK(RetryAfterOf(refused).has_value());
  const auto kept = testing::RunTask(fixture.loop, fixture.pool.Query(
                                                       "SELECT result, reason FROM identity_checks "
                                                       "WHERE decided_at IS NOT NULL"))
                        .value();
  REQUIRE(kept.rows() == CheckPolicy().per_day_max);
  CHECK(kept.row(0).Text("reason") == "LIVENESS_FAILED");
  fixture.clock.Advance(absl::Hours(24));
  fixture.provider.finding = Finding{true, ""};
  CHECK(fixture.Verify(account, passenger, "v-next-day").value() == "VERIFIED");
}

TEST_CASE("a holder whose card is another now is verified anew", "[account][W-01][R-16]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string passenger = fixture.AddCard(account, "card").value();
  REQUIRE(fixture.Verify(account, passenger, "v-1").value() == "VERIFIED");
  const auto verification = [&] {
    return testing::RunTask(fixture.loop, fixture.verifications.Get(account)).value();
  };
  const auto adding = [&](const std::string& request_id) {
    Mutation<Passenger> mutation = fixture.MutationOf<Passenger>(request_id);
    mutation.render = [](const Passenger& changed) { return changed.id; };
    return mutation;
  };
  // Another document changes nothing about who the holder is.
  DocumentEntry passport;
  passport.document.type = DocumentType::kPassport;
  passport.document.number = "E12345678";
  passport.document.country = "CN";
  passport.document.full_name = "LUKE, JIA";
  passport.document.expires = absl::CivilDay(2036, 1, 1);
  passport.document.has_expiry = true;
  REQUIRE(testing::RunTask(fixture.loop, fixture.list.AddDocument(account, passenger, passport,
                                                                  adding("passport")))
              .ok());
  CHECK(verification().verification == Verification::kVerified);
  // Another name on the card does.
  PassengerChange change;
  change.etag = absl::StrCat(
      testing::RunTask(fixture.loop, fixture.list.Get(account, passenger)).value().version);
  change.full_name = "旅客乙";
  REQUIRE(testing::RunTask(fixture.loop,
                           fixture.list.Update(account, passenger, change, adding("name")))
              .ok());
  CHECK(verification().verification == Verification::kUnverified);
  CHECK(verification().verification_reason == "HOLDER_CHANGED");
  const auto revoked =
      testing::RunTask(fixture.loop, fixture.revocations.After(0, absl::InfinitePast(), 10))
          .value();
  REQUIRE(revoked.size() == 1);
  CHECK(revoked[0].statements_before.has_value());
  REQUIRE(fixture.Verify(account, passenger, "v-2").value() == "VERIFIED");
  REQUIRE(testing::RunTask(fixture.loop, fixture.list.Remove(account, passenger, adding("remove")))
              .ok());
  CHECK(verification().verification == Verification::kUnverified);
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
