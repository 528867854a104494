/// An empty Redis for one test case.
#pragma once

#include <memory>
#include <string>

namespace houbu::testing {

/// The Redis server set aside for tests, emptied: data and function libraries.
///
/// The case begins with
///   const auto server = testing::TestRedis::OrSkip();
///   if (!server) return;
class TestRedis final {
 public:
  /// Empties the server at host:port of the environment variable HOUBU_TEST_REDIS. Without the
  /// variable: prints "SKIPPED: ..." and returns null. A server that cannot be reached fails the
  /// case.
  static std::unique_ptr<TestRedis> OrSkip();

  /// Where the server is.
  const std::string& host() const { return host_; }

  /// Where the server is.
  int port() const { return port_; }

  /// Empties the server again: what losing Redis looks like.
  void Flush() const;

 private:
  TestRedis(std::string host, int port);
  std::string host_;
  int port_;
};

}  // namespace houbu::testing
