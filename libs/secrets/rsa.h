/// Signatures and envelopes of payment providers: SHA256 with RSA (PKCS #1 v1.5) and AES-256-GCM,
/// as WeChat Pay and Alipay use them.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

extern "C" {
struct evp_pkey_st;
}

namespace houbu::secrets {

/// Signs with a private key of RSA.
class RsaSigner final {
 public:
  /// Takes a private key in PEM (PKCS #1 or PKCS #8, not encrypted) of at least 2048 bits. Refuses
  /// anything else as INVALID_ARGUMENT, without repeating it.
  static absl::StatusOr<RsaSigner> FromPem(absl::string_view pem);

  /// Signs SHA256 of `bytes`; the signature in base64.
  absl::StatusOr<std::string> Sign(absl::string_view bytes) const;

 private:
  explicit RsaSigner(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

/// Verifies with a public key of RSA.
class RsaVerifier final {
 public:
  /// Takes a public key (SubjectPublicKeyInfo) or an X.509 certificate in PEM, of at least 2048
  /// bits. Refuses anything else as INVALID_ARGUMENT. Whether a certificate is valid is not judged.
  static absl::StatusOr<RsaVerifier> FromPem(absl::string_view pem);

  /// Whether `signature` (base64) is one of SHA256 of `bytes`. False too where it is no base64.
  bool Verifies(absl::string_view bytes, absl::string_view signature) const;

 private:
  explicit RsaVerifier(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

/// What AES-GCM sealed.
struct SealedBox {
  std::string nonce;       ///< 12 bytes.
  std::string associated;  ///< Proven too, not hidden.
  std::string ciphertext;  ///< With the tag of 16 bytes at its end.
};

/// Opens what was sealed with `key` of 16 or 32 bytes. INVALID_ARGUMENT where it was changed, or
/// sealed with another key.
absl::StatusOr<std::string> OpenAesGcm(absl::string_view key, const SealedBox& box);

/// Reads a small text file that holds a secret: a PEM, a key. NOT_FOUND when it cannot be read.
/// Blocks: for start-up only.
absl::StatusOr<std::string> LoadSecretFile(const std::string& path);

}  // namespace houbu::secrets
