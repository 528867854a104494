/// Sign-in's values on the wire, both ways.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "libs/base/refusal.h"
#include "libs/identity/access_token.h"
#include "libs/identity/keys.h"
#include "libs/rpc/call.h"
#include "services/account/app/ports_sign_in.h"

#include "houbu/account/v1/credential.pb.h"
#include "houbu/account/v1/session.pb.h"
#include "houbu/account/v1/sign_in.pb.h"

namespace houbu::account {

/// Reads who signs in; notes what is wrong.
Identifier ReadIdentifier(Violations& violations, absl::string_view field, absl::string_view typed);

/// Reads a language of ours, "" for the default; notes what is wrong.
std::string ReadLanguage(Violations& violations, absl::string_view language);

/// Reads the six digits of a code; notes what is wrong.
std::string ReadCode(Violations& violations, absl::string_view typed);

/// Reads a password into its normal form; notes what is wrong. Its quality is judged where it is
/// set, not where it is used.
std::string ReadPassword(Violations& violations, absl::string_view typed);

/// Reads from where somebody signs in, the device's secret as a digest; notes what is wrong.
Origin ReadOrigin(Violations& violations, const rpc::Call& call, const v1::Device& device,
                  const DerivedSecrets& secrets);

/// Reads a device's secret as a digest, "" for none; notes what is wrong.
std::string ReadDeviceKey(Violations& violations, absl::string_view field, absl::string_view key,
                          const DerivedSecrets& secrets);

/// Writes a challenge to sign in.
v1::SignInChallenge ToWire(const Challenge& challenge);

/// Writes a session without its tokens: what is stored of an answer.
v1::Session ToWire(const Session& session);

/// Writes what may be kept of a session's answer: what its tokens are made from.
std::string RenderSession(const Session& session);

/// What an access token says of what an account may not do.
std::vector<identity::TokenRestriction> ClaimsOf(const std::vector<Bar>& bars);

/// Makes the answer of what RenderSession kept: signs the access token, which says what the account
/// may not do, and derives the refresh token.
absl::StatusOr<v1::Session> AnswerOf(v1::Session kept, const std::vector<Bar>& bars,
                                     const identity::Signer& signer, const DerivedSecrets& secrets);

/// Writes credentials, addresses masked.
v1::Credentials ToWire(const Credentials& credentials);

}  // namespace houbu::account
