// Consents as use cases on a real PostgreSQL.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "services/account/storage/test_accounts.h"

namespace houbu::account {
namespace {

using testing::RunTask;

struct Consenting : Fixture {
  using Fixture::Fixture;

  absl::StatusOr<std::string> Give(const std::string& request_id, ConsentPurpose purpose,
                                   const std::string& text_version) {
    PurposeConsent consent;
    consent.account = session.account;
    consent.purpose = purpose;
    consent.text_version = text_version;
    consent.channel = "APP";
    return RunTask(loop, consents.Give(std::move(consent), Rendering(request_id)));
  }

  absl::StatusOr<std::string> Withdraw(const std::string& request_id, const std::string& id) {
    return RunTask(loop, consents.Withdraw(session.account, id, Rendering(request_id)));
  }

  Mutation<PurposeConsent> Rendering(const std::string& request_id) {
    Mutation<PurposeConsent> mutation = MutationOf<PurposeConsent>(request_id);
    mutation.render = [](const PurposeConsent& consent) { return consent.id; };
    return mutation;
  }

  absl::Status Require(ConsentPurpose purpose) {
    return RunTask(loop, consents.Require(session.account, purpose));
  }

  std::vector<PurposeConsent> All() {
    return RunTask(loop, consents.List(session.account, "", 50)).value();
  }

  absl::StatusOr<std::string> AddHealthReport(const std::string& request_id,
                                              const std::string& passenger) {
    DocumentEntry entry;
    entry.document.type = DocumentType::kHealthReport;
    entry.document.number = "H1234567";
    entry.document.country = "CN";
    entry.document.full_name = "旅客甲";
    entry.document.expires = absl::CivilDay(2100, 1, 1);
    entry.document.has_expiry = true;
    Mutation<Passenger> mutation = MutationOf<Passenger>(request_id);
    mutation.render = [](const Passenger& kept) { return absl::StrCat(kept.documents.size()); };
    return RunTask(loop, list.AddDocument(session.account, passenger, entry, std::move(mutation)));
  }
};

constexpr auto kHealth = ConsentPurpose::kHealthDocuments;
constexpr auto kIdentity = ConsentPurpose::kIdentityVerification;

TEST_CASE("a consent is to one purpose and one text", "[account][consent][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Consenting fixture(database->conninfo());
  fixture.SignedIn();
  const absl::Status missing = fixture.Require(kHealth);
  CHECK(ReasonOf(missing) == "CONSENT_REQUIRED");
  CHECK(MetadataOf(missing) ==
        Metadata{{"purpose", "HEALTH_DOCUMENTS"}, {"text_version", "health-documents-1"}});
  const absl::Status outdated = fixture.Give("old", kHealth, "health-documents-0").status();
  CHECK(ReasonOf(outdated) == "CONSENT_TEXT_OUTDATED");
  CHECK(MetadataOf(outdated) == Metadata{{"text_version", "health-documents-1"}});

  const std::string given = fixture.Give("give", kHealth, "health-documents-1").value();
  CHECK(fixture.Give("give", kHealth, "health-documents-1").value() == given);
  CHECK(fixture.Give("again", kHealth, "health-documents-1").value() == given);
  CHECK(fixture.Require(kHealth).ok());
  CHECK(ReasonOf(fixture.Require(kIdentity)) == "CONSENT_REQUIRED");

  // Another text asks anew, and the consent to it ends the older one.
  Consents later(fixture.consent_store, fixture.clock, fixture.ids,
                 {{kHealth, "health-documents-2"}, {kIdentity, "identity-verification-1"}});
  CHECK(ReasonOf(RunTask(fixture.loop, later.Require(fixture.session.account, kHealth))) ==
        "CONSENT_REQUIRED");
  PurposeConsent newer = fixture.All().front();
  newer.text_version = "health-documents-2";
  REQUIRE(RunTask(fixture.loop, later.Give(newer, fixture.Rendering("newer"))).ok());
  const std::vector<PurposeConsent> all = fixture.All();
  REQUIRE(all.size() == 2);
  CHECK(all[0].ended_at == fixture.clock.Now());
  CHECK_FALSE(all[1].ended_at.has_value());
}

TEST_CASE("a consent taken back takes along what was kept by it", "[account][consent][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Consenting fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string passenger = fixture.AddCard(account, "card").value();
  CHECK(ReasonOf(fixture.AddHealthReport("early", passenger).status()) == "CONSENT_REQUIRED");
  const std::string given = fixture.Give("give", kHealth, "health-documents-1").value();
  REQUIRE(fixture.AddHealthReport("report", passenger).value() == "2");

  CHECK(ReasonOf(fixture.Withdraw("other", "cs-none").status()) == "CONSENT_NOT_FOUND");
  REQUIRE(fixture.Withdraw("back", given).value() == given);
  CHECK(fixture.Withdraw("back", given).value() == given);
  CHECK(ReasonOf(fixture.Withdraw("twice", given).status()) == "CONSENT_NOT_FOUND");
  CHECK(ReasonOf(fixture.Require(kHealth)) == "CONSENT_REQUIRED");
  const Passenger left = RunTask(fixture.loop, fixture.list.Get(account, passenger)).value();
  REQUIRE(left.documents.size() == 1);
  CHECK(left.documents.front().document.type == DocumentType::kResidentId);
  CHECK(left.version == 3);
}

}  // namespace
}  // namespace houbu::account
