/// The signature of the sandbox provider's messages, both ways (docs/reference/counterparties.md).
#pragma once

#include <string>

#include "absl/strings/string_view.h"

#include "libs/secrets/keys.h"

namespace houbu::payment {

/// What is signed.
struct SignedParts {
  absl::string_view timestamp;  ///< Seconds since 1970 UTC, decimal.
  absl::string_view nonce;
  absl::string_view body;  ///< The raw body.
};

/// Returns the hex HMAC-SHA256 over timestamp, nonce and body, each on a line of its own.
std::string SignatureOf(const secrets::Key& key, const SignedParts& parts);

/// Tells in constant time whether `claimed` is the signature.
bool IsSignatureOf(const secrets::Key& key, const SignedParts& parts, absl::string_view claimed);

/// Returns 32 random hex digits, never the same twice.
std::string NewNonce();

}  // namespace houbu::payment
