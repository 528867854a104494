/// The fake Alipay's program, spoken to over HTTP, with a payer who scans every code at once: only
/// then there is a trade at Alipay, which the provider port's contract takes for granted.
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
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>

#include "libs/async/status_macros.h"
#include "libs/base/clock.h"
#include "libs/http/client.h"
#include "libs/testing/run_task.h"
#include "services/payment/peers/alipay_gateway.h"
#include "services/payment/peers/alipay_provider.h"
#include "services/payment/peers/alipay_wire.h"

namespace houbu::payment {

/// A folder of keys, made once for all tests of a program.
class AlipayKeyFolder final {
 public:
  AlipayKeyFolder()
      : path_(std::filesystem::temp_directory_path() /
              absl::StrCat("houbu-alipay-", static_cast<int>(getpid()))) {}
  ~AlipayKeyFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  AlipayKeyFolder(const AlipayKeyFolder&) = delete;
  AlipayKeyFolder& operator=(const AlipayKeyFolder&) = delete;

  /// The one of this program.
  static const std::filesystem::path& Path() {
    static const AlipayKeyFolder folder;
    return folder.path_;
  }
  /// The whole text of a file in it.
  static std::string Text(const std::string& name) {
    std::ifstream file(Path() / name);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  /// What `keys.json` calls so.
  static std::string Named(const std::string& name) {
    return nlohmann::json::parse(Text("keys.json"))[name].get<std::string>();
  }

 private:
  std::filesystem::path path_;
};

/// The fake Alipay's program, one for all tests of a program.
class AlipayProgram final {
 public:
  AlipayProgram() {
    const std::filesystem::path built = std::filesystem::read_symlink("/proc/self/exe");
    const std::filesystem::path here = (built.parent_path() / __FILE__).lexically_normal();
    const std::filesystem::path root = here.parent_path().parent_path().parent_path().parent_path();
    const std::string script = root / "tools/counterparties/alipay.py";
    if (std::filesystem::exists(script) && std::filesystem::exists("/usr/bin/python3")) {
      Spawn(script);
    }
  }
  ~AlipayProgram() {
    if (pid_ <= 0) return;
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  AlipayProgram(const AlipayProgram&) = delete;
  AlipayProgram& operator=(const AlipayProgram&) = delete;

  /// Where it is; "" where it cannot be run.
  static const std::string& Url() {
    AlipayKeyFolder::Path();  // Made before and removed after the program.
    static const AlipayProgram program;
    return program.url_;
  }

 private:
  void Spawn(const std::string& script) {
    std::string port;
    {
      boost::asio::io_context loop(1);
      boost::asio::ip::tcp::acceptor free(loop, {boost::asio::ip::make_address("127.0.0.1"), 0});
      port = absl::StrCat(free.local_endpoint().port());
    }
    std::string python = "/usr/bin/python3";
    const std::string folder = AlipayKeyFolder::Path();
    std::vector<std::string> words = {python, script, "--port", port, "--keys", folder};
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    const int spawned =
        posix_spawn(&pid_, python.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (spawned == 0) url_ = absl::StrCat("http://127.0.0.1:", port);
  }

  pid_t pid_ = 0;
  std::string url_;
};

/// The fake Alipay; not ready where it cannot be run.
class AlipaySubject final {
 public:
  AlipaySubject() : base_(AlipayProgram::Url()) {
    if (base_.empty()) {
      WARN("SKIPPED: the fake Alipay's program cannot be run here");
      return;
    }
    WaitUntilUp();
    REQUIRE(Ask("DELETE", "/_state", "").status == 200);
    REQUIRE(Ask("POST", "/_control/reset", "").status == 200);
    Switch(R"({"clock_offset_ms": 0})");
    options_.url = absl::StrCat(base_, "/gateway.do");
    options_.app_id = AlipayKeyFolder::Named("app_id");
    options_.seller_id = AlipayKeyFolder::Named("seller_id");
    options_.subject = "票";
    Trust({"alipay.pub"});
  }
  AlipaySubject(const AlipaySubject&) = delete;
  AlipaySubject& operator=(const AlipaySubject&) = delete;

  /// Tells whether the program runs.
  bool ready() const { return gateway_ != nullptr; }
  /// The provider under test.
  Provider& provider() { return *scanned_; }
  /// The provider without the payer who scans at once.
  Provider& unscanned() { return *provider_; }
  /// The gateway under the provider.
  AlipayGateway& gateway() { return *gateway_; }
  /// How the gateway is asked; takes effect with Trust().
  AlipayOptions& options() { return options_; }

  /// Believes these keys of the folder from now on.
  void Trust(const std::vector<std::string>& names) {
    AlipayKeys keys;
    for (const std::string& name : names) {
      keys.push_back(*secrets::RsaVerifier::FromPem(AlipayKeyFolder::Text(name)));
    }
    scanned_.reset();
    provider_.reset();
    gateway_ = std::make_unique<AlipayGateway>(
        client_, clock_, *secrets::RsaSigner::FromPem(AlipayKeyFolder::Text("app.key")),
        std::move(keys), options_);
    provider_ = std::make_unique<AlipayProvider>(*gateway_);
    scanned_ = std::make_unique<Scanning>(*this);
  }

  /// Moves our clock and the program's ahead.
  void Advance(absl::Duration by) {
    clock_.Advance(by);
    const std::int64_t offset_ms = absl::ToInt64Milliseconds(clock_.offset());
    Switch(absl::StrCat("{\"clock_offset_ms\": ", offset_ms, "}"));
  }
  /// The time, as moved.
  absl::Time Now() const { return clock_.Now(); }
  /// What files are got with.
  http::Client& client() { return client_; }
  /// What files are read on.
  async::WorkerPool& workers() { return workers_; }

  /// Runs a task to its end.
  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return testing::RunTask(loop_, std::move(task));
  }
  /// The payer pays.
  void Pay(const PaymentId& payment) { Control("pay", payment); }
  /// The payer scans the code.
  void Scan(const PaymentId& payment) { Control("scan", payment); }
  /// Sets the program's switches: a JSON object.
  void Switch(const std::string& switches) {
    REQUIRE(Ask("POST", "/_control", switches).status == 200);
  }
  /// The program's books.
  nlohmann::json Books() { return nlohmann::json::parse(Ask("GET", "/_state", "").body); }
  /// Waits for a refund in process to end: they end at once.
  void Settle(const std::string&) {}
  /// Sends the provider away: nobody listens where it is looked for.
  void Leave() {
    options_.url = "http://127.0.0.1:1/gateway.do";
    Trust({"alipay.pub"});
  }

 private:
  class Scanning final : public Provider {
   public:
    explicit Scanning(AlipaySubject& subject) : subject_(subject) {}
    Task<OrderFact> Create(OrderRequest request) override {
      http::Request scan;
      scan.method = "POST";
      scan.url = subject_.ControlUrl("scan", request.payment);
      ASSIGN_OR_CO_RETURN(OrderFact fact, co_await subject_.provider_->Create(std::move(request)));
      CO_RETURN_IF_ERROR(co_await subject_.client_.Send(std::move(scan)));
      co_return fact;
    }
    Task<OrderFact> Query(PaymentId payment) override {
      return subject_.provider_->Query(std::move(payment));
    }
    Task<OrderFact> Close(PaymentId payment) override {
      return subject_.provider_->Close(std::move(payment));
    }
    Task<RefundFact> Refund(RefundRequest request) override {
      return subject_.provider_->Refund(std::move(request));
    }
    Task<RefundFact> QueryRefund(PaymentId payment, std::string merchant_refund) override {
      return subject_.provider_->QueryRefund(std::move(payment), std::move(merchant_refund));
    }

   private:
    AlipaySubject& subject_;
  };

  std::string ControlUrl(const std::string& verb, const PaymentId& payment) const {
    return absl::StrCat(base_, "/_control/", verb, "/", NameAtAlipay(payment.value()));
  }
  void Control(const std::string& verb, const PaymentId& payment) {
    REQUIRE(Send("POST", ControlUrl(verb, payment), "").status == 200);
  }
  http::Response Ask(const std::string& method, const std::string& path, const std::string& body) {
    return Send(method, absl::StrCat(base_, path), body);
  }
  http::Response Send(const std::string& method, const std::string& url, const std::string& body) {
    http::Request request;
    request.method = method;
    request.url = url;
    request.body = body;
    const auto answer = Run(client_.Send(request));
    return answer.ok() ? *answer : http::Response{0, {}, ""};
  }

  void WaitUntilUp() {
    for (int tries = 0; tries < 500; ++tries) {
      if (Ask("GET", "/_health", "").status == 200) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    FAIL("the fake Alipay did not start");
  }

  std::string base_;
  SystemClock system_clock_;
  MovableClock clock_{system_clock_};
  AlipayOptions options_;
  boost::asio::io_context loop_{1};
  async::WorkerPool workers_{async::WorkerPoolOptions()};
  http::Client client_{workers_, http::ClientOptions()};
  std::unique_ptr<AlipayGateway> gateway_;
  std::unique_ptr<AlipayProvider> provider_;
  std::unique_ptr<Provider> scanned_;
};

}  // namespace houbu::payment
