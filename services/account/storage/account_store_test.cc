// Sign-in, verification and passengers as use cases on a real PostgreSQL.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/postgres/migrations.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "libs/testing/sequential_id_source.h"
#include "libs/testing/test_postgres.h"
#include "services/account/app/passenger_list.h"
#include "services/account/app/sign_in.h"
#include "services/account/app/statements.h"
#include "services/account/app/verification.h"
#include "services/account/storage/keyed.h"
#include "services/account/storage/postgres_account_store.h"
#include "services/account/storage/postgres_passenger_store.h"
#include "services/account/storage/schema.h"

namespace houbu::account {
namespace {

constexpr char kPhone[] = "+8619900000001";
constexpr char kCard[] = "11010519491231002X";

/// Remembers what was sent.
class FakeMessenger final : public Messenger {
 public:
  Task<void> SendCode(Challenge, std::string code) override {
    codes.push_back(std::move(code));
    co_return absl::OkStatus();
  }
  Task<void> TellContact(Account account) override {
    contacts.push_back(std::move(account));
    co_return absl::OkStatus();
  }

  std::vector<std::string> codes;
  std::vector<Account> contacts;
};

/// Finds what it is told to find.
class FakeProvider final : public IdentityProvider {
 public:
  Task<Finding> Compare(Passenger, std::string) override {
    ++asked;
    co_return finding;
  }

  absl::StatusOr<Finding> finding = Finding{true, ""};
  int asked = 0;
};

secrets::Key KeyOf(char byte) {
  return secrets::Key::FromBytes(std::string(secrets::Key::kBytes, byte)).value();
}

struct Fixture {
  explicit Fixture(const std::string& conninfo) : pool(loop.get_executor(), OptionsOf(conninfo)) {
    REQUIRE(testing::RunTask(loop, postgres::Migrate(pool, kMigrations)).ok());
  }
  ~Fixture() { pool.Close(); }

  static postgres::PoolOptions OptionsOf(const std::string& conninfo) {
    postgres::PoolOptions options;
    options.conninfo = conninfo;
    return options;
  }

  template <class T>
  Mutation<T> MutationOf(const std::string& request_id) {
    Mutation<T> mutation;
    mutation.key.caller = "test";
    mutation.key.method = "/m";
    mutation.key.request_id = request_id;
    mutation.key.fingerprint = "f";
    return mutation;
  }

  absl::StatusOr<std::string> Start(const std::string& request_id) {
    Mutation<Challenge> mutation = MutationOf<Challenge>(request_id);
    mutation.render = [](const Challenge& challenge) { return challenge.id; };
    return testing::RunTask(loop, sign_in.Start(kPhone, "zh-CN", std::move(mutation)));
  }

  absl::StatusOr<std::string> Complete(const std::string& request_id, const std::string& challenge,
                                       const std::string& code) {
    Mutation<Session> mutation = MutationOf<Session>(request_id);
    mutation.render = [](const Session& session) { return session.account; };
    return testing::RunTask(loop, sign_in.Complete(challenge, code, std::move(mutation)));
  }

  std::string SignedIn() {
    const std::string challenge = Start("start").value();
    return Complete("complete", challenge, messenger.codes.back()).value();
  }

  absl::StatusOr<std::string> AddCard(const std::string& account, const std::string& request_id) {
    Entry entry;
    entry.full_name = "旅客甲";
    entry.type = 1;
    entry.document.number = kCard;
    entry.document.country = "CN";
    Mutation<Passenger> mutation = MutationOf<Passenger>(request_id);
    mutation.render = [](const Passenger& passenger) { return passenger.id; };
    return testing::RunTask(loop, list.Add(account, std::move(entry), std::move(mutation)));
  }

  absl::StatusOr<std::string> Verify(const std::string& account, const std::string& passenger,
                                     const std::string& request_id) {
    Mutation<Account> mutation = MutationOf<Account>(request_id);
    mutation.render = [](const Account& verified) {
      return std::string(VerificationName(verified.verification));
    };
    return testing::RunTask(loop,
                            verifications.Verify(account, passenger, "face", std::move(mutation)));
  }

  boost::asio::io_context loop;
  postgres::Pool pool;
  Vault vault{secrets::FieldCipher::Create({{1, KeyOf('f')}}).value(),
              secrets::BlindIndex(KeyOf('i'))};
  KeyedCodes codes{secrets::BlindIndex(KeyOf('c'))};
  KeyedPseudonyms pseudonyms{secrets::Pseudonym(KeyOf('p'))};
  testing::ManualClock clock;
  testing::SequentialIdSource ids;
  SignInPolicy policy;
  FakeMessenger messenger;
  FakeProvider provider;
  PostgresAccountStore accounts{pool, vault};
  PostgresPassengerStore passengers{pool, vault};
  SignIn sign_in{accounts, messenger, codes, clock, ids, policy};
  Verifications verifications{accounts, passengers, provider, clock};
  PassengerList list{passengers, pseudonyms, clock, ids};
  Statements statements{accounts, passengers, clock, policy};
};

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
  fixture.clock.Advance(fixture.policy.code_life);
  CHECK(ReasonOf(fixture.Complete("c-1", late, fixture.messenger.codes.back()).status()) ==
        "CODE_REFUSED");
}

TEST_CASE("a phone is sent so many codes an hour", "[account][R-19]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  for (int i = 0; i < fixture.policy.codes_per_hour_max; ++i) {
    REQUIRE(fixture.Start(absl::StrCat("r-", i)).ok());
  }
  const absl::Status refused = fixture.Start("one-more").status();
  CHECK(ReasonOf(refused) == "TOO_MANY_CODES");
  CHECK(RetryAfterOf(refused).has_value());
  fixture.clock.Advance(absl::Hours(1) + absl::Seconds(1));
  CHECK(fixture.Start("later").ok());
}

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
      testing::RunTask(fixture.loop, fixture.pool.Query("SELECT act FROM audit_log")).value();
  REQUIRE(log.rows() == 1);
  CHECK(absl::StrContains(log.row(0).Text("act"), "ticket 42"));
  CHECK_FALSE(testing::RunTask(fixture.loop, fixture.pool.Query("DELETE FROM audit_log")).ok());
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
