// Signing in by code, as a use case on a real PostgreSQL.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "services/account/storage/test_sign_in.h"

namespace houbu::account {
namespace {

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
  CHECK(fixture.Verify(second, card, "v-2").value() == "REJECTED");
  CHECK(testing::RunTask(fixture.loop, fixture.verifications.Get(second))
            .value()
            .verification_reason == "HOLDER_HAS_ACCOUNT");
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

TEST_CASE("a number that no code can be sent to holds up nobody else's", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.messenger.refused = "+8619900000009";
  REQUIRE(fixture.Start("never", fixture.messenger.refused).ok());
  CHECK(fixture.messenger.destinations.empty());
  REQUIRE(fixture.Start("other").ok());
  CHECK(fixture.messenger.destinations == std::vector<std::string>{kPhone});
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

}  // namespace
}  // namespace houbu::account
