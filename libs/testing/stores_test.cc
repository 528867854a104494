#include <hiredis/hiredis.h>

#include <memory>

#include <catch2/catch.hpp>

#include "libs/testing/test_postgres.h"
#include "libs/testing/test_redis.h"

namespace houbu::testing {

TEST_CASE("each test database is fresh and its own", "[testing][postgres]") {
  const auto first = TestPostgres::OrSkip();
  if (!first) return;
  const auto second = TestPostgres::OrSkip();
  REQUIRE(second);
  CHECK(first->conninfo() != second->conninfo());
  first->Execute("CREATE TABLE things (id int); INSERT INTO things VALUES (1)");
  second->Execute("CREATE TABLE things (id int)");
}

TEST_CASE("the test Redis is empty", "[testing][redis]") {
  const auto server = TestRedis::OrSkip();
  if (!server) return;
  const auto free_context = [](redisContext* context) { redisFree(context); };
  const std::unique_ptr<redisContext, decltype(free_context)> context(
      redisConnect(server->host().c_str(), server->port()), free_context);
  const auto size = [&context] {
    auto* reply = static_cast<redisReply*>(redisCommand(context.get(), "DBSIZE"));
    const long long count = reply->integer;
    freeReplyObject(reply);
    return count;
  };
  CHECK(size() == 0);
  freeReplyObject(redisCommand(context.get(), "SET thing 1"));
  CHECK(size() == 1);
  server->Flush();
  CHECK(size() == 0);
}

}  // namespace houbu::testing
