#include "libs/identity/proven_tokens.h"

#include <absl/strings/str_cat.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include <catch2/catch.hpp>

namespace houbu::identity {

namespace {

const absl::Time kNow = absl::FromUnixSeconds(1793491200);

Signer SignerOf(std::uint8_t seed) {
  KeyBytes bytes{};
  bytes.fill(seed);
  return Signer::FromSeed(bytes);
}

std::string TokenOf(const Signer& signer, int account) {
  AccessClaims claims;
  claims.account = absl::StrCat("accounts/ac-", account);
  claims.session = "se-1";
  claims.token_id = "t-1";
  claims.issue_time = kNow;
  claims.expire_time = kNow + absl::Minutes(15);
  return IssueAccessToken(signer, claims);
}

std::string ReasonFor(ProvenTokens& tokens, absl::string_view token, absl::Time now = kNow) {
  const absl::StatusOr<AccessClaims> claims = tokens.Verify(token, now);
  return claims.ok() ? "" : std::string(ReasonOf(claims.status()));
}

}  // namespace

TEST_CASE("a proven token is known again, until it ends", "[identity][token]") {
  const Signer signer = SignerOf(1);
  const KeySet keys({signer.public_key()});
  ProvenTokens tokens(keys);
  const std::string token = TokenOf(signer, 7);
  for (int i = 0; i < 3; ++i) {
    const absl::StatusOr<AccessClaims> claims = tokens.Verify(token, kNow);
    REQUIRE(claims.ok());
    CHECK(claims->account == "accounts/ac-7");
    CHECK(claims->session == "se-1");
  }
  CHECK(tokens.size() == 1);
  CHECK(ReasonFor(tokens, token, kNow + absl::Minutes(15) - absl::Microseconds(1)).empty());
  CHECK(ReasonFor(tokens, token, kNow + absl::Minutes(15)) == "TOKEN_EXPIRED");
}

TEST_CASE("what was never proven is not known, however like a proven token it looks",
          "[identity][token]") {
  const Signer signer = SignerOf(1);
  const KeySet keys({signer.public_key()});
  ProvenTokens tokens(keys);
  const std::string token = TokenOf(signer, 7);
  REQUIRE(ReasonFor(tokens, token).empty());
  for (std::size_t i = 0; i < token.size(); i += 5) {
    std::string damaged = token;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    CHECK(ReasonFor(tokens, damaged) == "TOKEN_INVALID");
  }
  CHECK(ReasonFor(tokens, TokenOf(SignerOf(2), 7)) == "TOKEN_INVALID");
  CHECK(ReasonFor(tokens, token + "x") == "TOKEN_INVALID");
  CHECK(tokens.size() == 1);
}

TEST_CASE("a proven token falls with its key", "[identity][token]") {
  std::string folder = (std::filesystem::temp_directory_path() / "houbu-proven-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const Signer first = SignerOf(1);
  const Signer second = SignerOf(2);
  REQUIRE(WriteKeySet(folder + "/keys.json", {first.public_key()}).ok());
  const auto keys = KeySet::Open(folder + "/keys.json");
  REQUIRE(keys.ok());
  ProvenTokens tokens(**keys);
  const std::string token = TokenOf(first, 7);
  REQUIRE(ReasonFor(tokens, token).empty());
  REQUIRE(WriteKeySet(folder + "/keys.json", {second.public_key()}).ok());
  REQUIRE((*keys)->Reload().ok());
  CHECK(ReasonFor(tokens, token) == "TOKEN_INVALID");
  CHECK(ReasonFor(tokens, TokenOf(second, 7)).empty());
  std::filesystem::remove_all(folder);
}

TEST_CASE("memory of tokens is bounded, and keeps what is shown", "[identity][token]") {
  const Signer signer = SignerOf(1);
  const KeySet keys({signer.public_key()});
  ProvenTokens tokens(keys, 8);
  const std::string regular = TokenOf(signer, 0);
  for (int account = 1; account <= 100; ++account) {
    CHECK(ReasonFor(tokens, TokenOf(signer, account)).empty());
    CHECK(ReasonFor(tokens, regular).empty());
    CHECK(tokens.size() <= 16);
  }
}

}  // namespace houbu::identity
