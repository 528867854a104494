#include "libs/redis/directory.h"

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "libs/redis/cluster_directory.h"
#include "libs/redis/identity.h"
#include "libs/redis/keys.h"
#include "libs/redis/sentinel_directory.h"

namespace houbu::redis {
namespace {

const Address kAsked{"10.0.0.9", 6379};

Reply Node(std::string host, int port) {
  std::vector<Reply> parts = {Reply(std::move(host)), Reply(std::int64_t{port}),
                              Reply(std::string("id"))};
  return Reply(std::move(parts));
}

Reply Range(int first, int last, Reply master) {
  std::vector<Reply> parts = {Reply(std::int64_t{first}), Reply(std::int64_t{last}),
                              std::move(master), Node("10.0.0.7", 7)};
  return Reply(std::move(parts));
}

absl::StatusOr<SlotMap> MapOf(std::vector<Reply> ranges) {
  return SlotMap::Parse(Reply(std::move(ranges)), kAsked);
}

TEST_CASE("a map gives each slot its master and the others none", "[libs][redis][cluster]") {
  const Address a{"10.0.0.1", 1};
  const Address b{"10.0.0.2", 2};
  auto map = MapOf({Range(100, 199, Node("10.0.0.2", 2)), Range(0, 50, Node("10.0.0.1", 1))});
  REQUIRE(map.ok());
  CHECK(map->MasterOf(0) == a);
  CHECK(map->MasterOf(50) == a);
  CHECK_FALSE(map->MasterOf(51).has_value());
  CHECK_FALSE(map->MasterOf(99).has_value());
  CHECK(map->MasterOf(100) == b);
  CHECK(map->MasterOf(199) == b);
  CHECK_FALSE(map->MasterOf(200).has_value());
  CHECK_FALSE(map->MasterOf(kSlots - 1).has_value());
  CHECK(map->Masters() == std::vector<Address>{a, b});
}

TEST_CASE("a slot that moves alone leaves its neighbours where they are",
          "[libs][redis][cluster]") {
  const Address a{"10.0.0.1", 1};
  const Address b{"10.0.0.2", 2};
  auto map = MapOf({Range(0, kSlots - 1, Node("10.0.0.1", 1))});
  REQUIRE(map.ok());
  for (const int slot : {0, 7, 8, kSlots - 1}) {
    map->Assign(slot, b);
  }
  map->Assign(8, a);
  map->Assign(kSlots, b);
  map->Assign(-1, b);
  for (int slot = 0; slot < kSlots; ++slot) {
    const bool moved = slot == 0 || slot == 7 || slot == kSlots - 1;
    REQUIRE(map->MasterOf(slot) == (moved ? b : a));
  }
}

TEST_CASE("a node that leaves out its host is where it was asked", "[libs][redis][cluster]") {
  for (const char* host : {"", "?"}) {
    const auto map = MapOf({Range(0, 1, Node(host, 7))});
    REQUIRE(map.ok());
    CHECK(map->MasterOf(0) == Address{kAsked.host, 7});
  }
}

TEST_CASE("what is no map is refused", "[libs][redis][cluster]") {
  CHECK(absl::IsUnavailable(MapOf({}).status()));
  CHECK(absl::IsInternal(MapOf({Reply(std::string("x"))}).status()));
  CHECK(absl::IsInternal(MapOf({Range(5, 4, Node("h", 1))}).status()));
  CHECK(absl::IsInternal(MapOf({Range(0, kSlots, Node("h", 1))}).status()));
  CHECK(absl::IsInternal(MapOf({Range(-1, 4, Node("h", 1))}).status()));
  CHECK(absl::IsInternal(MapOf({Range(0, 4, Node("h", 0))}).status()));
}

TEST_CASE("a redirection says where to", "[libs][redis][cluster]") {
  const auto moved = ParseRedirection("MOVED 3999 10.0.0.7:6381");
  REQUIRE(moved.ok());
  CHECK(moved->slot == 3999);
  CHECK(moved->host == "10.0.0.7");
  CHECK(moved->port == 6381);
  CHECK(ParseRedirection("ASK 1 ::1:6381")->host == "::1");
  CHECK(ParseRedirection("MOVED 1 :6381")->host.empty());
  CHECK_FALSE(ParseRedirection("MOVED").ok());
  CHECK_FALSE(ParseRedirection("MOVED x 10.0.0.7:6381").ok());
  CHECK_FALSE(ParseRedirection("MOVED 1 10.0.0.7").ok());
}

TEST_CASE("a Sentinel's word is read from its pairs", "[libs][redis][sentinel]") {
  std::vector<Reply> pairs;
  for (const char* text :
       {"name", "index", "ip", "10.0.0.7", "port", "6380", "config-epoch", "4"}) {
    pairs.push_back(Reply(std::string(text)));
  }
  const auto word = ParseSentinelWord(Reply(pairs));
  REQUIRE(word.ok());
  CHECK(word->master == Address{"10.0.0.7", 6380});
  CHECK(word->epoch == 4);
  pairs.resize(4);
  CHECK(absl::IsInternal(ParseSentinelWord(Reply(pairs)).status()));
  CHECK(absl::IsInternal(ParseSentinelWord(Reply()).status()));
}

TEST_CASE("an address is read as it is written", "[libs][redis]") {
  CHECK(ParseAddress("redis-1:6379").value() == Address{"redis-1", 6379});
  CHECK(ParseAddress("[::1]:6379").value() == Address{"::1", 6379});
  CHECK(TextOf(Address{"redis-1", 6379}) == "redis-1:6379");
  for (const char* text : {"", "redis", "redis:", ":6379", "redis:0", "redis:65536", "redis:x"}) {
    CAPTURE(text);
    CHECK(absl::IsInvalidArgument(ParseAddress(text).status()));
  }
  CHECK(ParseAddresses({"a:1", "b:2"})->size() == 2);
  CHECK_FALSE(ParseAddresses({"a:1", "b"}).ok());
}

TEST_CASE("a server's identity is read from what it tells", "[libs][redis]") {
  const std::string told =
      "# Server\r\nrun_id:abc\r\n\r\n# Replication\r\nrole:slave\r\nmaster_replid:def\r\n";
  const auto identity = ParseIdentity(told, kAsked);
  REQUIRE(identity.ok());
  CHECK(identity->Text() == "abc/def");
  CHECK_FALSE(identity->master);
  CHECK(identity->address == kAsked);
  CHECK(absl::IsInternal(ParseIdentity("run_id:abc\r\n", kAsked).status()));
}

}  // namespace
}  // namespace houbu::redis
