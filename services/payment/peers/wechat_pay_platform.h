/// WeChat Pay's side of its signatures, for tests: a key of its own, notices signed and sealed.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <map>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "libs/secrets/rsa.h"
#include "services/payment/app/ports.h"
#include "services/payment/peers/wechat_pay_signing.h"

namespace houbu::payment {

/// A pair of RSA keys.
class TestKeyPair final {
 public:
  /// Makes one.
  TestKeyPair() {
    EVP_PKEY* const key = EVP_RSA_gen(2048);
    REQUIRE(key != nullptr);
    BIO* const secret = BIO_new(BIO_s_mem());
    BIO* const open = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(secret, key, nullptr, nullptr, 0, nullptr, nullptr);
    PEM_write_bio_PUBKEY(open, key);
    EVP_PKEY_free(key);
    secret_ = TextIn(secret);
    open_ = TextIn(open);
  }

  /// Signs with the private one.
  secrets::RsaSigner signer() const { return *secrets::RsaSigner::FromPem(secret_); }
  /// Verifies with the public one.
  secrets::RsaVerifier verifier() const { return *secrets::RsaVerifier::FromPem(open_); }

 private:
  static std::string TextIn(BIO* sink) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(sink, &bytes);
    std::string text(bytes, static_cast<std::size_t>(size));
    BIO_free_all(sink);
    return text;
  }

  std::string secret_;
  std::string open_;
};

/// The platform: two keys side by side, and one nobody knows.
class TestPlatform final {
 public:
  /// The key every content is sealed with.
  static std::string api_v3_key() { return std::string(32, 'k'); }
  /// Of the platform's certificate.
  static std::string certificate() { return "7132D72A03E93CDDF8C03BBD1F37EEDF1A2B3C4D"; }
  /// Of the platform's public key.
  static std::string public_key() { return "PUB_KEY_ID_0100000000000000000000000000000001"; }

  /// What a merchant knows of the keys.
  WechatPayKeys Known() const {
    std::map<std::string, secrets::RsaVerifier> known;
    known.emplace(certificate(), first_.verifier());
    known.emplace(public_key(), second_.verifier());
    return WechatPayKeys(std::move(known));
  }

  /// The headers of a body signed at `time` with the key of `serial`, the stray one when unknown.
  std::map<std::string, std::string> Headers(const std::string& body, absl::Time time,
                                             const std::string& serial) const {
    const std::string timestamp = absl::StrCat(absl::ToUnixSeconds(time));
    const std::string nonce = "d824f2e086d3c1df967785d13fcd22ef";
    const TestKeyPair& pair = serial == certificate()  ? first_
                              : serial == public_key() ? second_
                                                       : stray_;
    const std::string text = absl::StrCat(timestamp, "\n", nonce, "\n", body, "\n");
    return {{"wechatpay-timestamp", timestamp},
            {"wechatpay-nonce", nonce},
            {"wechatpay-serial", serial},
            {"wechatpay-signature", *pair.signer().Sign(text)}};
  }

  /// A notice whose content is sealed, not yet signed.
  static std::string Sealed(const std::string& event_type, const std::string& original_type,
                            const std::string& content) {
    return absl::StrCat(
        R"({"id":"EV-1","create_time":"2026-11-21T12:00:00+08:00","event_type":")", event_type,
        R"(","resource_type":"encrypt-resource","resource":{"algorithm":"AEAD_AES_256_GCM",)",
        R"("original_type":")", original_type, R"(","nonce":"012345678901",)",
        R"("associated_data":")", original_type, R"(","ciphertext":")",
        absl::Base64Escape(Seal(original_type, content)), "\"}}");
  }

 private:
  static std::string Seal(const std::string& associated, const std::string& plain) {
    EVP_CIPHER_CTX* const context = EVP_CIPHER_CTX_new();
    const std::string key = api_v3_key();
    const std::string nonce = "012345678901";
    const auto bytes = [](const std::string& text) {
      return reinterpret_cast<const unsigned char*>(text.data());
    };
    std::string sealed(plain.size() + 16, '\0');
    auto* out = reinterpret_cast<unsigned char*>(sealed.data());
    int size = 0;
    EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nullptr, bytes(key), bytes(nonce));
    EVP_EncryptUpdate(context, nullptr, &size, bytes(associated),
                      static_cast<int>(associated.size()));
    EVP_EncryptUpdate(context, out, &size, bytes(plain), static_cast<int>(plain.size()));
    EVP_EncryptFinal_ex(context, out + size, &size);
    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, 16, out + plain.size());
    EVP_CIPHER_CTX_free(context);
    return sealed;
  }

  TestKeyPair first_;
  TestKeyPair second_;
  TestKeyPair stray_;
};

}  // namespace houbu::payment
