#include "tools/bench/generator.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <catch2/catch.hpp>

#include "libs/base/refusal.h"
#include "libs/testing/test_service.h"

namespace houbu::bench {
namespace {

using development::v1::Clock;

constexpr char kGetClock[] = "/houbu.development.v1.ClockService/GetClock";
constexpr Refusal kSoldOut{absl::StatusCode::kResourceExhausted, "SOLD_OUT", "Nothing is left."};
constexpr int kStallsAt = 50;

/// Gives one call a number of times.
class Repeating final : public CallSource {
 public:
  Repeating(std::string method, int times) : left_(times) {
    call_.method = std::move(method);
    const grpc::Slice nothing;
    call_.request = grpc::ByteBuffer(&nothing, 1);
  }

  const Call* Next() override { return left_-- > 0 ? &call_ : nullptr; }

 private:
  Call call_;
  int left_;
};

constexpr int kEndless = 1 << 30;

using Failures = std::map<std::string, std::int64_t>;

/// A server that stands still once, with everybody who calls it meanwhile.
class StallingServer final {
 public:
  explicit StallingServer(std::chrono::milliseconds stall)
      : stall_(stall), handlers_(service.seam, [this](const rpc::Call&) { return Answer(); }) {
    REQUIRE(service.Serve(handlers_).ok());
    generator = std::make_unique<Generator>("127.0.0.1:" + std::to_string(service.server->port()),
                                            service.authority.Issue("operator"), 1);
  }

  testing::TestService service;
  std::unique_ptr<Generator> generator;

 private:
  async::Task<Clock> Answer() {
    if (++calls_ == kStallsAt) std::this_thread::sleep_for(stall_);
    co_return Clock();
  }

  std::chrono::milliseconds stall_;
  std::atomic<int> calls_{0};
  testing::ScriptedHandlers handlers_;
};

TEST_CASE("an open loop counts the waiting of every call that should have started meanwhile",
          "[bench][generator]") {
  StallingServer server(std::chrono::milliseconds(300));
  Slice slice;
  slice.in_flight = 1;  // the generator itself is held up, as a thread that waits would be
  slice.per_second = 500;
  slice.length = absl::Seconds(1);
  Repeating calls(kGetClock, kEndless);
  const SliceReport report = server.generator->Run(slice, calls);
  CHECK(report.failures == Failures());
  CHECK(report.succeeded == 500);
  CHECK(report.latencies.count() == 500);
  // 150 calls fell into the stall, and 100 of them waited for longer than 100 ms.
  CHECK(report.latencies.Percentile(0.82) > absl::Milliseconds(100));
  CHECK(report.latencies.max() >= absl::Milliseconds(300));
}

TEST_CASE("a closed loop sees a stall once for each call under way", "[bench][generator]") {
  StallingServer server(std::chrono::milliseconds(300));
  Slice slice;
  slice.in_flight = 1;
  slice.length = absl::Seconds(1);
  Repeating calls(kGetClock, kEndless);
  const SliceReport report = server.generator->Run(slice, calls);
  CHECK(report.succeeded > 100);
  CHECK(report.succeeded == report.latencies.count());
  CHECK(report.latencies.max() >= absl::Milliseconds(300));
  CHECK(report.latencies.Percentile(0.9) < absl::Milliseconds(100));
}

TEST_CASE("what comes in the warm-up is not counted", "[bench][generator]") {
  StallingServer server(std::chrono::milliseconds(0));
  Slice slice;
  slice.in_flight = 4;
  slice.per_second = 200;
  slice.warm_up = absl::Milliseconds(500);
  slice.length = absl::Milliseconds(500);
  Repeating calls(kGetClock, kEndless);
  const SliceReport report = server.generator->Run(slice, calls);
  CHECK(report.succeeded == 100);
  CHECK(report.length == absl::Milliseconds(500));
  CHECK_FALSE(report.ran_out);
}

TEST_CASE("a source that runs dry ends the counted stretch", "[bench][generator]") {
  StallingServer server(std::chrono::milliseconds(0));
  Slice slice;
  slice.in_flight = 8;
  slice.length = absl::Seconds(60);
  Repeating calls(kGetClock, 100);
  const SliceReport report = server.generator->Run(slice, calls);
  CHECK(report.succeeded == 100);
  CHECK(report.ran_out);
  CHECK(report.length < absl::Seconds(30));
}

TEST_CASE("failures are counted by their reason", "[bench][generator]") {
  testing::TestService service;
  testing::ScriptedHandlers handlers(
      service.seam, [](const rpc::Call&) -> async::Task<Clock> { co_return Refuse(kSoldOut); });
  REQUIRE(service.Serve(handlers).ok());
  const std::string target = "127.0.0.1:" + std::to_string(service.server->port());
  Generator generator(target, service.authority.Issue("operator"), 2);
  Slice slice;
  slice.in_flight = 3;
  Repeating sold_out(kGetClock, 7);
  CHECK(generator.Run(slice, sold_out).failures == Failures{{"SOLD_OUT", 7}});
  Repeating unknown("/houbu.nowhere.v1.NoService/Get", 5);
  const SliceReport report = generator.Run(slice, unknown);
  CHECK(report.failures == Failures{{"UNIMPLEMENTED", 5}});
  CHECK(report.succeeded == 0);
}

}  // namespace
}  // namespace houbu::bench
