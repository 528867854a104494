/// A whole service in a test: a real server with real certificates, its loop and its handlers.
#pragma once

#include <absl/status/status.h>
#include <prometheus/registry.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/rpc/client.h"
#include "libs/rpc/server.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_authority.h"

#include "houbu/development/v1/clock.grpc.pb.h"

namespace houbu::testing {

using ClockStub = development::v1::ClockService::Stub;

/// Keeps what it is told.
class RecordingObserver final : public rpc::CallObserver {
 public:
  void OnCall(const rpc::CallRecord& record) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    records_.push_back(record);
    changed_.notify_all();
  }

  /// Waits for the first record of one direction; fails the case after ten seconds.
  rpc::CallRecord Wait(bool outgoing) {
    std::unique_lock<std::mutex> lock(mutex_);
    std::optional<rpc::CallRecord> found;
    changed_.wait_for(lock, std::chrono::seconds(10), [this, outgoing, &found] {
      for (const rpc::CallRecord& record : records_) {
        if (record.outgoing == outgoing) found = record;
      }
      return found.has_value();
    });
    REQUIRE(found.has_value());
    return *found;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<rpc::CallRecord> records_;
};

/// Answers GetClock and AdvanceClock as the test says.
class ScriptedHandlers final : public development::v1::ClockService::CallbackService {
 public:
  using Answer = std::function<async::Task<development::v1::Clock>(const rpc::Call&)>;

  ScriptedHandlers(rpc::Seam& seam, Answer answer) : seam_(seam), answer_(std::move(answer)) {}

  grpc::ServerUnaryReactor* GetClock(grpc::CallbackServerContext* context,
                                     const development::v1::GetClockRequest* request,
                                     development::v1::Clock* response) override {
    return seam_.Run(context, request, response, this, &ScriptedHandlers::Get);
  }

  grpc::ServerUnaryReactor* AdvanceClock(grpc::CallbackServerContext* context,
                                         const development::v1::AdvanceClockRequest* request,
                                         development::v1::Clock* response) override {
    return seam_.Run(context, request, response, this, &ScriptedHandlers::Advance);
  }

 private:
  async::Task<development::v1::Clock> Get(const rpc::Call& call,
                                          const development::v1::GetClockRequest&) {
    return answer_(call);
  }
  async::Task<development::v1::Clock> Advance(const rpc::Call& call,
                                              const development::v1::AdvanceClockRequest&) {
    return answer_(call);
  }

  rpc::Seam& seam_;
  Answer answer_;
};

/// Serves gRPC services on a loop and thread of its own until destroyed.
class TestService final {
 public:
  /// Takes the tokens "good" (of accounts/ac-1) from the gateway, nothing else.
  static absl::StatusOr<rpc::TokenSubject> CheckToken(absl::string_view token) {
    if (token != "good") return absl::UnauthenticatedError("a bad token");
    return rpc::TokenSubject{.account = "accounts/ac-1", .session = "s1"};
  }

  explicit TestService(rpc::SeamOptions options = {})
      : server_metrics(registry, rpc::CallMetrics::Side::kServer),
        client_metrics(registry, rpc::CallMetrics::Side::kClient),
        seam(loop.get_executor(), rpc::Authenticator(CheckToken, {"gateway"}), server_metrics,
             observer, options) {}

  ~TestService() {
    server.reset();
    work_.reset();
    if (thread_.joinable()) thread_.join();
  }

  /// Starts to serve; gives why not.
  absl::Status Serve(grpc::Service& service) {
    return Serve(std::vector<grpc::Service*>(1, &service));
  }

  /// Likewise, with several.
  absl::Status Serve(const std::vector<grpc::Service*>& services) {
    rpc::ServerOptions options;
    options.address = "127.0.0.1:0";
    options.tls = authority.Issue("clock");
    auto started = rpc::Server::Start(options, seam, services);
    if (!started.ok()) return started.status();
    server = *std::move(started);
    thread_ = std::thread([this] { loop.run(); });
    return absl::OkStatus();
  }

  /// Connects as a peer with these certificates.
  rpc::Channel Connect(const rpc::Tls& tls) {
    rpc::ChannelOptions options;
    options.metrics = &client_metrics;
    options.observer = &observer;
    return rpc::Channel("127.0.0.1:" + std::to_string(server->port()), tls, "", options);
  }

  /// Connects as the service of this name.
  rpc::Channel ConnectAs(const std::string& name) { return Connect(authority.Issue(name)); }

  TestAuthority authority;
  boost::asio::io_context loop{1};
  prometheus::Registry registry;
  RecordingObserver observer;
  rpc::CallMetrics server_metrics;
  rpc::CallMetrics client_metrics;
  rpc::Seam seam;
  std::unique_ptr<rpc::Server> server;

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      loop.get_executor()};
  std::thread thread_;
};

/// Calls GetClock over the channel and gives the outcome.
inline absl::StatusOr<development::v1::Clock> GetClock(const rpc::Channel& channel,
                                                       const rpc::CallContext& context) {
  const rpc::Client<ClockStub> client(channel);
  return RunTask(client.Call(&ClockStub::async_interface::GetClock,
                             development::v1::GetClockRequest(), context));
}

}  // namespace houbu::testing
