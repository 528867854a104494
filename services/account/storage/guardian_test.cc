// Guardianships as use cases on a real PostgreSQL.
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "services/account/app/guardians.h"
#include "services/account/storage/audit_chain.h"
#include "services/account/storage/postgres_proofs.h"
#include "services/account/storage/test_accounts.h"

namespace houbu::account {
namespace {

/// Cards of a child of 6, one of 16, an adult and an elder on 2026-11-01.
constexpr char kYoung[] = "110105202001010008";
constexpr char kOlder[] = "110105201001010007";
constexpr char kAdult[] = "110105199001010004";
constexpr char kElder[] = "110105194001010006";

/// Knows the attachments it was told of.
class KnownProofs final : public Proofs {
 public:
  Task<bool> IsOwn(std::string account, std::string attachment) override {
    co_return names.contains(attachment) &&
        attachment.find(absl::StrCat("accounts/", account, "/")) == 0;
  }

  std::set<std::string> names;
};

/// The number with the check character it must have.
std::string WithCheck(std::string number) {
  number.back() = ResidentIdCheck(number.substr(0, 17));
  return number;
}

struct Guarding : Fixture {
  using Fixture::Fixture;

  std::string AddPassenger(const std::string& account, const std::string& number,
                           PassengerType type = PassengerType::kAdult) {
    Entry entry;
    entry.type = type;
    entry.document.document.full_name = "旅客乙";
    entry.document.document.number = WithCheck(number);
    Mutation<Passenger> mutation = MutationOf<Passenger>(ids.Next("r"));
    mutation.render = [](const Passenger& passenger) { return passenger.id; };
    return testing::RunTask(loop, list.Add(account, std::move(entry), std::move(mutation))).value();
  }

  Mutation<Guardianship> By(const std::string& who) {
    Mutation<Guardianship> mutation = MutationOf<Guardianship>(ids.Next("r"));
    mutation.key.caller = who;
    mutation.render = [](const Guardianship& guardianship) { return guardianship.id; };
    return mutation;
  }

  std::string ProofOf(const std::string& account) {
    const std::string name = absl::StrCat("accounts/", account, "/attachments/at-1");
    proofs.names.insert(name);
    return name;
  }

  absl::StatusOr<std::string> Propose(const std::string& account, const std::string& ward,
                                      const std::string& proof, const std::string& consent) {
    GuardianProposal proposal{account, ward, proof, consent, consent.empty() ? "" : "WEB"};
    return testing::RunTask(
        loop, guardians.Propose(std::move(proposal), By(absl::StrCat("accounts/", account))));
  }

  std::string Decide(const std::string& account, const std::string& id, bool is_acceptance) {
    return Said(testing::RunTask(loop, guardians.Decide(account, id, is_acceptance, "looked at",
                                                        By("services/operators/mei"))));
  }

  std::string End(const std::string& account, const std::string& id) {
    return Said(testing::RunTask(
        loop, guardians.End(account, id, "grown up", By(absl::StrCat("accounts/", account)))));
  }

  std::string Vouch(const std::string& account, const std::vector<std::string>& travellers) {
    const auto vouched = testing::RunTask(loop, statements.Vouch(account, travellers, false));
    return vouched.ok() ? "OK" : std::string(ReasonOf(vouched.status()));
  }

  static std::string Said(const absl::StatusOr<std::string>& answer) {
    return answer.ok() ? "OK" : std::string(ReasonOf(answer.status()));
  }

