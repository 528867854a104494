// Restrictions, cancellations and bans as use cases on a real PostgreSQL.
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "services/account/app/restrictions.h"
#include "services/account/app/standing.h"
#include "services/account/storage/audit_chain.h"
#include "services/account/storage/test_accounts.h"

namespace houbu::account {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

struct Restricting : Fixture {
  explicit Restricting(const testing::TestPostgres& the_database)
      : Fixture(the_database.conninfo()), database(the_database) {}

  /// Signs in by a phone, which opens an account where there is none.
  std::string Open(const std::string& phone) { return SignedIn(phone, ids.Next("in")); }

  void Erase(const std::string& account) {
    database.Execute(absl::StrCat(
        "DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE account_id "
        "= '",
        account, "'); DELETE FROM sessions WHERE account_id = '", account,
        "'; DELETE FROM accounts WHERE id = '", account, "'"));
  }

  template <class T>
  Mutation<T> By(const std::string& who) {
    Mutation<T> mutation;
    mutation.key = RequestKey{"services/operators/" + who, "/m", ids.Next("r"), "f"};
    mutation.render = [](const T& value) { return IdOf(value); };
    return mutation;
  }

  static std::string IdOf(const Restriction& restriction) { return restriction.id; }
  static std::string IdOf(const BanProposal& proposal) { return proposal.id; }
  static std::string IdOf(const OwnCancellation& cancellation) { return cancellation.booking; }

  static std::string Said(const absl::StatusOr<std::string>& answer) {
    return answer.ok() ? "OK" : std::string(ReasonOf(answer.status()));
  }

  void Cancel(const std::string& account, const std::string& booking) {
    OwnCancellation cancellation{account, booking, clock.Now()};
    REQUIRE(testing::RunTask(loop, use_cases.CountCancellation(std::move(cancellation),
                                                               By<OwnCancellation>("slot")))
                .ok());
    clock.Advance(absl::Seconds(1));
  }

  std::vector<Restriction> Active(const std::string& account) {
    return testing::RunTask(loop, restrictions.ActiveOf(account, clock.Now())).value();
  }

  absl::StatusOr<std::string> Lift(const std::string& who, const Restriction& restriction) {
    return testing::RunTask(
        loop, use_cases.Lift(restriction.account, restriction.id, "sorry", By<Restriction>(who)));
  }

  absl::StatusOr<std::string> Impose(const std::string& account, absl::Duration length) {
    Imposition wanted{account, RestrictionLevel::kPayment, "chargebacks", clock.Now() + length};
    return testing::RunTask(loop, use_cases.Impose(std::move(wanted), By<Restriction>("mei")));
  }

  absl::StatusOr<std::string> Propose(const std::string& who, const std::string& account,
                                      BanKind kind = BanKind::kBan) {
    return testing::RunTask(
        loop, use_cases.ProposeBan(account, kind, "a drawn passport", By<BanProposal>(who)));
  }

  absl::StatusOr<std::string> Decide(const std::string& who, const std::string& account,
                                     const std::string& proposal, bool is_approval = true) {
    return testing::RunTask(
        loop, use_cases.DecideBan(account, proposal, is_approval, "seen", By<BanProposal>(who)));
  }

  std::vector<std::string> Acts() {
    const AuditPage page = testing::RunTask(loop, audit.List(AuditFilter(), 0, 1000)).value();
    std::vector<std::string> acts;
    for (const AuditRecord& record : page.records) {
      acts.push_back(absl::StrCat(record.actor, " ", record.act));
    }
    return acts;
  }

