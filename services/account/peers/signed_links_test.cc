#include "services/account/peers/signed_links.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

namespace houbu::account {
namespace {

LinkKey KeyOf(const std::string& id, char byte) {
  LinkKey key;
  key.id = id;
  key.secret = std::string(32, byte);
  return key;
}

LinkClaim ClaimOf() {
  LinkClaim claim;
  claim.account = "ac-1";
  claim.attachment = "at-1";
  claim.expires_at = absl::FromUnixSeconds(1'800'000'000);
  return claim;
}

}  // namespace

TEST_CASE("a link says what was signed, and nothing altered is one",
          "[account][attachments][links][A-21]") {
  const SignedLinks links({KeyOf("k1", 'a')});
  const std::string token = links.Sign(ClaimOf());
  const std::optional<LinkClaim> claim = links.Read(token);
  REQUIRE(claim.has_value());
  CHECK(claim->account == "ac-1");
  CHECK(claim->attachment == "at-1");
  CHECK(claim->expires_at == ClaimOf().expires_at);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string altered = token;
    altered[i] = altered[i] == '0' ? '1' : '0';
    INFO(altered);
    CHECK_FALSE(links.Read(altered).has_value());
    CHECK_FALSE(links.Read(token.substr(0, i)).has_value());
  }
  for (const char* addition : {"/x.css", ".css", ";x.css", "%2fx.css", "?x.css", " ", "0"}) {
    CHECK_FALSE(links.Read(token + addition).has_value());
    CHECK_FALSE(links.Read(addition + token).has_value());
  }
  CHECK_FALSE(links.Read("").has_value());
  CHECK_FALSE(links.Read("....").has_value());
  CHECK_FALSE(links.Read(std::string(100'000, '.')).has_value());
}

TEST_CASE("links outlive a change of keys, and end with their key",
          "[account][attachments][links]") {
  const SignedLinks before({KeyOf("k1", 'a')});
  const SignedLinks during({KeyOf("k2", 'b'), KeyOf("k1", 'a')});
  const SignedLinks after({KeyOf("k2", 'b')});
  const SignedLinks forger({KeyOf("k2", 'c')});
  const std::string old = before.Sign(ClaimOf());
  const std::string fresh = during.Sign(ClaimOf());
  CHECK(during.Read(old).has_value());
  CHECK(during.Read(fresh).has_value());
  CHECK(after.Read(fresh).has_value());
  CHECK_FALSE(after.Read(old).has_value());
  CHECK_FALSE(before.Read(fresh).has_value());
  CHECK_FALSE(after.Read(forger.Sign(ClaimOf())).has_value());
}

TEST_CASE("keys of links are read from files, and named by themselves",
          "[account][attachments][links]") {
  const std::string folder = std::filesystem::temp_directory_path().string();
  const std::string one = absl::StrCat(folder, "/houbu-link-key-1-", getpid());
  const std::string two = absl::StrCat(folder, "/houbu-link-key-2-", getpid());
  std::ofstream(one) << std::string(64, '1') << "\n";
  std::ofstream(two) << std::string(64, '2') << "\n";
  const absl::StatusOr<SignedLinks> before = SignedLinks::Load(one, "");
  const absl::StatusOr<SignedLinks> after = SignedLinks::Load(two, one);
  REQUIRE(before.ok());
  REQUIRE(after.ok());
  CHECK(after->Read(before->Sign(ClaimOf())).has_value());
  CHECK_FALSE(before->Read(after->Sign(ClaimOf())).has_value());
  CHECK_FALSE(SignedLinks::Load("", "").ok());
  CHECK_FALSE(SignedLinks::Load(one, "/nowhere/key").ok());
  std::filesystem::remove(one);
  std::filesystem::remove(two);
}

}  // namespace houbu::account
