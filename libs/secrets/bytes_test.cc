#include "libs/secrets/bytes.h"

#include <set>

#include "absl/status/status.h"
#include <catch2/catch.hpp>

namespace houbu::secrets {

TEST_CASE("digests are those of the standards", "[secrets][bytes]") {
  CHECK(Sha256Hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, case 2.
  CHECK(HmacSha256Hex("Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("encodings come back and refuse what is not theirs", "[secrets][bytes]") {
  const std::string bytes("\x00\xFF\xFE~", 4);
  CHECK(ToHex(bytes) == "00fffe7e");
  CHECK(*FromHex("00FFfe7E") == bytes);
  CHECK(ToBase64Url(bytes) == "AP_-fg");
  CHECK(*FromBase64Url("AP_-fg") == bytes);
  CHECK(ToHex("").empty());
  CHECK(FromHex("")->empty());
  CHECK(ToBase64Url("").empty());
  CHECK(FromBase64Url("")->empty());
  for (const char* bad : {"0", "0g", "00 ", "zz"}) {
    CAPTURE(bad);
    CHECK(absl::IsInvalidArgument(FromHex(bad).status()));
  }
  for (const char* bad : {"AP_-fg==", "AP/+fg", "A", "AP_ -fg"}) {
    CAPTURE(bad);
    CHECK(absl::IsInvalidArgument(FromBase64Url(bad).status()));
  }
}

TEST_CASE("randomness has the shape asked for", "[secrets][bytes]") {
  CHECK(RandomBytes(24).size() == 24);
  CHECK(RandomBytes(24) != RandomBytes(24));
  CHECK(RandomBytes(0).empty());
  std::set<std::string> codes;
  for (int i = 0; i < 100; ++i) {
    const std::string code = RandomCode(6);
    CHECK(code.size() == 6);
    CHECK(code.find_first_not_of("0123456789") == std::string::npos);
    codes.insert(code);
    CHECK(RandomBelow(3) < 3);
  }
  CHECK(codes.size() > 90);
}

TEST_CASE("secrets compare whole", "[secrets][bytes]") {
  CHECK(ConstantTimeEqual("", ""));
  CHECK(ConstantTimeEqual("abc", "abc"));
  CHECK_FALSE(ConstantTimeEqual("abc", "abd"));
  CHECK_FALSE(ConstantTimeEqual("abc", "ab"));
}

}  // namespace houbu::secrets
