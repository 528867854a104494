#include "libs/base/text.h"

#include <catch2/catch.hpp>

namespace houbu {

TEST_CASE("a view crosses between the libraries unchanged", "[base][text]") {
  const std::string text("候补\0x", 8);
  CHECK(ToStd(ToAbsl(text)) == text);
  CHECK(ToStd(absl::string_view()).empty());
}

TEST_CASE("UTF-8 is what the standard says it is", "[base][text]") {
  struct Row {
    const char* text;
    bool is_valid;
  };
  const Row rows[] = {
      {"", true},
      {"plain", true},
      {"旅客甲", true},
      {"\xF0\x9F\x9A\x84", true},   // U+1F684
      {"\xED\x9F\xBF", true},       // U+D7FF, just below the surrogates
      {"\xED\xA0\x80", false},      // a surrogate
      {"\xF4\x8F\xBF\xBF", true},   // U+10FFFF
      {"\xF4\x90\x80\x80", false},  // above it
      {"\xC0\xAF", false},          // overlong '/'
      {"\xE0\x80\xAF", false},      // overlong '/'
      {"\xF0\x80\x80\xAF", false},  // overlong '/'
      {"\x80", false},              // continues nothing
      {"\xE5\x80", false},          // cut off
      {"\xE5\x41\x42", false},      // continued by letters
      {"\xFF", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(IsValidUtf8(row.text) == row.is_valid);
  }
}

TEST_CASE("characters are counted, not bytes", "[base][text]") {
  CHECK(CountCharacters("") == 0);
  CHECK(CountCharacters("ab") == 2);
  CHECK(CountCharacters("旅客甲") == 3);
}

}  // namespace houbu
