#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "services/account/app/erasures.h"
#include "services/account/app/retention.h"
#include "services/account/peers/erasure_calls.h"
#include "services/account/storage/postgres_erasure_store.h"
#include "services/account/storage/postgres_retention_store.h"
#include "services/account/storage/test_sign_in.h"

namespace houbu::account {
namespace {

using testing::RunTask;

/// Says what it is told to say.
class FakeLiveThings final : public LiveThings {
 public:
  Task<std::vector<ErasureBlocker>> ListOf(std::string) override { co_return things; }

  absl::StatusOr<std::vector<ErasureBlocker>> things = std::vector<ErasureBlocker>();
};

struct ErasureFixture : Fixture {
  using Fixture::Fixture;

  absl::StatusOr<std::string> Ask(const std::string& request_id) {
    return RunTask(loop, erasures.Ask(session.account, session.id, Rendering(request_id)));
  }

  absl::StatusOr<std::string> Cancel(const std::string& request_id) {
    return RunTask(loop, erasures.Cancel(session.account, Rendering(request_id)));
  }

  Mutation<Erasure> Rendering(const std::string& request_id) {
    Mutation<Erasure> mutation = MutationOf<Erasure>(request_id);
    mutation.render = [](const Erasure& erasure) { return std::string(NameOf(erasure.state)); };
    return mutation;
  }

  absl::Status Round() { return RunTask(loop, erasures.Round()); }

  /// Erases whoever signed in last, whose erasure was asked for.
  void Finish() {
    clock.Advance(policy.thinking);
    REQUIRE(Round().ok());
    clock.Advance(policy.closing);
    REQUIRE(Round().ok());
  }

  std::string One(const std::string& sql, const std::string& parameter = "") {
    postgres::Parameters parameters;
    if (!parameter.empty()) parameters.Add(parameter);
    return RunTask(loop, pool.Query(sql, std::move(parameters))).value().row(0).Text("it");
  }

