/// What the provider port's contract runs on: memory, and the sandbox provider's program.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>

#include "libs/http/client.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "services/payment/app/memory_provider.h"
#include "services/payment/peers/sandbox_provider.h"

namespace houbu::payment {

/// The provider in memory.
class MemorySubject final {
 public:
  /// Always there.
  bool ready() const { return true; }
  /// The provider under test.
  Provider& provider() { return provider_; }
  /// Runs a task to its end.
  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return testing::RunTask(std::move(task));
  }
  /// The payer pays.
  void Pay(const PaymentId& payment) { provider_.Pay(payment, absl::FromUnixSeconds(1)); }
  /// Waits for a refund in process to end.
  void Settle(const std::string& name) {
    provider_.EndRefund(name, true, absl::FromUnixSeconds(2));
  }
  /// Sends the provider away.
  void Leave() { provider_.away = true; }

 private:
  MemoryProvider provider_;
};

/// The sandbox provider's program, spoken to over HTTP; not ready where it cannot be run.
class SandboxSubject final {
 public:
  SandboxSubject() : folder_(std::filesystem::temp_directory_path() / FolderName()) {
    const std::filesystem::path built = std::filesystem::read_symlink("/proc/self/exe");
    const std::filesystem::path here = (built.parent_path() / __FILE__).lexically_normal();
    const std::filesystem::path root = here.parent_path().parent_path().parent_path().parent_path();
    const std::string script = root / "tools/counterparties/provider.py";
    if (!std::filesystem::exists(script) || !std::filesystem::exists("/usr/bin/python3")) {
      WARN("SKIPPED: the sandbox provider's program cannot be run here");
      return;
    }
    std::filesystem::create_directory(folder_);
    const std::string secret = folder_ / "secret";
    std::ofstream(secret) << std::string(64, 'b') << "\n";
    Spawn(script, secret);
    SandboxOptions options;
    options.url = url_;
    options.notify_url = "http://127.0.0.1:9/callbacks/sandbox";
    provider_ = std::make_unique<SandboxProvider>(
        client_, clock_, *secrets::Key::FromHex(std::string(64, 'b')), options);
  }

  ~SandboxSubject() {
    Leave();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  SandboxSubject(const SandboxSubject&) = delete;
  SandboxSubject& operator=(const SandboxSubject&) = delete;

  /// Tells whether the program runs.
  bool ready() const { return provider_ != nullptr; }
  /// The provider under test.
  Provider& provider() { return *provider_; }
  /// Runs a task to its end.
  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return testing::RunTask(loop_, std::move(task));
  }
  /// The payer pays.
  void Pay(const PaymentId& payment) {
    REQUIRE(Ask("POST", absl::StrCat("/_control/pay/", payment.value())) == 200);
  }
  /// Waits for a refund in process to end.
  void Settle(const std::string& name) {
    for (int tries = 0; tries < 500; ++tries) {
      const auto fact = Run(provider_->QueryRefund(PaymentId("py-1"), name));
      if (fact.ok() && fact->state != RefundFact::State::kProcessing) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    FAIL("the refund did not end");
  }
  /// Sends the provider away.
  void Leave() {
    if (pid_ <= 0) return;
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  static std::string FolderName() { return absl::StrCat("houbu-provider-", getpid()); }

  int Ask(const std::string& method, const std::string& path) {
    http::Request request;
    request.method = method;
    request.url = absl::StrCat(url_, path);
    const auto answer = Run(client_.Send(request));
    return answer.ok() ? answer->status : 0;
  }

  void Spawn(const std::string& script, const std::string& secret) {
    std::string port;
    {
      boost::asio::ip::tcp::acceptor free(loop_, {boost::asio::ip::make_address("127.0.0.1"), 0});
      port = absl::StrCat(free.local_endpoint().port());
    }
    url_ = absl::StrCat("http://127.0.0.1:", port);
    std::string python = "/usr/bin/python3";
    std::vector<std::string> words = {python, script, "--port", port, "--secret-file", secret};
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const std::string log = folder_ / "log";
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, log.c_str(), O_WRONLY | O_CREAT, 0600);
    const int spawned =
        posix_spawn(&pid_, python.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    REQUIRE(spawned == 0);
    for (int tries = 0; tries < 500; ++tries) {
      if (Ask("GET", "/_health") == 200) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    FAIL("the provider did not start");
  }

  std::filesystem::path folder_;
  pid_t pid_ = 0;
  std::string url_;
  SystemClock clock_;
  boost::asio::io_context loop_{1};
  async::WorkerPool workers_{async::WorkerPoolOptions()};
  http::Client client_{workers_, http::ClientOptions()};
  std::unique_ptr<SandboxProvider> provider_;
};

}  // namespace houbu::payment
