// Late answers of the identity provider as use cases on a real PostgreSQL.
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include "services/account/app/late_answers.h"
#include "services/account/storage/test_accounts.h"

namespace houbu::account {
namespace {

const Finding kMatch{true, ""};
const Finding kMismatch{false, "MISMATCH"};
const Finding kLater{false, "", Finding::Stage::kLater};
const Finding kUnknown{false, "", Finding::Stage::kUnknown};

absl::Status StatusOf(const absl::Status& status) { return status; }

absl::Status StatusOf(const absl::StatusOr<std::string>& answer) { return answer.status(); }

/// A holder with a card, and a provider that answers later.
struct Waiting : Fixture {
  explicit Waiting(const std::string& conninfo) : Fixture(conninfo) {
    account = SignedIn();
    passenger = AddCard(account, "card").value();
    provider.finding = kLater;
  }

  Account Now() { return testing::RunTask(loop, verifications.Get(account)).value(); }

  absl::Status Call(const Finding& finding, const std::string& nonce) {
    CheckNotice notice{provider.checks.back(), finding, nonce};
    return testing::RunTask(loop, late.Take(std::move(notice)));
  }

  absl::Status Round() { return testing::RunTask(loop, late.Round()); }

  /// Rows of a table.
  int CountRows(const std::string& what) {
    return testing::RunTask(loop, pool.Query("SELECT count(*) AS n FROM " + what))
        .value()
        .row(0)
        .Int32("n");
  }

  void Rename() {
    PassengerChange change;
    change.etag =
        absl::StrCat(testing::RunTask(loop, list.Get(account, passenger)).value().version);
    change.full_name = "旅客乙";
    Mutation<Passenger> mutation = MutationOf<Passenger>(ids.Next("r"));
    mutation.render = [](const Passenger& changed) { return changed.id; };
    REQUIRE(
        testing::RunTask(loop, list.Update(account, passenger, change, std::move(mutation))).ok());
  }

  Task<void> CallBackEarly() {
    CheckNotice notice{provider.checks.back(), kMatch, "n-early"};
    co_return co_await late.Take(std::move(notice));
  }

