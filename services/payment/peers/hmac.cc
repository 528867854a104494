#include "services/payment/peers/hmac.h"

#include <sodium.h>

#include <array>

#include "absl/strings/escaping.h"

#include "libs/secrets/sodium.h"

namespace houbu::payment {
namespace {

void Feed(crypto_auth_hmacsha256_state& state, absl::string_view text) {
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()),
                                text.size());
}

}  // namespace

std::string SignatureOf(const secrets::Key& key, const SignedParts& parts) {
  secrets::RequireSodium();
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.bytes(), secrets::Key::kBytes);
  Feed(state, parts.timestamp);
  Feed(state, "\n");
  Feed(state, parts.nonce);
  Feed(state, "\n");
  Feed(state, parts.body);
  std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mac.data()));
  sodium_memzero(&state, sizeof(state));
  return absl::BytesToHexString(mac);
}

bool IsSignatureOf(const secrets::Key& key, const SignedParts& parts, absl::string_view claimed) {
  const std::string expected = SignatureOf(key, parts);
  return claimed.size() == expected.size() &&
         sodium_memcmp(claimed.data(), expected.data(), expected.size()) == 0;
}

std::string NewNonce() {
  secrets::RequireSodium();
  std::array<char, 16> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  return absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

}  // namespace houbu::payment
