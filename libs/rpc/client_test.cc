#include "libs/rpc/client.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <catch2/catch.hpp>

#include "libs/rpc/development_clock.h"
#include "libs/rpc/wire.h"
#include "libs/testing/test_service.h"

namespace houbu::rpc {

namespace {

using development::v1::AdvanceClockRequest;
using development::v1::Clock;
using development::v1::GetClockRequest;

/// Counts the handlers at work.
class Presence final {
 public:
  void Enter() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++present_;
    changed_.notify_all();
  }
  void Leave() {
    const std::lock_guard<std::mutex> lock(mutex_);
    --present_;
  }
  int count() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return present_;
  }
  /// Waits until one is at work; false after ten seconds.
  bool WaitForOne() {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [this] { return present_ > 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int present_ = 0;
};

async::Task<Clock> AnswerAfter(absl::Duration delay, Presence* running) {
  running->Enter();
  const absl::Status slept = co_await async::Sleep(delay);
  running->Leave();
  if (!slept.ok()) co_return slept;
  co_return Clock();
}

/// The serving status of grpc.health.v1: 1 serving, 2 not serving.
std::string HealthOf(const Channel& channel) {
  const absl::StatusOr<std::string> answer = testing::RunTask(
      CallBytes(channel, "/grpc.health.v1.Health/Check", "", Within(absl::Seconds(5))));
  REQUIRE(answer.ok());
  return *answer;
}

}  // namespace

TEST_CASE("a call with too little time left is refused at once", "[rpc][client][deadline]") {
  testing::TestService service;
  Presence running;
  testing::ScriptedHandlers handlers(service.seam, [&running](const Call&) {
    return AnswerAfter(absl::ZeroDuration(), &running);
  });
  REQUIRE(service.Serve(handlers).ok());
  const absl::Status status =
      testing::GetClock(service.ConnectAs("operator"), Within(absl::Milliseconds(40))).status();
  CHECK(status.code() == absl::StatusCode::kDeadlineExceeded);
  CHECK(service.observer.Wait(true).duration < absl::Milliseconds(40));
  CHECK(testing::GetClock(service.ConnectAs("operator"), CallContext()).status().code() ==
        absl::StatusCode::kDeadlineExceeded);
}

TEST_CASE("cancelling the coroutine cancels the call at the server too", "[rpc][client][cancel]") {
  Presence running;
  testing::TestService service;
  testing::ScriptedHandlers handlers(
      service.seam, [&running](const Call&) { return AnswerAfter(absl::Seconds(20), &running); });
  REQUIRE(service.Serve(handlers).ok());
  const Client<testing::ClockStub> client(service.ConnectAs("operator"));
  boost::asio::io_context loop(1);
  boost::asio::cancellation_signal signal;
  absl::Status outcome;
  boost::asio::co_spawn(
      loop,
      client.Call(&testing::ClockStub::async_interface::GetClock, GetClockRequest(),
                  Within(absl::Seconds(9))),
      boost::asio::bind_cancellation_slot(
          signal.slot(), [&outcome](const std::exception_ptr& error, absl::StatusOr<Clock> answer) {
            outcome = error ? absl::CancelledError("thrown") : answer.status();
          }));
  loop.poll();
  CHECK(running.WaitForOne());
  signal.emit(boost::asio::cancellation_type::terminal);
  loop.run();
  CHECK(outcome.code() == absl::StatusCode::kCancelled);
  CHECK(service.observer.Wait(false).code == absl::StatusCode::kCancelled);
  CHECK(running.count() == 0);
}

TEST_CASE("cancelling calls at any moment leaves nothing behind", "[rpc][client][cancel]") {
  Presence running;
  testing::TestService service;
  testing::ScriptedHandlers handlers(service.seam, [&running](const Call&) {
    return AnswerAfter(absl::Milliseconds(2), &running);
  });
  REQUIRE(service.Serve(handlers).ok());
  const Client<testing::ClockStub> client(service.ConnectAs("operator"));
  boost::asio::io_context loop(1);
  int ended = 0;
  constexpr int kCalls = 200;
  for (int i = 0; i < kCalls; ++i) {
    boost::asio::cancellation_signal signal;
    bool done = false;
    boost::asio::co_spawn(
        loop,
        client.Call(&testing::ClockStub::async_interface::GetClock, GetClockRequest(),
                    Within(absl::Seconds(9))),
        boost::asio::bind_cancellation_slot(
            signal.slot(), [&ended, &done](const std::exception_ptr&, absl::StatusOr<Clock>) {
              ++ended;
              done = true;
            }));
    boost::asio::steady_timer timer(loop, std::chrono::microseconds(37 * i));
    timer.async_wait([&signal](const boost::system::error_code& error) {
      if (!error) signal.emit(boost::asio::cancellation_type::terminal);
    });
    loop.restart();
    while (!done) loop.run_one();
    timer.cancel();
    loop.restart();
    loop.run();
  }
  CHECK(ended == kCalls);
}

TEST_CASE("a peer that is away is UNAVAILABLE", "[rpc][client]") {
  testing::TestService service;
  const Channel channel("127.0.0.1:1", service.authority.Issue("slot"), "");
  CHECK(testing::GetClock(channel, Within(absl::Seconds(2))).status().code() ==
        absl::StatusCode::kUnavailable);
}

TEST_CASE("a server tells which services it has", "[rpc][server][reflection]") {
  Presence running;
  testing::TestService service;
  testing::ScriptedHandlers handlers(service.seam, [&running](const Call&) {
    return AnswerAfter(absl::ZeroDuration(), &running);
  });
  REQUIRE(service.Serve(handlers).ok());
  // One ServerReflectionRequest with an empty list_services, as a stream of one message.
  const std::string list_services("\x3a\x00", 2);
  const absl::StatusOr<std::string> answer =
      testing::RunTask(CallBytes(service.ConnectAs("operator"),
                                 "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                 list_services, Within(absl::Seconds(5))));
  REQUIRE(answer.ok());
  CHECK(answer->find("houbu.development.v1.ClockService") != std::string::npos);
}

TEST_CASE("draining says NOT_SERVING and lets running calls finish", "[rpc][server][drain]") {
  Presence running;
  testing::TestService service;
  testing::ScriptedHandlers handlers(service.seam, [&running](const Call&) {
    return AnswerAfter(absl::Milliseconds(300), &running);
  });
  REQUIRE(service.Serve(handlers).ok());
  const Channel channel = service.ConnectAs("operator");
  CHECK(HealthOf(channel) == "\x08\x01");
  service.server->SetServing(false);
  CHECK(HealthOf(channel) == "\x08\x02");
  absl::Status outcome = absl::UnknownError("not ended");
  std::thread caller(
      [&] { outcome = testing::GetClock(channel, Within(absl::Seconds(5))).status(); });
  CHECK(running.WaitForOne());
  service.server->Drain(absl::Seconds(5));
  caller.join();
  CHECK(outcome.ok());
  CHECK(running.count() == 0);
}

TEST_CASE("draining cancels what outlives the grace", "[rpc][server][drain]") {
  Presence running;
  testing::TestService service;
  testing::ScriptedHandlers handlers(
      service.seam, [&running](const Call&) { return AnswerAfter(absl::Seconds(20), &running); });
  REQUIRE(service.Serve(handlers).ok());
  const Channel channel = service.ConnectAs("operator");
  std::thread caller([&] { testing::GetClock(channel, Within(absl::Seconds(9))).IgnoreError(); });
  CHECK(running.WaitForOne());
  service.server->Drain(absl::Milliseconds(50));
  caller.join();
  CHECK(running.count() == 0);
}

TEST_CASE("an operator moves the development clock once per request_id", "[rpc][clock][X-01]") {
  const SystemClock system;
  MovableClock clock(system);
  testing::TestService service;
  ClockHandlers handlers(service.seam, clock, nullptr);
  REQUIRE(service.Serve(handlers).ok());
  const Channel channel = service.ConnectAs("operator");
  const Client<testing::ClockStub> client(channel);
  AdvanceClockRequest request;
  request.set_request_id("r1");
  *request.mutable_by() = ToWire(absl::Hours(1));
  for (int i = 0; i < 2; ++i) {
    const auto answer = testing::RunTask(client.Call(
        &testing::ClockStub::async_interface::AdvanceClock, request, Within(absl::Seconds(5))));
    REQUIRE(answer.ok());
    CHECK(*FromWire(answer->offset()) == absl::Hours(1));
  }
  *request.mutable_by() = ToWire(absl::Hours(2));
  const absl::Status reused =
      testing::RunTask(client.Call(&testing::ClockStub::async_interface::AdvanceClock, request,
                                   Within(absl::Seconds(5))))
          .status();
  CHECK(ReasonOf(reused) == "REQUEST_ID_REUSED");
  request.set_request_id("r2");
  for (const absl::Duration by : {absl::ZeroDuration(), absl::Hours(-1), absl::Hours(24 * 401)}) {
    *request.mutable_by() = ToWire(by);
    const absl::Status refused =
        testing::RunTask(client.Call(&testing::ClockStub::async_interface::AdvanceClock, request,
                                     Within(absl::Seconds(5))))
            .status();
    REQUIRE(ViolationsOf(refused).size() == 1);
    CHECK(ViolationsOf(refused)[0].field == "by");
  }
  CHECK(clock.offset() == absl::Hours(1));
}

}  // namespace houbu::rpc
