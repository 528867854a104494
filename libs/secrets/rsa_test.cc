#include "libs/secrets/rsa.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include <catch2/catch.hpp>

namespace houbu::secrets {
namespace {

struct Pair {
  std::string secret;
  std::string open;
};

std::string TextIn(BIO* sink) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(sink, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free_all(sink);
  return text;
}

Pair NewPair(unsigned bits) {
  EVP_PKEY* const key = EVP_RSA_gen(bits);
  REQUIRE(key != nullptr);
  BIO* const secret = BIO_new(BIO_s_mem());
  BIO* const open = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(secret, key, nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_PUBKEY(open, key);
  EVP_PKEY_free(key);
  return {TextIn(secret), TextIn(open)};
}

}  // namespace

TEST_CASE("what a key has signed its public half verifies, and nothing else", "[libs][secrets]") {
  const Pair pair = NewPair(2048);
  const auto signer = RsaSigner::FromPem(pair.secret);
  const auto verifier = RsaVerifier::FromPem(pair.open);
  REQUIRE(signer.ok());
  REQUIRE(verifier.ok());
  const std::string signature = *signer->Sign("GET\n/v3\n");
  CHECK(verifier->Verifies("GET\n/v3\n", signature));
  CHECK(!verifier->Verifies("GET\n/v3", signature));
  CHECK(!verifier->Verifies("GET\n/v3\n", signature.substr(4)));
  CHECK(!verifier->Verifies("GET\n/v3\n", ""));
  CHECK(!verifier->Verifies("GET\n/v3\n", "no base64 !"));
  const auto other = RsaVerifier::FromPem(NewPair(2048).open);
  REQUIRE(other.ok());
  CHECK(!other->Verifies("GET\n/v3\n", signature));
}

TEST_CASE("keys that are too short, of another kind or none at all are refused",
          "[libs][secrets]") {
  const Pair small = NewPair(1024);
  const Pair pair = NewPair(2048);
  for (const std::string& pem : std::vector<std::string>{"", "x", small.secret, pair.open}) {
    CHECK(RsaSigner::FromPem(pem).status().code() == absl::StatusCode::kInvalidArgument);
  }
  for (const std::string& pem : std::vector<std::string>{"", "x", small.open, pair.secret,
                                                         "-----BEGIN CERTIFICATE-----\nAAAA\n"}) {
    CHECK(RsaVerifier::FromPem(pem).status().code() == absl::StatusCode::kInvalidArgument);
  }
}

// The sample of the provider's documentation.
TEST_CASE("a box of AES-GCM opens with its key, unchanged", "[libs][secrets]") {
  SealedBox box;
  box.nonce = "wCq51qZv4Yfg";
  box.associated = "Dl56FrqWQJF1t9LtC3vEUsniZKvbqdR8";
  REQUIRE(absl::Base64Unescape("FsdXzxryWfKwvLJKf8LG/ToRPTRh8RN9wROC", &box.ciphertext));
  const std::string key = "testAPIv3Key0000";
  CHECK(*OpenAesGcm(key, box) == "Hello World");
  CHECK(!OpenAesGcm("testAPIv3Key0001", box).ok());
  CHECK(!OpenAesGcm("short", box).ok());
  SealedBox changed = box;
  changed.ciphertext[0] ^= 1;
  CHECK(!OpenAesGcm(key, changed).ok());
  changed = box;
  changed.associated += "x";
  CHECK(!OpenAesGcm(key, changed).ok());
  changed = box;
  changed.ciphertext = "short";
  CHECK(!OpenAesGcm(key, changed).ok());
}

}  // namespace houbu::secrets