  const testing::TestPostgres& database;
  PostgresAuditStore audit{pool};
  Restrictions use_cases{restrictions, accounts, clock, ids, RestrictionPolicy()};
};

TEST_CASE("the third own cancellation in thirty days restricts booking, each counted once",
          "[account][restriction][R-19]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Restricting fixture(*database);
  const std::string account = fixture.Open("+8619900000001");
  fixture.Cancel(account, "bookings/bk-1");
  fixture.Cancel(account, "bookings/bk-2");
  fixture.Cancel(account, "bookings/bk-2");  // told again
  CHECK(fixture.Active(account).empty());
  fixture.Cancel(account, "bookings/bk-3");
  const std::vector<Restriction> active = fixture.Active(account);
  REQUIRE(active.size() == 1);
  CHECK(active[0].level == RestrictionLevel::kBooking);
  CHECK(active[0].reason_code == "CANCELLATIONS");
  CHECK(fixture.Acts() == std::vector<std::string>{"policy RESTRICTION_IMPOSED"});
  CHECK(fixture.Active(fixture.Open("+8619900000002")).empty());
  fixture.clock.Advance(30 * kDay);
  CHECK(fixture.Active(account).empty());
}

TEST_CASE("what was lifted is paid off: the count begins anew", "[account][restriction][R-19]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Restricting fixture(*database);
  const std::string account = fixture.Open("+8619900000001");
  for (int i = 0; i < 3; ++i) fixture.Cancel(account, absl::StrCat("bookings/bk-", i));
  REQUIRE(fixture.Active(account).size() == 1);
  const Restriction restriction = fixture.Active(account)[0];
  CHECK(Restricting::Said(fixture.Lift("mei", restriction)) == "OK");
  CHECK(fixture.Active(account).empty());
  CHECK(Restricting::Said(fixture.Lift("mei", restriction)) == "RESTRICTION_OVER");
  Restriction others = restriction;
  others.account = fixture.Open("+8619900000002");
  CHECK(Restricting::Said(fixture.Lift("mei", others)) == "RESTRICTION_NOT_FOUND");
  fixture.Cancel(account, "bookings/bk-4");
  fixture.Cancel(account, "bookings/bk-5");
  CHECK(fixture.Active(account).empty());
  fixture.Cancel(account, "bookings/bk-6");
  CHECK(fixture.Active(account).size() == 1);
  CHECK(fixture.Acts()[1] == "operators/mei RESTRICTION_LIFTED");
}

TEST_CASE("another account of the same phone or verified person keeps restrictions and counts",
          "[account][restriction][R-19][A-26]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Restricting fixture(*database);
  const std::string first = fixture.Open("+8619900000001");
  database->Execute("UPDATE accounts SET holder_index = 'h-1' WHERE id = '" + first + "'");
  fixture.Cancel(first, "bookings/bk-1");
  fixture.Cancel(first, "bookings/bk-2");
  fixture.Erase(first);
  const std::string again = fixture.Open("+8619900000001");
  CHECK(again != first);
  fixture.Cancel(again, "bookings/bk-3");
  CHECK(fixture.Active(again).size() == 1);
  // Verified as the same person, with another phone: as restricted as the first account was.
  const std::string elsewhere = fixture.Open("+8619900000009");
  CHECK(fixture.Active(elsewhere).empty());
  database->Execute("UPDATE accounts SET holder_index = 'h-1' WHERE id = '" + elsewhere + "'");
  CHECK(fixture.Active(elsewhere).size() == 1);
}

TEST_CASE("support restricts for a time, not for good", "[account][restriction][R-19]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Restricting fixture(*database);
  const std::string account = fixture.Open("+8619900000001");
  CHECK(Restricting::Said(fixture.Impose(account, absl::ZeroDuration())) == "INVALID_REQUEST");
  CHECK(Restricting::Said(fixture.Impose(account, 366 * kDay)) == "INVALID_REQUEST");
  CHECK(Restricting::Said(fixture.Impose("ac-none", kDay)) == "ACCOUNT_NOT_FOUND");
  CHECK(Restricting::Said(fixture.Impose(account, kDay)) == "OK");
  REQUIRE(fixture.Active(account).size() == 1);
  CHECK(fixture.Active(account)[0].text == "chargebacks");
  fixture.clock.Advance(kDay);
  CHECK(fixture.Active(account).empty());
  CHECK(testing::RunTask(fixture.loop, fixture.use_cases.List(account, "", 10)).value().size() ==
        1);
}

TEST_CASE("a ban is made and lifted by two people", "[account][ban][R-09][A-23]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Restricting fixture(*database);
  const std::string account = fixture.Open("+8619900000001");
  const std::string proposal = fixture.Propose("mei", account).value();
  CHECK(Restricting::Said(fixture.Propose("li", account)) == "BAN_PROPOSAL_OPEN");
  CHECK(Restricting::Said(fixture.Decide("mei", account, proposal)) == "OWN_BAN_PROPOSAL");
  CHECK(fixture.Active(account).empty());
  CHECK(Restricting::Said(fixture.Decide("li", "ac-other", proposal)) == "BAN_PROPOSAL_NOT_FOUND");
  CHECK(Restricting::Said(fixture.Decide("li", account, proposal)) == "OK");
  CHECK(Restricting::Said(fixture.Decide("wu", account, proposal)) == "BAN_PROPOSAL_DECIDED");
  const std::vector<Restriction> active = fixture.Active(account);
  REQUIRE(active.size() == 3);
  CHECK_FALSE(active[0].until.has_value());
  CHECK(Restricting::Said(fixture.Lift("mei", active[0])) == "BAN_TAKES_TWO");
  CHECK(Restricting::Said(fixture.Propose("li", account)) == "BAN_STANDS");
  const std::string lifting = fixture.Propose("li", account, BanKind::kLift).value();
  CHECK(Restricting::Said(fixture.Decide("li", account, lifting)) == "OWN_BAN_PROPOSAL");
  CHECK(Restricting::Said(fixture.Decide("mei", account, lifting)) == "OK");
  CHECK(fixture.Active(account).empty());
  CHECK(Restricting::Said(fixture.Propose("li", account, BanKind::kLift)) == "BAN_STANDS");
  CHECK(fixture.Acts() ==
        std::vector<std::string>{"operators/mei BAN_PROPOSED", "operators/li ACCOUNT_BANNED",
                                 "operators/li BAN_LIFT_PROPOSED", "operators/mei BAN_LIFTED"});
}

TEST_CASE("who is banned signs in no more, and whoever was signed in is out",
          "[account][ban][R-09]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Restricting fixture(*database);
  const std::string account = fixture.Open("+8619900000001");
  const std::string proposal = fixture.Propose("mei", account).value();
  const absl::Time before = fixture.clock.Now();
  REQUIRE(fixture.Decide("li", account, proposal).ok());
  const std::vector<Revoked> revoked =
      testing::RunTask(fixture.loop, fixture.revocations.After(0, before - kDay, 10)).value();
  REQUIRE(revoked.size() == 1);
  CHECK(revoked[0].account == account);
  CHECK(revoked[0].tokens_before.has_value());
  const std::string challenge = fixture.Start("again", "+8619900000001").value();
  CHECK(Restricting::Said(fixture.Complete(
            "again-in", challenge, fixture.messenger.codes.back())) == "ACCOUNT_RESTRICTED");
  fixture.Erase(account);  // and opened anew
  const std::string anew = fixture.Start("anew", "+8619900000001").value();
  CHECK(Restricting::Said(fixture.Complete("anew-in", anew, fixture.messenger.codes.back())) ==
        "ACCOUNT_RESTRICTED");
}

TEST_CASE("a restriction of booking takes back statements", "[account][restriction][R-19]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Restricting fixture(*database);
  const std::string account = fixture.Open("+8619900000001");
  const std::string passenger = fixture.AddCard(account, "card").value();
  const auto vouch = [&] {
    const std::vector<std::string> travellers = {passenger};
    const auto vouched =
        testing::RunTask(fixture.loop, fixture.statements.Vouch(account, travellers, false));
    return vouched.ok() ? "OK" : std::string(ReasonOf(vouched.status()));
  };
  CHECK(vouch() == "OK");
  for (int i = 0; i < 3; ++i) fixture.Cancel(account, absl::StrCat("bookings/bk-", i));
  CHECK(vouch() == "ACCOUNT_RESTRICTED");
  const std::vector<Revoked> revoked =
      testing::RunTask(fixture.loop, fixture.revocations.After(0, absl::InfinitePast(), 10))
          .value();
  REQUIRE(revoked.size() == 1);
  CHECK(revoked[0].statements_before.has_value());
  CHECK_FALSE(revoked[0].tokens_before.has_value());
}

TEST_CASE("whoever follows hears what an account may not do, whichever of a person's it is",
          "[account][restriction][R-19][A-26]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Restricting fixture(*database);
  const std::string account = fixture.Open("+8619900000001");
  const std::string other = fixture.Open("+8619900000002");
  // One after the other was the verified account of one person.
  database->Execute("UPDATE accounts SET holder_index = 'h-1' WHERE id = '" + account + "'");
  database->Execute("UPDATE accounts SET holder_index = NULL WHERE id = '" + account + "'");
  database->Execute("UPDATE accounts SET holder_index = 'h-1' WHERE id = '" + other + "'");
  std::int64_t position = 0;
  const auto heard = [&] {
    const absl::Time since = fixture.clock.Now() - absl::Minutes(16);
    const auto revoked =
        testing::RunTask(fixture.loop, fixture.revocations.After(position, since, 10)).value();
    std::map<std::string, std::vector<Bar>> bars;
    for (const Revoked& entry : revoked) {
      REQUIRE(entry.bars.has_value());
      bars[entry.account] = *entry.bars;
      position = entry.position;
    }
    return bars;
  };
  REQUIRE(fixture.Impose(account, kDay).ok());
  const std::vector<Bar> imposed = {{RestrictionLevel::kPayment, fixture.clock.Now() + kDay}};
  const std::map<std::string, std::vector<Bar>> both = {{account, imposed}, {other, imposed}};
  CHECK(heard() == both);
  CHECK(heard().empty());
  Standing standing(fixture.restrictions, fixture.clock);
  CHECK(testing::RunTask(fixture.loop, standing.BarsOf(other)).value() == imposed);
  REQUIRE(fixture.Lift("mei", fixture.Active(account)[0]).ok());
  const std::map<std::string, std::vector<Bar>> lifted = {{account, {}}, {other, {}}};
  CHECK(heard() == lifted);
  CHECK(testing::RunTask(fixture.loop, standing.BarsOf(other)).value().empty());
  // A ban, of which one part ends later than a restriction of the same level: never.
  REQUIRE(fixture.Impose(account, kDay).ok());
  const std::string ban = fixture.Propose("mei", account).value();
  REQUIRE(fixture.Decide("li", account, ban).ok());
  const std::vector<Bar> banned = heard().at(other);
  REQUIRE(banned.size() == 3);
  for (const Bar& bar : banned) CHECK_FALSE(bar.until.has_value());
  const std::string lifting = fixture.Propose("li", account, BanKind::kLift).value();
  REQUIRE(fixture.Decide("mei", account, lifting).ok());
  CHECK(heard().at(account).size() == 1);
}

TEST_CASE("who may not pay gets no statement either", "[account][restriction][R-19]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Restricting fixture(*database);
  const std::string account = fixture.Open("+8619900000001");
  const std::vector<std::string> travellers = {fixture.AddCard(account, "card").value()};
  REQUIRE(fixture.Impose(account, kDay).ok());
  const absl::Status refused =
      testing::RunTask(fixture.loop, fixture.statements.Vouch(account, travellers, false)).status();
  CHECK(ReasonOf(refused) == "ACCOUNT_RESTRICTED");
  CHECK(MetadataOf(refused).at("level") == "PAYMENT");
}

TEST_CASE("PostgreSQL itself refuses a ban by one person", "[account][ban][R-09][A-23]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Restricting fixture(*database);
  const std::string account = fixture.Open("+8619900000001");
  REQUIRE(fixture.Propose("mei", account).ok());
  const auto own = testing::RunTask(
      fixture.loop, fixture.pool.Query("UPDATE ban_proposals SET state = 'APPROVED', "
                                       "checker = maker, decided_at = made_at"));
  CHECK_FALSE(own.ok());
  const auto for_good = testing::RunTask(
      fixture.loop,
      fixture.pool.Query("INSERT INTO restrictions (id, account_id, level, reason_code, "
                         "description, imposed_by, since, lifted_by, lift_reason) VALUES "
                         "('rs-x', 'ac-x', 'BOOKING', 'STAFF', '', 'x', '2026-11-01', '', '')"));
  CHECK_FALSE(for_good.ok());
}

TEST_CASE("a proposal nobody decided makes room for another", "[account][ban][R-09]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Restricting fixture(*database);
  const std::string account = fixture.Open("+8619900000001");
  const std::string old = fixture.Propose("mei", account).value();
  fixture.clock.Advance(kBanProposalLife);
  CHECK(Restricting::Said(fixture.Decide("li", account, old)) == "BAN_PROPOSAL_EXPIRED");
  const std::string anew = fixture.Propose("mei", account).value();
  CHECK(anew != old);
  CHECK(Restricting::Said(fixture.Decide("li", account, anew)) == "OK");
}

}  // namespace
}  // namespace houbu::account