  ErasurePolicy policy;
  FakeLiveThings live_things;
  PostgresErasureStore store{pool, ids, CallsOf};
  ErasureBacklog shown;
  Erasures erasures{Erasures::Tools{store, live_things, sessions, clock, ids, policy,
                                    [this](const ErasureBacklog& backlog) { shown = backlog; }}};
};

constexpr char kState[] = "SELECT state AS it FROM erasures WHERE account_id = $1";
constexpr char kCalls[] =
    "SELECT coalesce(string_agg(target || ' ' || method, ';' ORDER BY target), '') AS it "
    "FROM outbox";

TEST_CASE("an erasure is thought over, closed and done", "[account][erasure][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  ErasureFixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string passenger = fixture.AddCard(account, "card").value();
  REQUIRE(fixture.Verify(account, passenger, "verify").value() == "VERIFIED");

  CHECK(fixture.Ask("ask").value() == "ASKED");
  CHECK(fixture.Ask("ask").value() == "ASKED");
  CHECK(fixture.One("SELECT count(*)::text AS it FROM sessions WHERE ended_at IS NULL") == "0");
  CHECK(fixture.One(kCalls) ==
        "notification /houbu.notification.v1.NotificationService/SendMessage");
  REQUIRE(fixture.Round().ok());
  CHECK(fixture.One(kState, account) == "ASKED");
  CHECK(fixture.shown.open == 1);
  fixture.SignedIn(kPhone, "between");

  fixture.clock.Advance(fixture.policy.thinking);
  REQUIRE(fixture.Round().ok());
  CHECK(fixture.One(kState, account) == "CLOSING");
  CHECK(fixture.One("SELECT count(*)::text AS it FROM sessions WHERE ended_at IS NULL") == "0");
  const std::string challenge = fixture.Start("late").value();
  const auto late = fixture.Complete("late-2", challenge, fixture.messenger.codes.back());
  CHECK(ReasonOf(late.status()) == "ACCOUNT_CLOSING");
  CHECK(ReasonOf(fixture.Cancel("cancel").status()) == "ERASURE_NOT_ASKED");

  fixture.clock.Advance(fixture.policy.closing);
  REQUIRE(fixture.Round().ok());
  CHECK(fixture.One(kState, account) == "DONE");
  CHECK(fixture.shown.open == 0);
  CHECK(ReasonOf(RunTask(fixture.loop, fixture.accounts.Load(account)).status()) ==
        "ACCOUNT_NOT_FOUND");
  CHECK(fixture.One("SELECT count(*)::text AS it FROM person_keys WHERE wrapped IS NOT NULL") ==
        "0");
  for (const char* const table : {"passengers", "passenger_documents", "sessions", "refresh_tokens",
                                  "attachments", "guardianships"}) {
    INFO(table);
    CHECK(fixture.One(absl::StrCat("SELECT count(*)::text AS it FROM ", table)) == "0");
  }
  CHECK(absl::StrContains(fixture.One(kCalls),
                          "slot /houbu.account.v1.ErasureListenerService/OnAccountErased"));
  CHECK(fixture.One("SELECT string_agg(act, ' ' ORDER BY position) AS it FROM audit_entries "
                    "WHERE subject = $1 AND (act LIKE '%ERAS%')",
                    "accounts/" + account) == "ERASURE_ASKED ERASURE_CLOSING ACCOUNT_ERASED");
}

TEST_CASE("live things keep an account from being erased, each named", "[account][erasure][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  ErasureFixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::vector<ErasureBlocker> both = {{"bookings/bk-1", BlockerKind::kBooking},
                                            {"payments/py-1", BlockerKind::kPayment}};
  fixture.live_things.things = both;
  const absl::Status refused = fixture.Ask("ask").status();
  CHECK(ReasonOf(refused) == "ERASURE_BLOCKED");
  REQUIRE(ViolationsOf(refused).size() == 2);
  CHECK(ViolationsOf(refused)[0].field == "bookings/bk-1");
  CHECK(ViolationsOf(refused)[1].field == "payments/py-1");

  fixture.live_things.things = absl::UnavailableError("slot is away");
  CHECK(absl::IsUnavailable(fixture.Ask("ask").status()));

