/// npm's s3rver as a private process: S3 as somebody else understands it.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

namespace houbu::account {

/// Serves one empty bucket until destroyed.
class TestS3rver final {
 public:
  /// Starts it; prints "SKIPPED: ..." and returns null where node or the package is missing.
  static std::unique_ptr<TestS3rver> OrSkip() {
    const std::filesystem::path root =
        std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path().parent_path();
    const std::filesystem::path script = root / "node_modules/s3rver/bin/s3rver.js";
    if (!std::filesystem::exists(script)) {
      WARN("SKIPPED: needs s3rver from npm: npm install --no-save");
      return nullptr;
    }
    std::unique_ptr<TestS3rver> server(new TestS3rver());
    if (!server->Start(script.string())) {
      WARN("SKIPPED: needs node to run s3rver");
      return nullptr;
    }
    return server;
  }

  ~TestS3rver() {
    if (process_ > 0) {
      kill(process_, SIGKILL);
      waitpid(process_, nullptr, 0);
    }
    if (output_ >= 0) close(output_);
    std::filesystem::remove_all(folder_);
  }
  TestS3rver(const TestS3rver&) = delete;
  TestS3rver& operator=(const TestS3rver&) = delete;

  /// "http://127.0.0.1:4568"
  const std::string& url() const { return url_; }
  static constexpr char kBucket[] = "houbu-attachments";
  static constexpr char kAccessKey[] = "S3RVER";  ///< s3rver's own; the secret is the same.

 private:
  TestS3rver() {
    std::string path = (std::filesystem::temp_directory_path() / "houbu-s3-XXXXXX").string();
    REQUIRE(mkdtemp(path.data()) != nullptr);
    folder_ = path;
  }

  // False when there is no node; a server that does not come up fails the case.
  bool Start(std::string script) {
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
    std::array<std::string, 9> words = {"node",
                                        std::move(script),
                                        "-d",
                                        folder_,
                                        "-p",
                                        "0",
                                        "--no-vhost-buckets",
                                        "--configure-bucket",
                                        kBucket};
    std::array<char*, 13> arguments{};
    for (std::size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
    std::string silent = "-s";
    std::string address_flag = "-a";
    std::string address = "127.0.0.1";
    arguments[words.size()] = address_flag.data();
    arguments[words.size() + 1] = address.data();
    arguments[words.size() + 2] = silent.data();
    const int failure = posix_spawnp(&process_, "node", &files, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
    if (failure != 0) process_ = 0;
    output_ = ends[0];  // Stays open: it ends when nobody listens.
    const std::string said = failure == 0 ? FirstWords(output_) : "";
    if (failure != 0) return false;
    const std::size_t place = said.find("127.0.0.1:");
    REQUIRE(place != std::string::npos);
    url_ = absl::StrCat("http://", said.substr(place, said.find_first_of("\n ", place) - place));
    return true;
  }

  // Reads until it says where it listens, half a minute at most.
  static std::string FirstWords(int from) {
    std::string said;
    pollfd ready{from, POLLIN, 0};
    while (said.find("listening on") == std::string::npos || said.back() != '\n') {
      std::array<char, 512> piece{};
      if (poll(&ready, 1, 30'000) <= 0) break;
      const ssize_t got = read(from, piece.data(), piece.size());
      if (got <= 0) break;
      said.append(piece.data(), static_cast<std::size_t>(got));
    }
    return said;
  }

  std::string folder_;
  std::string url_;
  pid_t process_ = 0;
  int output_ = -1;
};

}  // namespace houbu::account
