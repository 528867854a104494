#include "services/account/rpc/sign_in_wire.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/identity/access_token.h"
#include "libs/rpc/answering.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/account/domain/normalise.h"
#include "services/account/domain/password.h"

namespace houbu::account {
namespace {

constexpr int kIdentifierMax = 254;
constexpr int kDeviceKeyMin = 16;
constexpr int kDeviceKeyMax = 200;
constexpr int kDisplayNameMax = 60;
constexpr std::size_t kCodeLength = 6;

}  // namespace

Identifier ReadIdentifier(Violations& violations, absl::string_view field,
                          absl::string_view typed) {
  std::optional<Identifier> identifier;
  if (CountCharacters(typed) <= kIdentifierMax) {
    identifier = ParseIdentifier(typed);
  }
  if (!identifier.has_value()) {
    violations.Add(field,
                   "must be a phone number (eleven digits, or a plus and 8 to 15 digits), an "
                   "e-mail address, or a resident ID number of 18 characters");
    return Identifier();
  }
  return *std::move(identifier);
}

std::string ReadLanguage(Violations& violations, absl::string_view language) {
  if (!language.empty() && language != "zh-CN" && language != "en") {
    violations.Add("language_code", "must be \"zh-CN\" or \"en\", or empty for the default");
  }
  return std::string(language);
}

std::string ReadCode(Violations& violations, absl::string_view typed) {
  std::string code = NormaliseNumber(typed);
  if (code.size() != kCodeLength) {
    violations.Add("code", "must be the six digits of the message");
  }
  return code;
}

std::string ReadPassword(Violations& violations, absl::string_view typed) {
  std::string password = NormalisePassword(typed);
  if (password.empty() || CountCharacters(password) > kPasswordMax) {
    violations.Add("password", absl::StrCat("must have 1 to ", kPasswordMax, " characters"));
  }
  return password;
}

std::string ReadDeviceKey(Violations& violations, absl::string_view field, absl::string_view key,
                          const DerivedSecrets& secrets) {
  if (key.empty()) {
    return "";
  }
  const int length = static_cast<int>(key.size());
  if (length < kDeviceKeyMin || length > kDeviceKeyMax) {
    violations.Add(field, absl::StrCat("must have ", kDeviceKeyMin, " to ", kDeviceKeyMax,
                                       " characters, or be empty"));
  }
  return secrets.DigestOf(key);
}

Origin ReadOrigin(Violations& violations, const rpc::Call& call, const v1::Device& device,
                  const DerivedSecrets& secrets) {
  rpc::AllowText(violations, "device.display_name", device.display_name(), kDisplayNameMax);
  Origin origin;
  origin.device_key = ReadDeviceKey(violations, "device.key", device.key(), secrets);
  origin.device_display_name = NormaliseText(device.display_name());
  origin.address = call.caller.client_address;
  return origin;
}

v1::SignInChallenge ToWire(const Challenge& challenge) {
  v1::SignInChallenge wire;
  wire.set_name(absl::StrCat("signInChallenges/", challenge.id));
  *wire.mutable_expire_time() = rpc::ToWire(challenge.expires_at);
  return wire;
}

v1::Session ToWire(const Session& session) {
  v1::Session wire;
  wire.set_account(absl::StrCat("accounts/", session.account));
  wire.set_name(NameOf(session));
  *wire.mutable_expire_time() = rpc::ToWire(session.token_expires_at);
  *wire.mutable_refresh_expire_time() = rpc::ToWire(session.refresh_expires_at);
  *wire.mutable_create_time() = rpc::ToWire(session.created_at);
  *wire.mutable_last_use_time() = rpc::ToWire(session.last_used_at);
  wire.set_device_display_name(session.device_display_name);
  return wire;
}

std::string RenderSession(const Session& session) {
  v1::Session kept = ToWire(session);
  kept.set_refresh_token(session.token_id);  // the token's id: the token is made from it
  kept.set_current(true);
  return kept.SerializeAsString();
}

std::vector<identity::TokenRestriction> ClaimsOf(const std::vector<Bar>& bars) {
  std::vector<identity::TokenRestriction> restrictions;
  for (const Bar& bar : bars) {
    identity::TokenRestriction restriction;
    restriction.level = std::string(NameOf(bar.level));
    if (bar.until.has_value()) {
      restriction.until = *bar.until;
    }
    restrictions.push_back(std::move(restriction));
  }
  return restrictions;
}

absl::StatusOr<v1::Session> AnswerOf(v1::Session kept, const std::vector<Bar>& bars,
                                     const identity::Signer& signer,
                                     const DerivedSecrets& secrets) {
  const std::string token_id = kept.refresh_token();
  identity::AccessClaims claims;
  claims.account = kept.account();
  claims.session = kept.name();
  claims.token_id = token_id;
  ASSIGN_OR_RETURN(const absl::Time issued_at, rpc::FromWire(kept.last_use_time()));
  claims.issue_time = absl::FromUnixSeconds(absl::ToUnixSeconds(issued_at));
  ASSIGN_OR_RETURN(claims.expire_time, rpc::FromWire(kept.expire_time()));
  claims.restrictions = ClaimsOf(bars);
  kept.set_access_token(identity::IssueAccessToken(signer, claims));
  kept.set_refresh_token(secrets.RefreshTokenOf(token_id));
  return kept;
}

v1::Credentials ToWire(const Credentials& credentials) {
  v1::Credentials wire;
  wire.set_name(absl::StrCat("accounts/", credentials.account, "/credentials"));
  wire.set_masked_phone(MaskedPhone(credentials.phone));
  wire.set_masked_email(MaskedEmail(credentials.email));
  wire.set_resident_id(credentials.resident_id);
  if (!credentials.password_hash.empty()) {
    *wire.mutable_password_time() = rpc::ToWire(credentials.password_at);
  }
  if (credentials.totp_on) {
    *wire.mutable_totp_time() = rpc::ToWire(credentials.totp_at);
  }
  wire.set_recovery_codes_left(credentials.recovery_codes_left);
  return wire;
}

}  // namespace houbu::account
