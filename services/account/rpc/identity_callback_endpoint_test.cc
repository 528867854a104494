#include "services/account/rpc/identity_callback_endpoint.h"

#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "services/account/storage/test_accounts.h"

namespace houbu::account {
namespace {

/// Believes callbacks signed "good"; their body is the check that is a match.
class TrustingReader final : public NoticeReader {
 public:
  absl::StatusOr<CheckNotice> Read(const std::map<std::string, std::string>& headers,
                                   absl::string_view body, absl::Time) const override {
    if (headers.at("signature") != "good") return Refuse(kNoticeForged);
    return CheckNotice{std::string(body), Finding{true, ""}, headers.at("nonce")};
  }
};

struct Door : Fixture {
  using Fixture::Fixture;

  int Knock(const std::string& body, const std::string& signature, const std::string& nonce) {
    http::Request request;
    request.body = body;
    request.headers.Set("Signature", signature);
    request.headers.Set("Nonce", nonce);
    return testing::RunTask(loop, endpoint.Take(std::move(request)))->status;
  }

  TrustingReader reader;
  LateAnswers late{LateAnswers::Tools{checks, provider, endings, clock, CheckPolicy(),
                                      [](const OpenChecks&) {}}};
  std::map<std::string, int> counts;
  IdentityCallbackEndpoint endpoint{
      reader, late, clock, [this](absl::string_view outcome) { ++counts[std::string(outcome)]; }};
};

TEST_CASE("the provider's door takes what is proven and ours, and nothing else",
          "[account][verification][W-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Door door(database->conninfo());
  const std::string account = door.SignedIn();
  const std::string passenger = door.AddCard(account, "card").value();
  door.provider.finding = Finding{false, "", Finding::Stage::kLater};
  REQUIRE(door.Verify(account, passenger, "v-1").value() == "PENDING");
  const std::string check = door.provider.checks.back();
  const auto verification = [&] {
    return testing::RunTask(door.loop, door.verifications.Get(account)).value().verification;
  };
  CHECK(door.Knock(check, "bad", "n-1") == 401);
  CHECK(door.Knock(std::string(kCallbackBytesMax + 1, 'x'), "good", "n-2") == 413);
  CHECK(door.Knock("ic-nobody", "good", "n-3") == 404);
  CHECK(verification() == Verification::kPending);
  CHECK(door.Knock(check, "good", "n-4") == 200);
  CHECK(verification() == Verification::kVerified);
  CHECK(door.Knock(check, "good", "n-5") == 200);
  CHECK(door.Knock(check, "good", "n-5") == 409);
  const std::map<std::string, int> expected = {
      {"FORGED", 1}, {"OVERSIZED", 1}, {"UNKNOWN", 1}, {"ACCEPTED", 2}, {"REPLAYED", 1}};
  CHECK(door.counts == expected);
}

}  // namespace
}  // namespace houbu::account