  std::string account;
  std::string passenger;
  OpenChecks shown;
  LateAnswers late{LateAnswers::Tools{checks, provider, endings, clock, CheckPolicy(),
                                      [this](const OpenChecks& open) { shown = open; }}};
};

TEST_CASE("a late answer ends the check once, whoever brings it and however often",
          "[account][verification][W-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Waiting holder(database->conninfo());
  CHECK(holder.Verify(holder.account, holder.passenger, "v-1").value() == "PENDING");
  CHECK(holder.Verify(holder.account, holder.passenger, "v-1").value() == "PENDING");
  CHECK(holder.provider.asked == 1);
  CHECK(holder.Call(kMatch, "n-1").ok());
  CHECK(holder.Now().verification == Verification::kVerified);
  const std::int64_t version = holder.Now().version;
  // Doubled, replayed, contradicted, and asked after: nothing more happens.
  CHECK(holder.Call(kMatch, "n-2").ok());
  CHECK(ReasonOf(holder.Call(kMatch, "n-2")) == "REPLAYED");
  CHECK(holder.Call(kMismatch, "n-3").ok());
  holder.provider.known = kMismatch;
  holder.clock.Advance(absl::Minutes(1));
  CHECK(holder.Round().ok());
  CHECK(holder.Now().version == version);
  CHECK(holder.CountRows("audit_entries WHERE act = 'IDENTITY_VERIFIED'") == 1);
  CHECK(holder.CountRows("outbox") == 1);
  CHECK(holder.outcomes == std::vector<std::string>{"MATCH"});
  // The request that asked keeps its answer.
  CHECK(holder.Verify(holder.account, holder.passenger, "v-1").value() == "PENDING");
  CHECK(holder.Verify(holder.account, holder.passenger, "v-2").value() == "VERIFIED");
  CHECK(holder.provider.asked == 1);
  // Nonces are kept as long as they matter.
  CHECK(holder.CountRows("identity_callbacks") == 3);
  holder.clock.Advance(3 * kNoticeFreshness);
  CHECK(holder.Round().ok());
  CHECK(holder.CountRows("identity_callbacks") == 0);
}

TEST_CASE("callbacks, asking and the repeated request at once end a check once",
          "[account][verification][W-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Waiting holder(database->conninfo());
  holder.provider.finding = absl::UnavailableError("no answer");
  CHECK(absl::IsUnavailable(holder.Verify(holder.account, holder.passenger, "v-1").status()));
  holder.provider.finding = kMatch;
  holder.provider.known = kMatch;
  holder.clock.Advance(CheckPolicy().ask_interval);
  const std::string check = holder.provider.checks.back();
  int running = 0;
  std::vector<absl::StatusCode> codes;
  const auto start = [&](auto task) {
    ++running;
    boost::asio::co_spawn(holder.loop, std::move(task), [&](std::exception_ptr, auto ended) {
      --running;
      codes.push_back(StatusOf(ended).code());
    });
  };
  for (int i = 0; i < 6; ++i) {
    start(holder.late.Take(CheckNotice{check, kMatch, absl::StrCat("n-", i)}));
  }
  Mutation<Account> again = holder.MutationOf<Account>("v-1");
  again.render = [](const Account& account) {
    return std::string(VerificationName(account.verification));
  };
  start(holder.verifications.Verify(holder.account, holder.passenger, "face", std::move(again)));
  start(holder.late.Round());
  holder.loop.restart();
  while (running > 0 && holder.loop.run_one() > 0) {
  }
  for (const absl::StatusCode code : codes) CHECK(code == absl::StatusCode::kOk);
  CHECK(holder.Now().verification == Verification::kVerified);
  CHECK(holder.Verify(holder.account, holder.passenger, "v-1").value() == "VERIFIED");
  CHECK(holder.CountRows("audit_entries WHERE act = 'IDENTITY_VERIFIED'") == 1);
  CHECK(holder.CountRows("outbox") <= 1);
  CHECK(holder.CountRows("identity_checks WHERE card_index IS NOT NULL") == 0);
  CHECK(holder.outcomes.size() == 1);
}

TEST_CASE("a callback may come before the answer it belongs to", "[account][verification][W-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Waiting holder(database->conninfo());
  holder.provider.meanwhile = [&holder] { return holder.CallBackEarly(); };
  CHECK(holder.Verify(holder.account, holder.passenger, "v-1").value() == "VERIFIED");
  CHECK(holder.outcomes.size() == 1);
  holder.provider.finding = kMatch;
  CHECK(holder.Verify(holder.account, holder.passenger, "v-1").value() == "VERIFIED");
  CHECK(holder.CountRows("identity_checks") == 1);
  CHECK(holder.CountRows("audit_entries WHERE act = 'IDENTITY_VERIFIED'") == 1);
}

TEST_CASE("a callback that got lost is asked after", "[account][verification][W-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Waiting holder(database->conninfo());
  CHECK(holder.Verify(holder.account, holder.passenger, "v-1").value() == "PENDING");
  CHECK(holder.Round().ok());
  CHECK(holder.provider.asked_after == 0);
  holder.provider.known = kLater;
  holder.clock.Advance(CheckPolicy().ask_interval);
  CHECK(holder.Round().ok());
  CHECK(holder.provider.asked_after == 1);
  CHECK(holder.shown.count == 1);
  CHECK(holder.shown.oldest_age == CheckPolicy().ask_interval);
  CHECK(holder.Now().verification == Verification::kPending);
  holder.provider.known = kMismatch;
  holder.clock.Advance(CheckPolicy().ask_interval);
  CHECK(holder.Round().ok());
  CHECK(holder.Now().verification == Verification::kRejected);
  CHECK(holder.Now().verification_reason == "MISMATCH");
  CHECK(holder.shown.count == 0);
  CHECK(holder.CountRows("outbox") == 1);
}

TEST_CASE("a late match of another card verifies nobody", "[account][verification][W-01][R-16]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Waiting holder(database->conninfo());
  CHECK(holder.Verify(holder.account, holder.passenger, "v-1").value() == "PENDING");
  SECTION("the name on it was changed") { holder.Rename(); }
  SECTION("its passenger was removed") {
    Mutation<Passenger> mutation = holder.MutationOf<Passenger>("remove");
    mutation.render = [](const Passenger& removed) { return removed.id; };
    REQUIRE(testing::RunTask(holder.loop, holder.list.Remove(holder.account, holder.passenger,
                                                             std::move(mutation)))
                .ok());
  }
  CHECK(holder.Call(kMatch, "n-1").ok());
  CHECK(holder.Now().verification == Verification::kUnverified);
  CHECK(holder.Now().verification_reason == "HOLDER_CHANGED");
  CHECK(holder.outcomes == std::vector<std::string>{"HOLDER_CHANGED"});
  CHECK(holder.CountRows("accounts WHERE holder_index IS NOT NULL") == 0);
}

TEST_CASE("a late match of another account's holder is refused",
          "[account][verification][W-01][R-16]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Waiting holder(database->conninfo());
  CHECK(holder.Verify(holder.account, holder.passenger, "v-1").value() == "PENDING");
  const std::string other = holder.SignedIn("+8619900000002", "other");
  const std::string theirs = holder.AddCard(other, "card-2").value();
  const std::string check = holder.provider.checks.back();
  holder.provider.finding = kMatch;
  CHECK(holder.Verify(other, theirs, "v-other").value() == "VERIFIED");
  holder.provider.checks.back() = check;
  CHECK(holder.Call(kMatch, "n-1").ok());
  CHECK(holder.Now().verification == Verification::kRejected);
  CHECK(holder.Now().verification_reason == "HOLDER_HAS_ACCOUNT");
}

TEST_CASE("a silent provider leaves nobody pending", "[account][verification][W-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Waiting holder(database->conninfo());
  SECTION("it said that it would answer") {
    CHECK(holder.Verify(holder.account, holder.passenger, "v-1").value() == "PENDING");
    holder.provider.known = absl::UnavailableError("away");
  }
  SECTION("it was down") {
    holder.provider.finding = absl::UnavailableError("away");
    CHECK(absl::IsUnavailable(holder.Verify(holder.account, holder.passenger, "v-1").status()));
  }
  holder.clock.Advance(CheckPolicy().wait_max - absl::Seconds(1));
  (void)holder.Round();
  CHECK(holder.Now().verification == Verification::kPending);
  holder.clock.Advance(absl::Minutes(1));
  CHECK(holder.Round().ok());
  CHECK(holder.Now().verification == Verification::kUnverified);
  CHECK(holder.Now().verification_reason == "PROVIDER_SILENT");
  CHECK(holder.CountRows("outbox") == 1);
  // It counts for nothing, and what comes after all changes nothing.
  CHECK(testing::RunTask(holder.loop, holder.checks.Count(holder.account, absl::InfinitePast()))
            .value() == 0);
  CHECK(holder.Call(kMatch, "n-1").ok());
  CHECK(holder.Now().verification == Verification::kUnverified);
  holder.provider.finding = kMatch;
  CHECK(holder.Verify(holder.account, holder.passenger, "v-2").value() == "VERIFIED");
}

TEST_CASE("a provider that lost what it had taken is not waited for",
          "[account][verification][W-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Waiting holder(database->conninfo());
  // It takes too long: whether it has taken the check is not known.
  holder.provider.finding = absl::DeadlineExceededError("slow");
  CHECK(holder.Verify(holder.account, holder.passenger, "v-1").value() == "PENDING");
  holder.clock.Advance(CheckPolicy().ask_interval);
  CHECK(holder.Round().ok());
  CHECK(holder.Now().verification == Verification::kPending);
  holder.clock.Advance(absl::Minutes(1));
  CHECK(holder.Round().ok());
  CHECK(holder.Now().verification_reason == "PROVIDER_SILENT");
}

TEST_CASE("the check of an account that is no more comes to its end",
          "[account][verification][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Waiting holder(database->conninfo());
  CHECK(holder.Verify(holder.account, holder.passenger, "v-1").value() == "PENDING");
  REQUIRE(testing::RunTask(
              holder.loop,
              holder.pool.Query("UPDATE accounts SET erased_at = created_at, phone = NULL, "
                                "phone_index = NULL, email = NULL, email_index = NULL"))
              .ok());
  CHECK(holder.Call(kMatch, "n-1").ok());
  CHECK(holder.outcomes == std::vector<std::string>{"SUPERSEDED"});
  CHECK(holder.CountRows("identity_checks WHERE given_up_at IS NOT NULL") == 1);
  CHECK(holder.CountRows("outbox") == 0);
}

TEST_CASE("one check of an account is under way at a time", "[account][verification][W-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Waiting holder(database->conninfo());
  const auto verify = [&](const std::string& request_id) {
    return holder.Verify(holder.account, holder.passenger, request_id);
  };
  CHECK(verify("v-1").value() == "PENDING");
  CHECK(ReasonOf(verify("v-2").status()) == "CHECK_UNDER_WAY");
  CHECK(holder.provider.asked == 1);
  CHECK(holder.Call(kMismatch, "n-1").ok());
  // One that the provider answered unheard is settled before another one begins.
  holder.provider.finding = absl::UnavailableError("no answer");
  CHECK(absl::IsUnavailable(verify("v-2").status()));
  holder.provider.known = absl::UnavailableError("no answer");
  CHECK(absl::IsUnavailable(verify("v-3").status()));
  holder.provider.known = kLater;
  CHECK(ReasonOf(verify("v-3").status()) == "CHECK_UNDER_WAY");
  holder.provider.known = kMatch;
  CHECK(verify("v-3").value() == "VERIFIED");
  CHECK(holder.provider.asked == 2);
  // The request that had no answer gets the one that stands; with other content, none.
  CHECK(verify("v-2").value() == "VERIFIED");
  CHECK(holder.provider.asked == 2);
}

TEST_CASE("a repeated request goes on with its check", "[account][verification][W-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Waiting holder(database->conninfo());
  holder.provider.finding = absl::UnavailableError("no answer");
  CHECK(absl::IsUnavailable(holder.Verify(holder.account, holder.passenger, "v-1").status()));
  Mutation<Account> altered = holder.MutationOf<Account>("v-1");
  altered.key.fingerprint = "another face";
  CHECK(ReasonOf(testing::RunTask(holder.loop,
                                  holder.verifications.Verify(holder.account, holder.passenger,
                                                              "face-2", std::move(altered)))
                     .status()) == "REQUEST_ID_REUSED");
  holder.provider.finding = kLater;
  CHECK(holder.Verify(holder.account, holder.passenger, "v-1").value() == "PENDING");
  REQUIRE(holder.provider.checks.size() == 2);
  CHECK(holder.provider.checks[0] == holder.provider.checks[1]);
  CHECK(holder.CountRows("identity_checks") == 1);
  CHECK(holder.CountRows("identity_checks c WHERE c::text LIKE '%face%'") == 0);
}

}  // namespace
}  // namespace houbu::account
