/// Tells who calls: the peer's certificate first, then, from peers trusted with it, a person's
/// token.
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <functional>
#include <string>
#include <vector>

#include "libs/base/refusal.h"
#include "libs/rpc/call.h"

namespace houbu::rpc {

/// Refuses a peer without exactly one identity of our trust domain in its certificate.
inline constexpr Refusal kPeerUnknown{absl::StatusCode::kUnauthenticated, "PEER_UNKNOWN",
                                      "The peer's certificate names no service of Houbu."};
/// Refuses a token sent by a service that may not speak for people.
inline constexpr Refusal kTokenNotAccepted{absl::StatusCode::kPermissionDenied,
                                           "TOKEN_NOT_ACCEPTED",
                                           "This service may not relay access tokens."};
/// Refuses an authorization header that is not one bearer token.
inline constexpr Refusal kAuthorizationMalformed{absl::StatusCode::kUnauthenticated,
                                                 "AUTHORIZATION_MALFORMED",
                                                 "The authorization header is not a bearer token."};

/// Names whom a valid access token speaks for.
struct TokenSubject {
  std::string account;  ///< "accounts/ac-..."
  std::string session;
  std::vector<CallerRestriction> restrictions = {};  ///< That hold now.
};

/// Checks an access token (without "Bearer "); refuses what is forged, expired or not for us.
using TokenCheck = std::function<absl::StatusOr<TokenSubject>(absl::string_view token)>;

/// Holds what a connection and its headers prove.
struct Credentials {
  std::vector<std::string> uris;            ///< URI SANs of the verified peer certificate.
  std::vector<std::string> authorizations;  ///< Values of the `authorization` headers.
  std::string client_address = {};  ///< Of the header `houbu-client-address`: a relay's word.
};

/// Gives the service name in "spiffe://houbu/<name>"; "" when the URI is anything else.
std::string ServiceOfSpiffeId(absl::string_view uri);

/// Gives the person in "spiffe://houbu/operators/<person>"; "" when the URI is anything else.
std::string PersonOfSpiffeId(absl::string_view uri);

/// Turns credentials into a caller.
class Authenticator final {
 public:
  /// Accepts tokens, checked by `check`, from the services in `token_relays` only.
  Authenticator(TokenCheck check, std::vector<std::string> token_relays);

  /// Identifies the caller. A relay without a token speaks for the public; the service "operator"
  /// and whoever is one of "operators/" by name is an operator; every other peer is a service.
  /// Refuses peers without exactly one SPIFFE id of ours, and tokens from others than the relays.
  absl::StatusOr<Caller> Identify(const Credentials& credentials) const;

 private:
  TokenCheck check_;
  std::vector<std::string> token_relays_;
};

}  // namespace houbu::rpc
