#include "libs/secrets/field_cipher.h"

#include <sodium.h>

#include "absl/status/status.h"

#include "libs/secrets/bytes.h"
#include "libs/secrets/sodium.h"

namespace houbu::secrets {
namespace {

constexpr unsigned char kVersion = 1;
constexpr std::size_t kHeaderBytes = 2;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(Key::kBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

const unsigned char* Unsigned(absl::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* Unsigned(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

// The header is authenticated with the context: a changed version or key id does not open either.
std::string Bound(absl::string_view header, absl::string_view context) {
  std::string bound(header);
  bound.append(context.data(), context.size());
  return bound;
}

absl::Status Damaged() { return absl::DataLossError("an encrypted field does not open"); }

}  // namespace

absl::StatusOr<FieldCipher> FieldCipher::Create(std::map<std::uint8_t, Key> keys) {
  RequireSodium();
  if (keys.empty()) {
    return absl::InvalidArgumentError("a field cipher needs at least one key");
  }
  return FieldCipher(std::move(keys));
}

std::string FieldCipher::Encrypt(absl::string_view text, absl::string_view context) const {
  const auto& [id, key] = *keys_.rbegin();
  std::string box;
  box.push_back(static_cast<char>(kVersion));
  box.push_back(static_cast<char>(id));
  const std::string bound = Bound(box, context);
  const std::string nonce = RandomBytes(kNonceBytes);
  box += nonce;
  std::string sealed(text.size() + kTagBytes, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      Unsigned(sealed), nullptr, Unsigned(text), text.size(), Unsigned(absl::string_view(bound)),
      bound.size(), nullptr, Unsigned(absl::string_view(nonce)), key.bytes());
  return box + sealed;
}

absl::StatusOr<std::string> FieldCipher::Decrypt(absl::string_view box,
                                                 absl::string_view context) const {
  if (box.size() < kHeaderBytes + kNonceBytes + kTagBytes || box[0] != kVersion) {
    return Damaged();
  }
  const auto found = keys_.find(static_cast<std::uint8_t>(box[1]));
  if (found == keys_.end()) {
    return Damaged();
  }
  const std::string bound = Bound(box.substr(0, kHeaderBytes), context);
  const absl::string_view nonce = box.substr(kHeaderBytes, kNonceBytes);
  const absl::string_view sealed = box.substr(kHeaderBytes + kNonceBytes);
  std::string text(sealed.size() - kTagBytes, '\0');
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
      Unsigned(text), nullptr, nullptr, Unsigned(sealed), sealed.size(),
      Unsigned(absl::string_view(bound)), bound.size(), Unsigned(nonce), found->second.bytes());
  if (failed != 0) {
    return Damaged();
  }
  return text;
}

bool FieldCipher::IsStale(absl::string_view box) const {
  return box.size() < kHeaderBytes || box[0] != kVersion ||
         static_cast<std::uint8_t>(box[1]) != keys_.rbegin()->first;
}

}  // namespace houbu::secrets
