/// Access tokens: who is signed in, said by the account service for a quarter of an hour
/// (RFC 9068 JWTs, signed with Ed25519).
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

#include "libs/base/refusal.h"
#include "libs/identity/keys.h"

namespace houbu::identity {

/// The `iss` of our tokens.
inline constexpr char kTokenIssuer[] = "houbu-account";
/// The `aud` of our tokens.
inline constexpr char kTokenAudience[] = "houbu";
/// How long a token may live at most, whatever it says.
inline constexpr absl::Duration kTokenLifeMax = absl::Minutes(15);
/// How far the clocks of two machines may differ.
inline constexpr absl::Duration kClockSkew = absl::Seconds(5);

/// Refuses what is no token of ours: malformed, forged, of an unknown key, for somebody else.
inline constexpr Refusal kTokenInvalid{absl::StatusCode::kUnauthenticated, "TOKEN_INVALID",
                                       "The access token is not valid."};
/// Refuses a token at and after its end.
inline constexpr Refusal kTokenExpired{absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED",
                                       "The access token has expired."};

/// Something an account may not do for now.
struct TokenRestriction {
  std::string level;                          ///< "BOOKING", "PAYMENT"
  absl::Time until = absl::InfiniteFuture();  ///< For good where it has no end.

  /// Compares both.
  friend bool operator==(const TokenRestriction& a, const TokenRestriction& b) = default;
};

/// Says what a token vouches for.
struct AccessClaims {
  std::string account;     ///< `sub`: "accounts/ac-..."
  std::string session;     ///< `sid`
  std::string token_id;    ///< `jti`
  absl::Time issue_time;   ///< `iat`, whole seconds
  absl::Time expire_time;  ///< `exp`, whole seconds
  /// `restrictions`, a list of {"level", "until"}: whole seconds, left out where there is no end. A
  /// token without the claim speaks of an account without any.
  std::vector<TokenRestriction> restrictions = {};
};

/// Gives the signed token of the claims, valid from issue_time on.
std::string IssueAccessToken(const Signer& signer, const AccessClaims& claims);

/// Verifies a token: typ at+jwt, alg EdDSA, a key of the set, no critical or key-carrying header
/// fields, our issuer and audience, all claims present, in its time at `now`. Refuses with
/// TOKEN_INVALID or TOKEN_EXPIRED.
absl::StatusOr<AccessClaims> VerifyAccessToken(const KeySet& keys, absl::string_view token,
                                               absl::Time now);

/// Gives the id of the key a token says it is signed with; nothing of it is proven. Nothing for
/// what is no token of ours.
std::optional<std::string> KeyIdOfToken(absl::string_view token);

}  // namespace houbu::identity
