// Signing in as use cases on a real PostgreSQL.
#include <liboath/oath.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "services/account/domain/password.h"
#include "services/account/storage/test_accounts.h"

namespace houbu::account {
namespace {

constexpr char kPassword[] = "a sentence nobody guesses";
constexpr char kEmail[] = "sample@example.com";

/// Says who is signed in to an account of the fixture.
CredentialChanges::Asker AskerOf(const Fixture& fixture) {
  CredentialChanges::Asker asker;
  asker.account = fixture.session.account;
  asker.session = fixture.session.id;
  return asker;
}

Mutation<Credentials> Changing(Fixture& fixture, const std::string& request_id) {
  Mutation<Credentials> mutation = fixture.MutationOf<Credentials>(request_id);
  mutation.render = [](const Credentials& credentials) { return credentials.account; };
  return mutation;
}

absl::Status SetPassword(Fixture& fixture, const std::string& request_id,
                         const std::string& password) {
  return testing::RunTask(fixture.loop, fixture.changes.SetPassword(AskerOf(fixture), password,
                                                                    Changing(fixture, request_id)))
      .status();
}

absl::StatusOr<std::string> ByPassword(Fixture& fixture, const std::string& request_id,
                                       const std::string& identifier, const std::string& password,
                                       const std::string& second_factor = "",
                                       const std::string& address = "") {
  PasswordSignIn::Proof proof;
  proof.identifier = ParseIdentifier(identifier).value();
  proof.password = password;
  proof.second_factor = second_factor;
  proof.origin.device_key = fixture.device;
  proof.origin.address = address;
  return testing::RunTask(fixture.loop,
                          fixture.by_password.Open(proof, fixture.Opening(request_id)));
}

absl::StatusOr<std::string> Renew(Fixture& fixture, const std::string& request_id,
                                  const std::string& token_id) {
  return testing::RunTask(
      fixture.loop, fixture.sessions.Renew(fixture.secrets.RefreshTokenOf(token_id), fixture.device,
                                           fixture.Opening(request_id)));
}

std::vector<Revoked> RevokedOf(Fixture& fixture) {
  return testing::RunTask(fixture.loop, fixture.revocations.After(0, absl::InfinitePast(), 100))
      .value();
}

/// Runs tasks side by side until all have ended.
std::vector<absl::StatusOr<std::string>> RunTogether(boost::asio::io_context& loop,
                                                     std::vector<Task<std::string>> tasks) {
  std::vector<absl::StatusOr<std::string>> outcomes;
  const std::size_t expected = tasks.size();
  for (Task<std::string>& task : tasks) {
    boost::asio::co_spawn(loop, std::move(task),
                          [&outcomes](std::exception_ptr, absl::StatusOr<std::string> outcome) {
                            outcomes.push_back(std::move(outcome));
                          });
  }
  loop.restart();
  while (outcomes.size() < expected && loop.run_one() > 0) {
  }
  return outcomes;
}

/// What an authenticator with the secret shows at a time.
std::string TotpCodeOf(const std::string& secret, absl::Time at) {
  char* bytes = nullptr;
  std::size_t length = 0;
  REQUIRE(oath_base32_decode(secret.data(), secret.size(), &bytes, &length) == OATH_OK);
  std::string code(7, '\0');
  REQUIRE(oath_totp_generate(bytes, length, absl::ToUnixSeconds(at), 30, 0, 6, code.data()) ==
          OATH_OK);
  std::free(bytes);
  code.pop_back();
  return code;
}

/// Gives the account an e-mail address.
void TakeEmail(Fixture& fixture) {
  AddressChanges::Wish wish;
  wish.account = fixture.session.account;
  wish.session = fixture.session.id;
  wish.address = ParseIdentifier(kEmail).value();
  Mutation<Challenge> mutation = fixture.MutationOf<Challenge>("email");
  mutation.render = [](const Challenge& challenge) { return challenge.id; };
  const std::string challenge =
      testing::RunTask(fixture.loop, fixture.addresses.Start(wish, std::move(mutation))).value();
  REQUIRE(testing::RunTask(fixture.loop, fixture.dispatch.Round()).ok());
  REQUIRE(fixture.messenger.destinations.back() == kEmail);
  REQUIRE(testing::RunTask(fixture.loop, fixture.addresses.Complete(wish.account, challenge,
                                                                    fixture.messenger.codes.back(),
                                                                    Changing(fixture, "email-2")))
              .ok());
}

TEST_CASE("a phone and its code open one account, a second sign-in finds it", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  REQUIRE(fixture.messenger.codes.size() == 1);
  CHECK(fixture.messenger.codes[0].size() == 6);
  CHECK(fixture.messenger.contacts.size() == 1);
  const std::string again = fixture.Start("start-2").value();
  CHECK(fixture.Complete("complete-2", again, fixture.messenger.codes.back()).value() == account);
  CHECK(fixture.Complete("complete-2", again, fixture.messenger.codes.back()).value() == account);
}

TEST_CASE("a code holds once, for ten minutes, for five tries", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string used = fixture.Start("a").value();
  const std::string code = fixture.messenger.codes.back();
  REQUIRE(fixture.Complete("a-1", used, code).ok());
  CHECK(ReasonOf(fixture.Complete("a-2", used, code).status()) == "CODE_REFUSED");
  CHECK(ReasonOf(fixture.Complete("a-3", "sc-none", code).status()) == "CODE_REFUSED");

  const std::string guessed = fixture.Start("b").value();
  const std::string right = fixture.messenger.codes.back();
  for (int i = 0; i < 5; ++i) {
    CHECK(ReasonOf(fixture.Complete(absl::StrCat("b-", i), guessed, "guess!").status()) ==
          "CODE_REFUSED");
  }
  CHECK(ReasonOf(fixture.Complete("b-right", guessed, right).status()) == "CODE_REFUSED");

  const std::string late = fixture.Start("c").value();
  fixture.clock.Advance(fixture.code_policy.life);
  CHECK(ReasonOf(fixture.Complete("c-1", late, fixture.messenger.codes.back()).status()) ==
        "CODE_REFUSED");
}

TEST_CASE("so many codes are sent for one identifier an hour and a day", "[account][R-19]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  for (int i = 0; i < fixture.code_policy.per_identifier_hour_max; ++i) {
    REQUIRE(fixture.Start(absl::StrCat("r-", i)).ok());
  }
  const absl::Status refused = fixture.Start("one-more").status();
  CHECK(ReasonOf(refused) == "TOO_MANY_CODES");
  CHECK(RetryAfterOf(refused).has_value());
  fixture.clock.Advance(absl::Hours(1) + absl::Seconds(1));
  CHECK(fixture.Start("later").ok());
}

TEST_CASE("who has no account cannot be told from who has", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.SignedIn();
  const std::size_t sent = fixture.messenger.codes.size();
  // Nobody has the address or the card: a challenge all the same, and nobody gets its code.
  for (const std::string identifier : {kEmail, kCard}) {
    const std::string challenge = fixture.Start("no-" + identifier, identifier).value();
    const std::string code = fixture.secrets.CodeOf(challenge);
    CHECK(ReasonOf(fixture.Complete("no-2-" + identifier, challenge, code).status()) ==
          "CODE_REFUSED");
    CHECK(ReasonOf(ByPassword(fixture, "no-3-" + identifier, identifier, kPassword).status()) ==
          "SIGN_IN_REFUSED");
  }
  CHECK(fixture.messenger.codes.size() == sent);
  CHECK(ReasonOf(ByPassword(fixture, "none", kPhone, kPassword).status()) == "SIGN_IN_REFUSED");
}

TEST_CASE("an account is found by its phone, its e-mail and its holder's card", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  TakeEmail(fixture);
  const std::string passenger = fixture.AddCard(account, "card").value();
  REQUIRE(fixture.Verify(account, passenger, "verify").value() == "VERIFIED");
  for (const std::string identifier : {kPhone, kEmail, kCard}) {
    INFO(identifier);
    const std::string challenge = fixture.Start("by-" + identifier, identifier).value();
    CHECK(fixture.messenger.destinations.back() == kPhone);  // codes go to the phone only
    CHECK(
        fixture.Complete("by-2-" + identifier, challenge, fixture.messenger.codes.back()).value() ==
        account);
  }
}

TEST_CASE("a holder verifies one account", "[account][W-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string first = fixture.SignedIn();
  REQUIRE(fixture.Verify(first, fixture.AddCard(first, "card").value(), "v").value() == "VERIFIED");
  const std::string second = fixture.SignedIn("+8619900000002", "other");
  const std::string card = fixture.AddCard(second, "card-2").value();
  CHECK(ReasonOf(fixture.Verify(second, card, "v-2").status()) == "HOLDER_HAS_ACCOUNT");
}

TEST_CASE("codes are counted for where they go and where they were asked from", "[account][R-19]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.SignedIn();
  TakeEmail(fixture);
  const int a_day = fixture.code_policy.per_identifier_day_max;
  // The phone gets no more than a day's codes, by whatever its account is named; the answer does
  // not say so.
  for (int i = 0; i < 2 * a_day; ++i) {
    fixture.clock.Advance(absl::Minutes(15));
    const std::string identifier = i % 2 == 0 ? kPhone : kEmail;
    const auto started = fixture.Start(absl::StrCat("d-", i), identifier);
    const bool over = ReasonOf(started.status()) == "TOO_MANY_CODES";
    CHECK((started.ok() || over));
  }
  const std::vector<std::string>& to = fixture.messenger.destinations;
  CHECK(std::count(to.begin(), to.end(), kPhone) == a_day);
  // An address asks for so many, whomever for.
  int asked = 0;
  while (
      fixture
          .Start(absl::StrCat("a-", asked), absl::StrCat("+86199", 10000000 + asked), "192.0.2.1")
          .ok()) {
    ++asked;
  }
  CHECK(asked == fixture.code_policy.per_address_hour_max);
  CHECK(fixture.Start("elsewhere", "+8619955555555", "192.0.2.2").ok());
}

TEST_CASE("a code serves what it was sent for", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string challenge = fixture.Start("in-2").value();
  const std::string code = fixture.messenger.codes.back();
  CHECK(ReasonOf(
            testing::RunTask(fixture.loop, fixture.addresses.Complete(account, challenge, code,
                                                                      Changing(fixture, "cross")))
                .status()) == "CODE_REFUSED");
  CHECK(fixture.Complete("in-3", challenge, code).ok());
}

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

TEST_CASE("a refresh token serves once; used again it ends the session", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.device = "a-device";
  fixture.SignedIn();
  const Session first = fixture.session;
  REQUIRE(Renew(fixture, "r-1", first.token_id).ok());
  const Session second = fixture.session;
  CHECK(second.id == first.id);
  CHECK(second.token_id != first.token_id);
  // The same device, whose answer got lost, gets the same tokens within ten seconds.
  fixture.clock.Advance(absl::Seconds(9));
  REQUIRE(Renew(fixture, "r-2", first.token_id).ok());
  CHECK(fixture.session.token_id == second.token_id);
  REQUIRE(Renew(fixture, "r-3", second.token_id).ok());
  const Session third = fixture.session;
  // A thief shows the old one: whoever holds the newest is signed out as well.
  fixture.device = "another-device";
  CHECK(ReasonOf(Renew(fixture, "r-4", second.token_id).status()) == "REFRESH_REFUSED");
  fixture.device = "a-device";
  CHECK(ReasonOf(Renew(fixture, "r-5", third.token_id).status()) == "REFRESH_REFUSED");
  const std::vector<Revoked> revoked = RevokedOf(fixture);
  REQUIRE(revoked.size() == 1);
  CHECK(revoked[0].session == first.id);
}

TEST_CASE("the same device is too late after ten seconds", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.device = "a-device";
  fixture.SignedIn();
  const Session first = fixture.session;
  REQUIRE(Renew(fixture, "r-1", first.token_id).ok());
  fixture.clock.Advance(absl::Seconds(10));
  CHECK(ReasonOf(Renew(fixture, "r-2", first.token_id).status()) == "REFRESH_REFUSED");
  CHECK(ReasonOf(Renew(fixture, "r-3", fixture.session.token_id).status()) == "REFRESH_REFUSED");
}

TEST_CASE("sessions end when nobody uses them, and at the latest after half a year",
          "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.SignedIn();
  const absl::Time opened = fixture.clock.Now();
  int renewed = 0;
  while (Renew(fixture, absl::StrCat("r-", renewed), fixture.session.token_id).ok()) {
    ++renewed;
    fixture.clock.Advance(fixture.session_policy.idle_max - absl::Seconds(1));
  }
  CHECK(fixture.clock.Now() - opened >= fixture.session_policy.life_max);
  CHECK(renewed == 7);
  fixture.SignedIn(kPhone, "idle");
  fixture.clock.Advance(fixture.session_policy.idle_max);
  CHECK(ReasonOf(Renew(fixture, "idle", fixture.session.token_id).status()) == "REFRESH_REFUSED");
}

TEST_CASE("sessions are listed and ended, one or all", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string first = fixture.session.id;
  fixture.SignedIn(kPhone, "second");
  fixture.SignedIn(kPhone, "third");
  const std::string third = fixture.session.id;
  const auto list = [&] {
    return testing::RunTask(fixture.loop, fixture.sessions.List(account, "", 10)).value();
  };
  REQUIRE(list().size() == 3);
  CHECK(list().front().id == third);
  const auto end = [&](const std::string& request_id, const std::string& of,
                       const std::string& id) {
    return testing::RunTask(fixture.loop, fixture.sessions.End(of, id, fixture.Opening(request_id)))
        .status();
  };
  CHECK(ReasonOf(end("e-0", "ac-other", first)) == "SESSION_NOT_FOUND");
  CHECK(end("e-1", account, first).ok());
  CHECK(end("e-1", account, first).ok());
  CHECK(ReasonOf(end("e-2", account, first)) == "SESSION_NOT_FOUND");
  Mutation<int> all = fixture.MutationOf<int>("all");
  all.render = [](const int& count) { return absl::StrCat(count); };
  CHECK(testing::RunTask(fixture.loop, fixture.sessions.EndAll(account, third, all)).value() ==
        "1");
  REQUIRE(list().size() == 1);
  CHECK(list().front().id == third);
  CHECK(RevokedOf(fixture).size() == 2);
}

TEST_CASE("another account's address is refused once its code is known", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.SignedIn();
  TakeEmail(fixture);
  const std::string second = fixture.SignedIn("+8619900000002", "other");
  AddressChanges::Wish wish;
  wish.account = second;
  wish.session = fixture.session.id;
  wish.address = ParseIdentifier(kEmail).value();
  Mutation<Challenge> mutation = fixture.MutationOf<Challenge>("take");
  mutation.render = [](const Challenge& challenge) { return challenge.id; };
  const std::string challenge =
      testing::RunTask(fixture.loop, fixture.addresses.Start(wish, std::move(mutation))).value();
  const std::string code = fixture.secrets.CodeOf(challenge);
  CHECK(ReasonOf(
            testing::RunTask(fixture.loop, fixture.addresses.Complete(second, challenge, code,
                                                                      Changing(fixture, "take-2")))
                .status()) == "ADDRESS_TAKEN");
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
          fixture.pool.Query("SELECT string_agg(query_to_xml('SELECT * FROM ' || relname, false, "
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