  // What came in between is found when the account is closed, and the owner can go on with it.
  fixture.live_things.things = std::vector<ErasureBlocker>();
  REQUIRE(fixture.Ask("ask").ok());
  fixture.clock.Advance(fixture.policy.thinking);
  REQUIRE(fixture.Round().ok());
  fixture.live_things.things = absl::UnavailableError("slot is away");
  fixture.clock.Advance(fixture.policy.closing);
  CHECK(absl::IsUnavailable(fixture.Round()));
  CHECK(fixture.One(kState, account) == "CLOSING");
  fixture.live_things.things = both;
  REQUIRE(fixture.Round().ok());
  CHECK(fixture.One(kState, account) == "STOPPED");
  fixture.SignedIn(kPhone, "after");
  CHECK(RunTask(fixture.loop, fixture.accounts.Load(account)).value().phone == kPhone);
}

TEST_CASE("an erasure is taken back while there is time", "[account][erasure][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  ErasureFixture fixture(database->conninfo());
  fixture.SignedIn();
  CHECK(ReasonOf(fixture.Cancel("early").status()) == "ERASURE_NOT_ASKED");
  REQUIRE(fixture.Ask("ask").ok());
  fixture.SignedIn(kPhone, "again");
  CHECK(fixture.Cancel("cancel").value() == "CANCELLED");
  CHECK(fixture.Cancel("cancel").value() == "CANCELLED");
  fixture.Finish();
  CHECK(RunTask(fixture.loop, fixture.accounts.Load(fixture.session.account)).ok());
  fixture.SignedIn(kPhone, "third");
  CHECK(fixture.Ask("ask-2").value() == "ASKED");
}

TEST_CASE("an erasure takes a recent sign-in", "[account][erasure][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  ErasureFixture fixture(database->conninfo());
  fixture.SignedIn();
  fixture.clock.Advance(absl::Minutes(11));
  CHECK(ReasonOf(fixture.Ask("ask").status()) == "RECENT_SIGN_IN_REQUIRED");
}

TEST_CASE("erased and registered again is nobody new to a limit", "[account][erasure][R-19]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  ErasureFixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string passenger = fixture.AddCard(account, "card").value();
  REQUIRE(fixture.Verify(account, passenger, "verify").ok());
  Restriction restriction;
  restriction.id = "rs-1";
  restriction.account = account;
  restriction.level = RestrictionLevel::kBooking;
  restriction.reason_code = "REPEATED_CANCELLATIONS";
  restriction.imposed_by = "services/account";
  restriction.since = fixture.clock.Now();
  restriction.until = fixture.clock.Now() + absl::Hours(24 * 200);
  Mutation<Restriction> imposing = fixture.MutationOf<Restriction>("impose");
  imposing.render = [](const Restriction& imposed) { return imposed.id; };
  AuditEntry entry;
  entry.actor = "services/account";
  entry.act = "RESTRICTION_IMPOSED";
  entry.subject = "accounts/" + account;
  Reply reply;
  reply.key = imposing.key;
  REQUIRE(RunTask(fixture.loop,
                  fixture.restrictions.Impose(restriction, entry, reply, fixture.clock.Now()))
              .ok());

  REQUIRE(fixture.Ask("ask").ok());
  fixture.Finish();
  const std::string renewed = fixture.SignedIn(kPhone, "renewed");
  CHECK(renewed != account);
  const auto active = [&](const std::string& whose) {
    return RunTask(fixture.loop, fixture.restrictions.ActiveOf(whose, fixture.clock.Now()))
        .value()
        .size();
  };
  CHECK(active(renewed) == 1);

  // Marks outlive the erasure while something holds, and no longer.
  PostgresRetentionStore retention_store(fixture.pool);
  Retention retention(retention_store, fixture.clock, RetentionPolicy());
  const auto marks = [&] {
    return fixture.One("SELECT count(*)::text AS it FROM person_marks WHERE account_id = $1",
                       account);
  };
  fixture.clock.Advance(absl::Hours(24 * 100));
  REQUIRE(RunTask(fixture.loop, retention.Round()).ok());
  CHECK(marks() == "2");
  fixture.clock.Advance(absl::Hours(24 * 200));
  REQUIRE(RunTask(fixture.loop, retention.Round()).ok());
  CHECK(marks() == "0");
}

TEST_CASE("removed passengers lose their keys once nobody needs them", "[account][erasure][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  ErasureFixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string passenger = fixture.AddCard(account, "card").value();
  Passenger removed = RunTask(fixture.loop, fixture.passengers.Load(account, passenger)).value();
  Reply reply;
  reply.key = fixture.MutationOf<Passenger>("remove").key;
  REQUIRE(
      RunTask(fixture.loop, fixture.passengers.Remove(removed, reply, fixture.clock.Now())).ok());
  PostgresRetentionStore retention_store(fixture.pool);
  Retention retention(retention_store, fixture.clock, RetentionPolicy());
  const auto is_kept = [&] {
    return fixture.One("SELECT (wrapped IS NOT NULL)::text AS it FROM person_keys WHERE owner = $1",
                       passenger);
  };
  fixture.clock.Advance(absl::Hours(24 * 29));
  REQUIRE(RunTask(fixture.loop, retention.Round()).ok());
  CHECK(is_kept() == "true");
  fixture.clock.Advance(absl::Hours(24 * 2));
  REQUIRE(RunTask(fixture.loop, retention.Round()).ok());
  CHECK(is_kept() == "false");
  CHECK(fixture.One("SELECT count(*)::text AS it FROM passenger_documents") == "0");
}

}  // namespace
}  // namespace houbu::account
