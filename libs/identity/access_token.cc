#include "libs/identity/access_token.h"

#include <absl/strings/str_cat.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "libs/base/status_macros.h"
#include "libs/identity/jws.h"

namespace houbu::identity {

namespace {

using nlohmann::json;

constexpr std::size_t kTokenSizeMax = 4096;
constexpr char kRestrictions[] = "restrictions";
constexpr char kLevel[] = "level";
constexpr char kUntil[] = "until";

std::optional<std::string> TextOf(const json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return std::nullopt;
  std::string text = member->get<std::string>();
  if (text.empty()) return std::nullopt;
  return text;
}

std::optional<absl::Time> TimeOf(const json& object, const char* name) {
  constexpr std::int64_t kYear9999 = 253402300799;
  const auto member = object.find(name);
  if (member == object.end() || !member->is_number_integer()) return std::nullopt;
  if (member->is_number_unsigned() && member->get<std::uint64_t>() > kYear9999) return std::nullopt;
  const std::int64_t seconds = member->get<std::int64_t>();
  if (seconds < 0) return std::nullopt;
  return absl::FromUnixSeconds(seconds);
}

/// What the account may not do; nothing when the claim is not understood whole.
std::optional<std::vector<TokenRestriction>> RestrictionsOf(const json& claims) {
  std::vector<TokenRestriction> restrictions;
  const auto member = claims.find(kRestrictions);
  if (member == claims.end()) return restrictions;
  if (!member->is_array()) return std::nullopt;
  for (const json& entry : *member) {
    if (!entry.is_object()) return std::nullopt;
    const std::optional<std::string> level = TextOf(entry, kLevel);
    if (!level) return std::nullopt;
    TokenRestriction restriction;
    restriction.level = *level;
    if (entry.contains(kUntil)) {
      const std::optional<absl::Time> until = TimeOf(entry, kUntil);
      if (!until) return std::nullopt;
      restriction.until = *until;
    }
    restrictions.push_back(std::move(restriction));
  }
  return restrictions;
}

/// Gives the key id of a header we understand whole: a header field we do not know may change what
/// the signature means (crit) or bring the attacker's key along (jku, jwk, x5u, x5c).
std::optional<std::string> KeyIdOf(const std::string& header_text) {
  const json header = json::parse(header_text, nullptr, false);
  if (!header.is_object() || header.size() != 3) return std::nullopt;
  if (TextOf(header, "alg") != "EdDSA" || TextOf(header, "typ") != "at+jwt") return std::nullopt;
  return TextOf(header, "kid");
}

absl::StatusOr<AccessClaims> ClaimsOf(const std::string& payload, absl::Time now) {
  const json claims = json::parse(payload, nullptr, false);
  if (!claims.is_object()) return Refuse(kTokenInvalid);
  if (TextOf(claims, "iss") != kTokenIssuer || TextOf(claims, "aud") != kTokenAudience) {
    return Refuse(kTokenInvalid);
  }
  const std::optional<std::string> account = TextOf(claims, "sub");
  const std::optional<std::string> session = TextOf(claims, "sid");
  const std::optional<std::string> token_id = TextOf(claims, "jti");
  const std::optional<absl::Time> issued = TimeOf(claims, "iat");
  const std::optional<absl::Time> not_before = TimeOf(claims, "nbf");
  const std::optional<absl::Time> expires = TimeOf(claims, "exp");
  std::optional<std::vector<TokenRestriction>> restrictions = RestrictionsOf(claims);
  if (!account || !session || !token_id || !issued || !not_before || !expires || !restrictions) {
    return Refuse(kTokenInvalid);
  }
  if (*expires - *issued > kTokenLifeMax || *expires <= *issued) return Refuse(kTokenInvalid);
  if (*issued > now + kClockSkew || *not_before > now + kClockSkew) return Refuse(kTokenInvalid);
  if (now >= *expires) return Refuse(kTokenExpired);
  return AccessClaims{.account = *account,
                      .session = *session,
                      .token_id = *token_id,
                      .issue_time = *issued,
                      .expire_time = *expires,
                      .restrictions = *std::move(restrictions)};
}

}  // namespace

std::string IssueAccessToken(const Signer& signer, const AccessClaims& claims) {
  nlohmann::ordered_json header;
  header["alg"] = "EdDSA";
  header["typ"] = "at+jwt";
  header["kid"] = signer.public_key().id;
  nlohmann::ordered_json payload;
  payload["iss"] = kTokenIssuer;
  payload["aud"] = kTokenAudience;
  payload["sub"] = claims.account;
  payload["sid"] = claims.session;
  payload["jti"] = claims.token_id;
  payload["iat"] = absl::ToUnixSeconds(claims.issue_time);
  payload["nbf"] = absl::ToUnixSeconds(claims.issue_time);
  payload["exp"] = absl::ToUnixSeconds(claims.expire_time);
  for (const TokenRestriction& restriction : claims.restrictions) {
    nlohmann::ordered_json entry;
    entry[kLevel] = restriction.level;
    if (restriction.until != absl::InfiniteFuture()) {
      entry[kUntil] = absl::ToUnixSeconds(restriction.until);
    }
    payload[kRestrictions].push_back(std::move(entry));
  }
  return SignJws(signer, header.dump(), payload.dump());
}

std::optional<std::string> KeyIdOfToken(absl::string_view token) {
  const absl::StatusOr<Jws> jws = ParseJws(token);
  return jws.ok() ? KeyIdOf(jws->header) : std::nullopt;
}

absl::StatusOr<AccessClaims> VerifyAccessToken(const KeySet& keys, absl::string_view token,
                                               absl::Time now) {
  if (token.size() > kTokenSizeMax) return Refuse(kTokenInvalid);
  const absl::StatusOr<Jws> jws = ParseJws(token);
  if (!jws.ok()) return Refuse(kTokenInvalid);
  const std::optional<std::string> key_id = KeyIdOf(jws->header);
  if (!key_id) return Refuse(kTokenInvalid);
  const std::optional<PublicKey> key = keys.Find(*key_id);
  if (!key || !SignatureIsValid(key->bytes, jws->signing_input, jws->signature)) {
    return Refuse(kTokenInvalid);
  }
  return ClaimsOf(jws->payload, now);
}

}  // namespace houbu::identity
