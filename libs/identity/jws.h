/// JSON Web Signatures in compact form, EdDSA only (RFC 7515, RFC 8037).
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <string>

#include "libs/identity/keys.h"

namespace houbu::identity {

/// Holds a compact JWS taken apart; nothing in it is proven yet.
struct Jws {
  std::string header;         ///< JSON text.
  std::string payload;        ///< Decoded bytes.
  std::string signing_input;  ///< What the signature is over.
  std::string signature;      ///< 64 bytes.
};

/// Gives the compact JWS of header text and payload, signed.
std::string SignJws(const Signer& signer, absl::string_view header, absl::string_view payload);

/// Takes a compact JWS apart; INVALID_ARGUMENT unless it is three parts of strict base64url.
absl::StatusOr<Jws> ParseJws(absl::string_view token);

}  // namespace houbu::identity
