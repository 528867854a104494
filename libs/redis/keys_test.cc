#include "libs/redis/keys.h"

#include <map>

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

namespace houbu::redis {
namespace {

TEST_CASE("a run stays on its shard", "[libs][redis]") {
  // Written down: another value would lose every key on the next release.
  CHECK(ShardOf("run-G35-20261201", 16).number == 6);
  CHECK(ShardOf("", 16) == ShardOf("", 16));
  CHECK(ShardTag(ShardOf("run-G35-20261201", 1)) == "{s00}");
  Shard shard;
  shard.number = 7;
  CHECK(ShardTag(shard) == "{s07}");
}

TEST_CASE("runs spread over the shards", "[libs][redis]") {
  std::map<int, int> runs;
  for (int i = 0; i < 16'000; ++i) {
    ++runs[ShardOf(absl::StrCat("run-", i), 16).number];
  }
  REQUIRE(runs.size() == 16);
  for (const auto& [shard, count] : runs) {
    CAPTURE(shard);
    CHECK(count > 800);
    CHECK(count < 1'200);
  }
}

TEST_CASE("a key's slot is the one a Cluster gives it", "[libs][redis]") {
  CHECK(SlotOf("123456789") == 12739);  // The specification's own example.
  CHECK(SlotOf("") == 0);
  CHECK(SlotOf("h:{s00}:r:run-1") == SlotOf("s00"));
  CHECK(SlotOf("h:{s00}:matches") == SlotOf("h:{s00}:r:run-1"));
  CHECK(SlotOf("{s00}") == SlotOf("s00"));
  // No tag: nothing between the braces, or no end.
  CHECK(SlotOf("a{}b{c}") != SlotOf("c"));
  CHECK(SlotOf("a{c") != SlotOf("c"));
  // The first brace and the first end after it.
  CHECK(SlotOf("{{c}}") == SlotOf("{c"));
}

}  // namespace
}  // namespace houbu::redis
