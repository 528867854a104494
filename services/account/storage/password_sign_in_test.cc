// Passwords and second factors, as use cases on a real PostgreSQL.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "services/account/storage/test_sign_in.h"

namespace houbu::account {
namespace {

TEST_CASE("a password opens a session and its change ends the others", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const Session first = fixture.session;
  fixture.SignedIn(kPhone, "second");
  REQUIRE(SetPassword(fixture, "set", kPassword).ok());
  CHECK(ByPassword(fixture, "p-1", kPhone, kPassword).value() == account);
  CHECK(ReasonOf(ByPassword(fixture, "p-2", kPhone, "another sentence").status()) ==
        "SIGN_IN_REFUSED");
  // The session that set it goes on, the other is over: its tokens too.
  CHECK(ReasonOf(Renew(fixture, "r-1", first.token_id).status()) == "REFRESH_REFUSED");
  const std::vector<Revoked> revoked = RevokedOf(fixture);
  REQUIRE(revoked.size() == 1);
  CHECK(revoked[0].session == first.id);
  const auto rows =
      testing::RunTask(fixture.loop, fixture.pool.Query("SELECT password_hash FROM accounts"))
          .value();
  CHECK(absl::StartsWith(rows.row(0).Text("password_hash"), "$argon2id$v=19$m=19456,t=2,p=1$"));
}

TEST_CASE("credentials are changed by who signed in just now", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.SignedIn();
  fixture.clock.Advance(fixture.session_policy.recent_sign_in);
  CHECK(ReasonOf(SetPassword(fixture, "late", kPassword)) == "RECENT_SIGN_IN_REQUIRED");
  REQUIRE(Renew(fixture, "r", fixture.session.token_id).ok());  // which is no sign-in
  CHECK(ReasonOf(SetPassword(fixture, "late-2", kPassword)) == "RECENT_SIGN_IN_REQUIRED");
  fixture.SignedIn(kPhone, "again");
  CHECK(SetPassword(fixture, "now", kPassword).ok());
}

TEST_CASE("wrong passwords make growing pauses and shut nobody out", "[account][R-19]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.device = "the-holder's-device";
  fixture.SignedIn();
  REQUIRE(SetPassword(fixture, "set", kPassword).ok());
  fixture.device = "the-guesser's-device";
  int tries = 0;
  const auto guess = [&] {
    return ByPassword(fixture, absl::StrCat("g-", tries++), kPhone, "a guess of somebody");
  };
  const auto locked_for = [&]() -> absl::Duration {
    return RetryAfterOf(guess().status()).value_or(absl::ZeroDuration());
  };
  for (int i = 0; i < fixture.lockout_policy.free_failures; ++i) {
    CHECK(ReasonOf(guess().status()) == "SIGN_IN_REFUSED");
  }
  absl::Duration pause = fixture.lockout_policy.first_pause;
  while (pause < fixture.lockout_policy.pause_max) {
    CHECK(ReasonOf(guess().status()) == "SIGN_IN_REFUSED");
    CHECK(ReasonOf(guess().status()) == "SIGN_IN_LOCKED");
    CHECK(locked_for() == pause);
    fixture.clock.Advance(pause);
    pause *= 2;
  }
  CHECK(ReasonOf(guess().status()) == "SIGN_IN_REFUSED");
  CHECK(locked_for() == fixture.lockout_policy.pause_max);
  // The right password of an unknown device waits too; the holder's own device and codes do not.
  CHECK(ReasonOf(ByPassword(fixture, "unknown", kPhone, kPassword).status()) == "SIGN_IN_LOCKED");
  fixture.device = "the-holder's-device";
  CHECK(ByPassword(fixture, "known", kPhone, kPassword).ok());
  fixture.device.clear();
  fixture.clock.Advance(absl::Hours(1));
  CHECK(ByPassword(fixture, "after", kPhone, kPassword).ok());
  CHECK(ReasonOf(guess().status()) == "SIGN_IN_REFUSED");
}

TEST_CASE("attempts side by side are counted as if one after the other", "[account][R-19]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.SignedIn();
  std::vector<Task<std::string>> attempts;
  for (int i = 0; i < 40; ++i) {
    PasswordSignIn::Proof proof;
    proof.identifier = ParseIdentifier(kPhone).value();
    proof.password = "a guess of somebody";
    attempts.push_back(fixture.by_password.Open(proof, fixture.Opening(absl::StrCat("par-", i))));
  }
  int refused = 0;
  int locked = 0;
  for (const auto& outcome : RunTogether(fixture.loop, std::move(attempts))) {
    refused += ReasonOf(outcome.status()) == "SIGN_IN_REFUSED" ? 1 : 0;
    locked += ReasonOf(outcome.status()) == "SIGN_IN_LOCKED" ? 1 : 0;
  }
  CHECK(refused == fixture.lockout_policy.free_failures + 1);
  CHECK(refused + locked == 40);
}

TEST_CASE("guesses from one address are counted whomever they are for", "[account][R-19]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.SignedIn();
  REQUIRE(SetPassword(fixture, "set", kPassword).ok());
  const std::string address = "192.0.2.1";
  int tries = 0;
  const auto guess = [&] {
    const std::string phone = absl::StrCat("+86198", 10000000 + tries);
    return ReasonOf(
        ByPassword(fixture, absl::StrCat("g-", tries++), phone, "a guess of somebody", "", address)
            .status());
  };
  const auto own = [&](const std::string& request_id) {
    return ByPassword(fixture, request_id, kPhone, kPassword, "", address);
  };
  for (int i = 0; i < fixture.lockout_policy.free_failures_of_address; ++i) {
    CHECK(guess() == "SIGN_IN_REFUSED");
    // Who has an account of their own takes back their own attempts only.
    if (i % 50 == 0) CHECK(own(absl::StrCat("own-", i)).ok());
  }
  CHECK(guess() == "SIGN_IN_REFUSED");
  CHECK(guess() == "SIGN_IN_LOCKED");
  CHECK(ReasonOf(own("locked").status()) == "SIGN_IN_LOCKED");
  fixture.clock.Advance(fixture.lockout_policy.first_pause);
  CHECK(own("later").ok());
}

TEST_CASE("a second factor is asked for, each of its codes once", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  CHECK_FALSE(SetPassword(fixture, "short", "eight ch").ok());
  REQUIRE(testing::RunTask(fixture.loop,
                           fixture.changes.BeginTotp(AskerOf(fixture), Changing(fixture, "begin")))
              .ok());
  const auto code_now = [&] {
    const Credentials kept = testing::RunTask(fixture.loop, fixture.changes.Get(account)).value();
    return TotpCodeOf(kept.totp_secret, fixture.clock.Now());
  };
  const auto confirm = [&](const std::string& request_id, const std::string& code) {
    return testing::RunTask(
               fixture.loop,
               fixture.changes.ConfirmTotp(AskerOf(fixture), code, Changing(fixture, request_id)))
        .status();
  };
  CHECK(ReasonOf(confirm("c-1", "000000")) == "SECOND_FACTOR_REFUSED");
  REQUIRE(confirm("c-2", code_now()).ok());
  REQUIRE(SetPassword(fixture, "short-2", "eight ch").ok());

  CHECK(ReasonOf(ByPassword(fixture, "p-1", kPhone, "eight ch").status()) ==
        "SECOND_FACTOR_REQUIRED");
  CHECK(ReasonOf(ByPassword(fixture, "p-2", kPhone, "eight ch", code_now()).status()) ==
        "SECOND_FACTOR_REFUSED");  // used to confirm
  fixture.clock.Advance(absl::Seconds(30));
  CHECK(ByPassword(fixture, "p-3", kPhone, "eight ch", code_now()).ok());
  const std::string challenge = fixture.Start("code").value();
  CHECK(ReasonOf(fixture.Complete("code-1", challenge, fixture.messenger.codes.back()).status()) ==
        "SECOND_FACTOR_REQUIRED");
  const Credentials kept = testing::RunTask(fixture.loop, fixture.changes.Get(account)).value();
  const std::string recovery = fixture.changes.RecoveryCodesOf(kept).front();
  CHECK(ByPassword(fixture, "p-4", kPhone, "eight ch", recovery).ok());
  CHECK(ReasonOf(ByPassword(fixture, "p-5", kPhone, "eight ch", recovery).status()) ==
        "SECOND_FACTOR_REFUSED");
  const auto remove = [&](const std::string& request_id, const std::string& code) {
    return testing::RunTask(fixture.loop, fixture.changes.RemoveTotp(AskerOf(fixture), code,
                                                                     Changing(fixture, request_id)))
        .status();
  };
  CHECK(ReasonOf(remove("off-1", recovery)) == "PASSWORD_NEEDS_FACTOR");
  REQUIRE(SetPassword(fixture, "long", kPassword).ok());
  fixture.clock.Advance(absl::Seconds(30));
  CHECK(remove("off-2", code_now()).ok());
  CHECK(ByPassword(fixture, "p-6", kPhone, kPassword).ok());
}

TEST_CASE("no secret of signing in is readable in the database", "[account][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.SignedIn();
  TakeEmail(fixture);
  REQUIRE(SetPassword(fixture, "set", kPassword).ok());
  REQUIRE(testing::RunTask(fixture.loop,
                           fixture.changes.BeginTotp(AskerOf(fixture), Changing(fixture, "begin")))
              .ok());
  const Credentials kept =
      testing::RunTask(fixture.loop, fixture.changes.Get(fixture.session.account)).value();
  const auto rows =
      testing::RunTask(
          fixture.loop,
          fixture.pool.Query("SELECT string_agg(query_to_xml('TABLE ' || relname, false, "
                             "false, '')::text, '') AS dump FROM pg_class WHERE relkind = 'r' AND "
                             "relnamespace = 'public'::regnamespace"))
          .value();
  const std::string dump = rows.row(0).Text("dump");
  REQUIRE(absl::StrContains(dump, fixture.session.account));
  const std::string token = fixture.secrets.RefreshTokenOf(fixture.session.token_id);
  for (const std::string& secret :
       {std::string("19900000001"), std::string(kEmail), std::string(kPassword), kept.totp_secret,
        token.substr(token.find('.') + 1), fixture.messenger.codes.front()}) {
    CHECK_FALSE(absl::StrContains(dump, secret));
  }
}

}  // namespace
}  // namespace houbu::account
