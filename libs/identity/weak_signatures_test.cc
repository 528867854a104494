// Signatures that a careless check of Ed25519 believes.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <catch2/catch.hpp>

#include "libs/base/refusal.h"
#include "libs/identity/access_token.h"
#include "libs/identity/keys.h"
#include "libs/secrets/bytes.h"

namespace houbu::identity {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1793491200);

TEST_CASE("no second signature is made of a first, nor any of no key", "[identity][token]") {
  const Signer signer = Signer::FromSeed(KeyBytes{7});
  const KeySet keys({signer.public_key()});
  AccessClaims claims;
  claims.account = "accounts/ac-1";
  claims.session = "se-1";
  claims.token_id = "t-1";
  claims.issue_time = kNow;
  claims.expire_time = kNow + absl::Minutes(15);
  const std::string token = IssueAccessToken(signer, claims);
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  const auto with = [&](const std::string& signature) {
    return absl::StrCat(parts[0], ".", parts[1], ".", secrets::ToBase64Url(signature));
  };
  REQUIRE(VerifyAccessToken(keys, token, kNow).ok());

  // S plus the order of the group is the same point to who does not look at its range (RFC 8032,
  // 5.1.7).
  const std::string order =
      absl::HexStringToBytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  std::string signature = *secrets::FromBase64Url(parts[2]);
  REQUIRE(with(signature) == token);
  int carry = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    carry += static_cast<unsigned char>(signature[32 + i]) + static_cast<unsigned char>(order[i]);
    signature[32 + i] = static_cast<char>(carry & 0xff);
    carry >>= 8;
  }
  CHECK(ReasonOf(VerifyAccessToken(keys, with(signature), kNow).status()) == "TOKEN_INVALID");

  // A key of small order lets one signature pass for every text.
  std::string neutral(32, '\0');
  neutral[0] = 1;
  PublicKey weak = signer.public_key();
  std::copy(neutral.begin(), neutral.end(), weak.bytes.begin());
  const KeySet weak_keys({weak});
  CHECK(ReasonOf(
            VerifyAccessToken(weak_keys, with(neutral + std::string(32, '\0')), kNow).status()) ==
        "TOKEN_INVALID");
}

}  // namespace
}  // namespace houbu::identity
