#include "libs/testing/test_redis.h"

#include <hiredis/hiredis.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include <catch2/catch.hpp>

namespace houbu::testing {
namespace {

struct Finish {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

void Run(redisContext* context, const char* command) {
  const std::unique_ptr<redisReply, Finish> reply(
      static_cast<redisReply*>(redisCommand(context, command)));
  if (!reply || reply->type == REDIS_REPLY_ERROR) {
    FAIL(command << ": " << (reply ? reply->str : context->errstr));
  }
}

}  // namespace

std::unique_ptr<TestRedis> TestRedis::OrSkip() {
  const char* address = std::getenv("HOUBU_TEST_REDIS");
  if (address == nullptr || *address == '\0') {
    WARN("SKIPPED: needs Redis; HOUBU_TEST_REDIS holds no host:port");
    return nullptr;
  }
  const absl::string_view text(address);
  const std::size_t colon = text.rfind(':');
  int port = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(text.substr(colon + 1), &port)) {
    FAIL("HOUBU_TEST_REDIS is not host:port");
  }
  std::unique_ptr<TestRedis> server(new TestRedis(std::string(text.substr(0, colon)), port));
  server->Flush();
  return server;
}

TestRedis::TestRedis(std::string host, int port) : host_(std::move(host)), port_(port) {}

void TestRedis::Flush() const {
  const std::unique_ptr<redisContext, Finish> context(redisConnect(host_.c_str(), port_));
  if (!context || context->err != 0) {
    FAIL("cannot reach the test Redis: " << (context ? context->errstr : "out of memory"));
  }
  Run(context.get(), "FLUSHALL");
  Run(context.get(), "FUNCTION FLUSH");
}

}  // namespace houbu::testing
