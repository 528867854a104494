#include "libs/async/doorbell.h"

#include <chrono>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include "libs/testing/run_task.h"

namespace houbu::async {
namespace {

bool EndsAtOnce(boost::asio::io_context& loop, Doorbell& bell) {
  const auto begun = std::chrono::steady_clock::now();
  REQUIRE(testing::RunTask(loop, bell.Wait(absl::Seconds(30))).ok());
  return std::chrono::steady_clock::now() - begun < std::chrono::seconds(20);
}

TEST_CASE("a ring ends the wait, before it or during it, and only one", "[libs][async]") {
  boost::asio::io_context loop(1);
  Doorbell bell(loop.get_executor());
  bell.Ring();
  bell.Ring();
  CHECK(EndsAtOnce(loop, bell));
  boost::asio::post(loop, [&] { boost::asio::post(loop, [&bell] { bell.Ring(); }); });
  CHECK(EndsAtOnce(loop, bell));

  const auto begun = std::chrono::steady_clock::now();
  REQUIRE(testing::RunTask(loop, bell.Wait(absl::Milliseconds(30))).ok());
  CHECK(std::chrono::steady_clock::now() - begun >= std::chrono::milliseconds(30));
}

}  // namespace
}  // namespace houbu::async
