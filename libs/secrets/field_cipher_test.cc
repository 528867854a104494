#include "libs/secrets/field_cipher.h"

#include "absl/status/status.h"
#include <catch2/catch.hpp>

#include "libs/secrets/blind_index.h"

namespace houbu::secrets {
namespace {

Key KeyOf(char byte) { return *Key::FromBytes(std::string(Key::kBytes, byte)); }

FieldCipher CipherOf(std::map<std::uint8_t, Key> keys) {
  return *FieldCipher::Create(std::move(keys));
}

}  // namespace

TEST_CASE("a field opens with its key and context only", "[secrets][cipher]") {
  const FieldCipher cipher = CipherOf({{1, KeyOf('a')}});
  const std::string box = cipher.Encrypt("E12345678", "passengers/number/ps-1");
  CHECK(*cipher.Decrypt(box, "passengers/number/ps-1") == "E12345678");
  CHECK(absl::IsDataLoss(cipher.Decrypt(box, "passengers/number/ps-2").status()));
  const FieldCipher other = CipherOf({{1, KeyOf('b')}});
  CHECK(absl::IsDataLoss(other.Decrypt(box, "passengers/number/ps-1").status()));
}

TEST_CASE("equal texts make boxes that differ and hide the text", "[secrets][cipher][R-17]") {
  const FieldCipher cipher = CipherOf({{1, KeyOf('a')}});
  const std::string box = cipher.Encrypt("E12345678", "c");
  CHECK(box != cipher.Encrypt("E12345678", "c"));
  CHECK(box.find("E1234") == std::string::npos);
  CHECK(*cipher.Decrypt(cipher.Encrypt("", "c"), "c") == "");
}

TEST_CASE("a box changed in any byte does not open", "[secrets][cipher]") {
  const FieldCipher cipher = CipherOf({{1, KeyOf('a')}, {2, KeyOf('a')}});
  const std::string box = cipher.Encrypt("E12345678", "c");
  for (std::size_t i = 0; i < box.size(); ++i) {
    std::string changed = box;
    changed[i] = static_cast<char>(changed[i] ^ 3);
    CAPTURE(i);
    CHECK(absl::IsDataLoss(cipher.Decrypt(changed, "c").status()));
    CHECK(absl::IsDataLoss(cipher.Decrypt(box.substr(0, i), "c").status()));
  }
}

TEST_CASE("keys rotate: the newest encrypts, older ones still open", "[secrets][cipher]") {
  const FieldCipher before = CipherOf({{1, KeyOf('a')}});
  const FieldCipher after = CipherOf({{1, KeyOf('a')}, {2, KeyOf('b')}});
  const std::string old_box = before.Encrypt("text", "c");
  const std::string new_box = after.Encrypt("text", "c");
  CHECK(*after.Decrypt(old_box, "c") == "text");
  CHECK(after.IsStale(old_box));
  CHECK_FALSE(after.IsStale(new_box));
  CHECK(absl::IsDataLoss(before.Decrypt(new_box, "c").status()));
  CHECK(absl::IsInvalidArgument(FieldCipher::Create({}).status()));
}

TEST_CASE("fingerprints are equal for equal values under one key and use",
          "[secrets][index][R-17]") {
  const BlindIndex index(KeyOf('a'));
  CHECK(index.Of("number", "E1") == index.Of("number", "E1"));
  CHECK(index.Of("number", "E1").size() == 64);
  CHECK(index.Of("number", "E1") != index.Of("number", "E2"));
  CHECK(index.Of("number", "E1") != index.Of("phone", "E1"));
  CHECK(index.Of("ab", "c") != index.Of("a", "bc"));
  CHECK(index.Of("number", "E1") != BlindIndex(KeyOf('b')).Of("number", "E1"));
  CHECK(index.Of("", "E1") != Pseudonym(KeyOf('a')).Of("E1"));
  CHECK(Pseudonym(KeyOf('a')).Of("E1") == Pseudonym(KeyOf('a')).Of("E1"));
}

}  // namespace houbu::secrets