  KnownProofs proofs;
  Guardians guardians{guardian_store, passengers, proofs, clock, ids};
};

TEST_CASE("a child under 14 travels once staff accepted a guardian's proof",
          "[account][guardian][R-21]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Guarding fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string child = fixture.AddPassenger(account, kYoung, PassengerType::kChild);
  const std::string adult = fixture.AddPassenger(account, kAdult);
  CHECK(fixture.Vouch(account, {adult}) == "OK");
  CHECK(fixture.Vouch(account, {adult, child}) == "GUARDIAN_REQUIRED");
  const std::string proposed =
      fixture.Propose(account, child, fixture.ProofOf(account), "children-2026-11").value();
  CHECK(fixture.Vouch(account, {child}) == "GUARDIAN_REQUIRED");
  CHECK(fixture.Decide(account, proposed, true) == "OK");
  CHECK(fixture.Vouch(account, {adult, child}) == "OK");
  CHECK(fixture.Decide(account, proposed, false) == "GUARDIANSHIP_DECIDED");
  CHECK(fixture.End(account, proposed) == "OK");
  CHECK(fixture.Vouch(account, {child}) == "GUARDIAN_REQUIRED");
  const std::vector<Revoked> revoked =
      testing::RunTask(fixture.loop, fixture.revocations.After(0, absl::InfinitePast(), 10))
          .value();
  REQUIRE(revoked.size() == 1);  // statements that were still about
  CHECK(revoked[0].statements_before.has_value());
}

TEST_CASE("who is no ward, has no proof or no consent is told so, and all at once",
          "[account][guardian][R-21]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Guarding fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string young = fixture.AddPassenger(account, kYoung, PassengerType::kChild);
  const std::string older = fixture.AddPassenger(account, kOlder, PassengerType::kStudent);
  const std::string adult = fixture.AddPassenger(account, kAdult);
  const std::string elder = fixture.AddPassenger(account, kElder, PassengerType::kElder);
  const std::string proof = fixture.ProofOf(account);
  CHECK(Guarding::Said(fixture.Propose(account, adult, proof, "")) == "NO_WARD");
  CHECK(Guarding::Said(fixture.Propose(account, "pg-none", proof, "")) == "PASSENGER_NOT_FOUND");
  const std::string stranger = fixture.SignedIn("+8619900000002", "stranger");
  const absl::Status faults =
      fixture.Propose(account, young, fixture.ProofOf(stranger), "").status();
  REQUIRE(ViolationsOf(faults).size() == 2);
  CHECK(ViolationsOf(faults)[0].field == "proof");
  CHECK(ViolationsOf(faults)[1].field == "consent");
  CHECK(fixture.Propose(account, older, proof, "").ok());
  CHECK(fixture.Propose(account, elder, proof, "").ok());
  CHECK(Guarding::Said(fixture.Propose(account, elder, proof, "")) == "GUARDIANSHIP_EXISTS");
  CHECK(fixture.Vouch(account, {older, elder}) == "OK");  // by the rule for young children
}

TEST_CASE("what was rejected may be proposed again, and staff see what waits",
          "[account][guardian][R-21][R-09]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Guarding fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string child = fixture.AddPassenger(account, kYoung, PassengerType::kChild);
  const std::string proof = fixture.ProofOf(account);
  const std::string first = fixture.Propose(account, child, proof, "children-2026-11").value();
  CHECK(fixture.Decide(account, first, false) == "OK");
  CHECK(fixture.End(account, first) == "GUARDIANSHIP_DECIDED");
  CHECK(fixture.End("ac-other", first) == "GUARDIANSHIP_NOT_FOUND");
  const std::string second = fixture.Propose(account, child, proof, "children-2026-11").value();
  const auto waiting = testing::RunTask(fixture.loop, fixture.guardians.List("", "", 10)).value();
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].id == second);
  REQUIRE(waiting[0].consent.has_value());
  CHECK(waiting[0].consent->text_version == "children-2026-11");
  CHECK(waiting[0].consent->channel == "WEB");
  CHECK(testing::RunTask(fixture.loop, fixture.guardians.List(account, "", 10)).value().size() ==
        2);
  PostgresAuditStore audit(fixture.pool);
  const AuditPage page = testing::RunTask(fixture.loop, audit.List(AuditFilter(), 0, 100)).value();
  REQUIRE(page.records.size() == 3);
  CHECK(page.records[0].act == "GUARDIANSHIP_PROPOSED");
  CHECK(page.records[1].act == "GUARDIANSHIP_REJECTED");
  CHECK(page.records[1].actor == "operators/mei");
}

TEST_CASE("a proof is an attachment of the account's own, of its kind, not rejected",
          "[account][guardian][R-21]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Guarding fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const auto attach = [&](const std::string& id, const std::string& kind, bool is_rejected) {
    const std::string owner = absl::StrCat("'", account, "'");
    database->Execute(absl::StrCat(
        "INSERT INTO attachment_files (id, owner, content_index, kept, drafted_at) VALUES ('f-", id,
        "', ", owner, ", '", id,
        "', true, '2026-11-01'); INSERT INTO attachments (id, account_id, ",
        "passenger_id, owner, version, kind, state, reason, file_name, file_id, media_type, "
        "width, ",
        "height, pages, size, created_at, reviewed_at) VALUES ('", id, "', ", owner, ", '', ",
        owner, ", 1, '", kind, "', ", is_rejected ? "'REJECTED', 'blurred'" : "'PENDING', ''",
        ", '', 'f-", id, "', 'image/png', 1, 1, 1, 1, '2026-11-01', ",
        is_rejected ? "'2026-11-01'" : "NULL", ")"));
  };
  attach("at-1", "GUARDIANSHIP_PROOF", false);
  attach("at-2", "GUARDIANSHIP_PROOF", true);
  attach("at-3", "VISA", false);
  PostgresProofs proofs(fixture.pool);
  const auto is_own = [&](const std::string& of, const std::string& id) {
    const std::string name = absl::StrCat("accounts/", account, "/attachments/", id);
    return testing::RunTask(fixture.loop, proofs.IsOwn(of, name)).value();
  };
  CHECK(is_own(account, "at-1"));
  CHECK_FALSE(is_own("ac-other", "at-1"));
  CHECK_FALSE(is_own(account, "at-2"));
  CHECK_FALSE(is_own(account, "at-3"));
  CHECK_FALSE(is_own(account, "at-none"));
}

}  // namespace
}  // namespace houbu::account
