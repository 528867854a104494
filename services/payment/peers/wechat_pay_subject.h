/// The fake WeChat Pay's program, spoken to over HTTP, as a subject of the provider port's
/// contract.
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
#include <vector>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>

#include "libs/http/client.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "services/payment/peers/wechat_pay_provider.h"

namespace houbu::payment {

/// The fake WeChat Pay; not ready where its program cannot be run.
class WechatPaySubject final {
 public:
  WechatPaySubject() : folder_(KeysFolder()) {
    const std::filesystem::path built = std::filesystem::read_symlink("/proc/self/exe");
    const std::filesystem::path here = (built.parent_path() / __FILE__).lexically_normal();
    const std::filesystem::path root = here.parent_path().parent_path().parent_path().parent_path();
    const std::string script = root / "tools/counterparties/wechat_pay.py";
    if (!std::filesystem::exists(script) || !std::filesystem::exists("/usr/bin/python3")) {
      WARN("SKIPPED: the fake WeChat Pay's program cannot be run here");
      return;
    }
    std::filesystem::create_directories(folder_);
    Spawn(script);
    ReadKeys();
    provider_ = std::make_unique<WechatPayProvider>(client_, client_, clock_, *signer_,
                                                    *platform_keys_, options_);
  }

  ~WechatPaySubject() { Leave(); }
  WechatPaySubject(const WechatPaySubject&) = delete;
  WechatPaySubject& operator=(const WechatPaySubject&) = delete;

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
      const auto fact = Run(provider_->QueryRefund(PaymentId("py-order-1"), name));
      if (fact.ok() && fact->state != RefundFact::State::kProcessing) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    FAIL("the refund did not end");
  }
  /// Sets switches of the program: {"slow": {"ms": 300}}.
  void Switch(const std::string& switches) { REQUIRE(Ask("POST", "/_control", switches) == 200); }
  /// What only WeChat Pay can.
  WechatPayProvider& wechat_pay() { return *provider_; }
  /// The serial of the platform's certificate.
  const std::string& certificate_serial() const { return certificate_serial_; }
  /// The serial of the platform's public key.
  const std::string& public_key_id() const { return public_key_id_; }
  /// Sends the provider away.
  void Leave() {
    if (pid_ <= 0) return;
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  // One folder for all cases of a run, removed at its end: making keys takes long.
  static std::filesystem::path KeysFolder() {
    struct Folder {
      std::filesystem::path path =
          std::filesystem::temp_directory_path() / absl::StrCat("houbu-wechat-pay-", getpid());
      ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
      }
    };
    static const Folder folder;
    return folder.path;
  }

  int Ask(const std::string& method, const std::string& path, const std::string& body = "") {
    http::Request request;
    request.method = method;
    request.url = absl::StrCat(url_, path);
    request.body = body;
    const auto answer = Run(client_.Send(request));
    return answer.ok() ? answer->status : 0;
  }

  void ReadKeys() {
    std::ifstream file(folder_ / "keys.json");
    const nlohmann::json names = nlohmann::json::parse(file);
    options_.url = url_;
    options_.merchant = {names["app_id"].get<std::string>(), names["mch_id"].get<std::string>()};
    options_.merchant_serial = names["merchant_serial"].get<std::string>();
    options_.notify_url = "http://127.0.0.1:9/callbacks/wechat_pay";
    options_.description = "Tickets";
    certificate_serial_ = names["platform_serials"][0].get<std::string>();
    public_key_id_ = names["platform_serials"][1].get<std::string>();
    const nlohmann::json& files = names["platform_key_files"];
    const std::vector<std::string> entries = {
        absl::StrCat(certificate_serial_, "=", files[0].get<std::string>()),
        absl::StrCat(public_key_id_, "=", files[1].get<std::string>())};
    platform_keys_ = std::make_unique<WechatPayKeys>(*WechatPayKeys::Load(entries));
    const std::string pem = *secrets::LoadSecretFile(names["merchant_key_file"].get<std::string>());
    signer_ = std::make_unique<secrets::RsaSigner>(*secrets::RsaSigner::FromPem(pem));
  }

  void Spawn(const std::string& script) {
    std::string port;
    {
      boost::asio::ip::tcp::acceptor free(loop_, {boost::asio::ip::make_address("127.0.0.1"), 0});
      port = absl::StrCat(free.local_endpoint().port());
    }
    url_ = absl::StrCat("http://127.0.0.1:", port);
    std::string python = "/usr/bin/python3";
    const std::string keys = folder_;
    std::vector<std::string> words = {python, script, "--port", port, "--keys", keys};
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
    for (int tries = 0; tries < 1500; ++tries) {
      if (Ask("GET", "/_health") == 200) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    FAIL("the fake WeChat Pay did not start");
  }

  std::filesystem::path folder_;
  pid_t pid_ = 0;
  std::string url_;
  std::string certificate_serial_;
  std::string public_key_id_;
  SystemClock clock_;
  boost::asio::io_context loop_{1};
  async::WorkerPool workers_{async::WorkerPoolOptions()};
  http::Client client_{workers_, http::ClientOptions()};
  WechatPayOptions options_;
  std::unique_ptr<WechatPayKeys> platform_keys_;
  std::unique_ptr<secrets::RsaSigner> signer_;
  std::unique_ptr<WechatPayProvider> provider_;
};

}  // namespace houbu::payment
