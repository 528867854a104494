#include "libs/secrets/rsa.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstddef>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace houbu::secrets {
namespace {

constexpr int kBitsMin = 2048;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

template <class Thing, void (*free)(Thing*)>
struct Freed {
  void operator()(Thing* thing) const { free(thing); }
};
using Digest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX, EVP_MD_CTX_free>>;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Source = std::unique_ptr<BIO, Freed<BIO, BIO_free_all>>;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Source Reading(absl::string_view pem) {
  return Source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

std::shared_ptr<EVP_PKEY> Owned(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

bool IsFit(const std::shared_ptr<EVP_PKEY>& key) {
  return key != nullptr && EVP_PKEY_is_a(key.get(), "RSA") == 1 &&
         EVP_PKEY_get_bits(key.get()) >= kBitsMin;
}

// Nobody is asked for a password: an encrypted key is none that can be read.
int NoPassword(char*, int, int, void*) { return 0; }

}  // namespace

absl::StatusOr<RsaSigner> RsaSigner::FromPem(absl::string_view pem) {
  const Source source = Reading(pem);
  auto key = Owned(PEM_read_bio_PrivateKey(source.get(), nullptr, NoPassword, nullptr));
  if (!IsFit(key)) {
    return absl::InvalidArgumentError("a private RSA key of at least 2048 bits in PEM is needed");
  }
  return RsaSigner(std::move(key));
}

absl::StatusOr<std::string> RsaSigner::Sign(absl::string_view bytes) const {
  const Digest digest(EVP_MD_CTX_new());
  std::size_t size = 0;
  if (EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(digest.get(), nullptr, &size, Bytes(bytes), bytes.size()) != 1) {
    return absl::InternalError("cannot sign");
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(digest.get(), Bytes(signature), &size, Bytes(bytes), bytes.size()) != 1) {
    return absl::InternalError("cannot sign");
  }
  signature.resize(size);
  return absl::Base64Escape(signature);
}

absl::StatusOr<RsaVerifier> RsaVerifier::FromPem(absl::string_view pem) {
  const Source source = Reading(pem);
  std::shared_ptr<EVP_PKEY> key;
  if (absl::StrContains(pem, "BEGIN CERTIFICATE")) {
    const Certificate certificate(PEM_read_bio_X509(source.get(), nullptr, NoPassword, nullptr));
    if (certificate != nullptr) key = Owned(X509_get_pubkey(certificate.get()));
  } else {
    key = Owned(PEM_read_bio_PUBKEY(source.get(), nullptr, NoPassword, nullptr));
  }
  if (!IsFit(key)) {
    return absl::InvalidArgumentError(
        "a public RSA key of at least 2048 bits, or a certificate of one, in PEM is needed");
  }
  return RsaVerifier(std::move(key));
}

bool RsaVerifier::Verifies(absl::string_view bytes, absl::string_view signature) const {
  std::string raw;
  if (!absl::Base64Unescape(signature, &raw)) return false;
  const Digest digest(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(digest.get(), Bytes(absl::string_view(raw)), raw.size(), Bytes(bytes),
                          bytes.size()) == 1;
}

absl::StatusOr<std::string> OpenAesGcm(absl::string_view key, const SealedBox& box) {
  if ((key.size() != 16 && key.size() != 32) || box.nonce.size() != kNonceBytes ||
      box.ciphertext.size() < kTagBytes || box.ciphertext.size() > (std::size_t{1} << 20)) {
    return absl::InvalidArgumentError("no box of AES-GCM");
  }
  const std::size_t size = box.ciphertext.size() - kTagBytes;
  const absl::string_view hidden = absl::string_view(box.ciphertext).substr(0, size);
  std::string tag = box.ciphertext.substr(size);
  const Cipher cipher(EVP_CIPHER_CTX_new());
  const EVP_CIPHER* const kind = key.size() == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
  std::string text(size, '\0');
  int written = 0;
  int rest = 0;
  const bool opened =
      EVP_DecryptInit_ex(cipher.get(), kind, nullptr, Bytes(key),
                         Bytes(absl::string_view(box.nonce))) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &written, Bytes(absl::string_view(box.associated)),
                        static_cast<int>(box.associated.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), Bytes(text), &written, Bytes(hidden),
                        static_cast<int>(size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagBytes),
                          tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), Bytes(text) + written, &rest) == 1;
  if (!opened) return absl::InvalidArgumentError("the box was changed, or the key is another");
  return text;
}

absl::StatusOr<std::string> LoadSecretFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read the file ", path));
  return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace houbu::secrets
