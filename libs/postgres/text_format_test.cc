#include "libs/postgres/text_format.h"

#include <catch2/catch.hpp>

namespace houbu::postgres {
namespace {

TEST_CASE("timestamps survive both ways to the microsecond", "[libs][postgres]") {
  const absl::Time times[] = {absl::UnixEpoch(), absl::FromUnixMicros(1795228002123456),
                              absl::FromUnixMicros(-1), absl::InfiniteFuture(),
                              absl::InfinitePast()};
  for (const absl::Time time : times) {
    CHECK(ParseTimestamp(FormatTimestamp(time)) == time);
  }
  CHECK(ParseTimestamp("2026-11-21 02:26:42+00") == absl::FromUnixSeconds(1795228002));
  CHECK(ParseTimestamp("2026-11-21 02:26:42.5+00") == absl::FromUnixMicros(1795228002500000));
}

TEST_CASE("a timestamp of another zone is none", "[libs][postgres]") {
  for (const char* const text :
       {"", "2026-11-21", "2026-11-21 02:26:42", "x+00", "2026-11-21 02:26:42+08"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseTimestamp(text).has_value());
  }
}

TEST_CASE("array literals are read as PostgreSQL writes them", "[libs][postgres]") {
  using Elements = std::vector<std::string>;
  CHECK(ParseArray("{}") == Elements{});
  CHECK(ParseArray("{1,2}") == Elements{"1", "2"});
  CHECK(ParseArray(R"({a,"b c","","d\"e\\f","NULL"})") ==
        Elements{"a", "b c", "", "d\"e\\f", "NULL"});
  for (const char* const text : {"", "{", "{a", "{a,}", "{a}x", "{NULL}", R"({"a})", "{a,,b}"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseArray(text).has_value());
  }
}

TEST_CASE("bytes are read from hex", "[libs][postgres]") {
  CHECK(ParseBytes("\\x") == "");
  CHECK(ParseBytes("\\x00ff41") == std::string("\0\xff\x41", 3));
  for (const char* const text : {"", "00", "\\x0", "\\xzz"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseBytes(text).has_value());
  }
}

}  // namespace
}  // namespace houbu::postgres
