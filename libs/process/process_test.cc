#include "libs/process/process.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "catch2/catch.hpp"
#include <boost/asio/ip/tcp.hpp>

#include "libs/http/client.h"
#include "libs/identity/keys.h"
#include "libs/rpc/wire.h"
#include "libs/testing/test_postgres.h"
#include "libs/testing/test_service.h"

namespace houbu::process {
namespace {

struct SampleConfig {
  CommonConfig common;
  int rounds_max = 3;

  void Bind(Binder& binder) {
    common.Bind(binder);
    binder.Optional("sample.rounds_max", &rounds_max, "Rounds.", Range{.least = 1, .most = 9});
  }
};

async::Task<int> CountArguments(std::vector<std::string> arguments) {
  co_return static_cast<int>(arguments.size());
}

Service<SampleConfig> MakeService() {
  Service<SampleConfig> service;
  service.name = "sample";
  service.build = [](Environment&, const SampleConfig&) { return Parts(); };
  Command<SampleConfig> count;
  count.name = "count";
  count.description = "Exits with the number of its arguments.";
  count.run = [](Environment&, const SampleConfig&, std::vector<std::string> arguments) {
    return CountArguments(std::move(arguments));
  };
  service.commands = {std::move(count)};
  return service;
}

int RunWith(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "houbu-sample");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  return Run(static_cast<int>(argv.size()), argv.data(), MakeService());
}

int FreePort() {
  boost::asio::io_context loop;
  const boost::asio::ip::tcp::endpoint any(boost::asio::ip::make_address("127.0.0.1"), 0);
  return boost::asio::ip::tcp::acceptor(loop, any).local_endpoint().port();
}

// A folder with all the files a service needs to start.
class Files {
 public:
  Files() : folder_(std::filesystem::temp_directory_path() / absl::StrCat("houbu-", FreePort())) {
    std::filesystem::create_directories(folder_);
    const rpc::Tls tls = authority.Issue("sample");
    Write("ca", tls.ca);
    Write("certificate", tls.certificate);
    Write("key", tls.key);
    const identity::KeyBytes seed{1, 2, 3};
    const identity::PublicKey key = identity::Signer::FromSeed(seed).public_key();
    const std::vector<identity::PublicKey> keys = {key};
    Write("keys", identity::KeySetJson(keys));
  }
  ~Files() { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return Path(name);
  }
  std::string Path(const std::string& name) const { return folder_ / name; }

  std::string Config(const std::string& conninfo) {
    return Write("config.json",
                 absl::StrCat(R"({"server": {"address": "127.0.0.1:)", port, R"("}, "admin": )",
                              R"({"address": "127.0.0.1:)", admin_port, R"("}, "tls": {"ca": ")",
                              Path("ca"), R"(", "certificate": ")", Path("certificate"),
                              R"(", "key": ")", Path("key"), R"("}, "identity": {"keys_file": ")",
                              Path("keys"), R"("}, "postgres": {"conninfo": ")", conninfo,
                              R"("}, "development": {"clock_control": true, "clock_file": ")",
                              Path("clock"), R"("}, "shutdown": {"grace": "5s"}})"));
  }

  testing::TestAuthority authority;
  const int port = FreePort();
  const int admin_port = FreePort();

 private:
  std::filesystem::path folder_;
};

TEST_CASE("a program that is misused or misconfigured ends with its exit code", "[process][exit]") {
  Files files;
  const std::string config = files.Config("host=127.0.0.1 port=1");
  CHECK(RunWith({"--version"}) == 0);
  CHECK(RunWith({"--help"}) == 0);
  CHECK(RunWith({"--config", config, "--check-config"}) == 0);
  CHECK(RunWith({"--config", config, "--print-config"}) == 0);
  CHECK(RunWith({"--no-such-flag"}) == 64);
  CHECK(RunWith({"no-such-command"}) == 64);
  CHECK(RunWith({}) == 78);
  CHECK(RunWith({"--config", files.Path("missing"), "--check-config"}) == 78);
  CHECK(RunWith({"--config", "/tmp", "--check-config"}) == 78);
  CHECK(RunWith({"--config", config, "--check-config", "--set", "sample.rounds_max=10"}) == 78);
  CHECK(RunWith({"--config", config, "--check-config", "--set",
                 absl::StrCat("tls.key=", files.Path("keys"))}) == 78);
  CHECK(RunWith({"--config", config, "count"}) == 69);
}

absl::StatusOr<development::v1::Clock> ReadClock(const rpc::Channel& channel) {
  const absl::Time give_up = absl::FromChrono(std::chrono::system_clock::now()) + absl::Seconds(20);
  for (;;) {
    absl::StatusOr<development::v1::Clock> clock =
        testing::GetClock(channel, rpc::Within(absl::Seconds(2)));
    const absl::Time now = absl::FromChrono(std::chrono::system_clock::now());
    if (clock.ok() || now > give_up) return clock;
  }
}

int StatusOf(const Files& files, const std::string& path) {
  async::WorkerPool pool(async::WorkerPoolOptions{});
  http::Client client(pool, http::ClientOptions());
  http::Request request;
  request.url = absl::StrCat("http://127.0.0.1:", files.admin_port, path);
  const absl::StatusOr<http::Response> response = testing::RunTask(client.Send(request));
  return response.ok() ? response->status : 0;
}

TEST_CASE("a service serves until it is told to stop, and keeps its moved clock",
          "[process][life]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Files files;
  const std::string config = files.Config(database->conninfo());
  const std::string address = absl::StrCat("127.0.0.1:", files.port);
  const rpc::Channel channel(address, files.authority.Issue("operator"), "");
  const rpc::Client<testing::ClockStub> client(channel);

  int exit = -1;
  std::thread first([&exit, &config] { exit = RunWith({"--config", config}); });
  CHECK(ReadClock(channel).ok());
  for (const char* path : {"/livez", "/startupz", "/readyz", "/metrics"}) {
    CAPTURE(path);
    CHECK(StatusOf(files, path) == 200);
  }
  development::v1::AdvanceClockRequest request;
  request.set_request_id("r1");
  *request.mutable_by() = rpc::ToWire(absl::Hours(1));
  const absl::StatusOr<development::v1::Clock> moved = testing::RunTask(client.Call(
      &testing::ClockStub::async_interface::AdvanceClock, request, rpc::Within(absl::Seconds(5))));
  CHECK(moved.ok());
  std::raise(SIGTERM);
  first.join();
  CHECK(exit == 0);

  std::thread second([&exit, &config] { exit = RunWith({"--config", config}); });
  const absl::StatusOr<development::v1::Clock> clock = ReadClock(channel);
  std::raise(SIGTERM);
  second.join();
  CHECK(exit == 0);
  REQUIRE(clock.ok());
  CHECK(clock->offset().seconds() == 3600);
  CHECK(RunWith({"--config", config, "count", "--a", "b", "--set", "c"}) == 4);
}

}  // namespace
}  // namespace houbu::process
