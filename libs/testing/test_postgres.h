/// A fresh PostgreSQL database for one test case.
#pragma once

#include <memory>
#include <string>

namespace houbu::testing {

/// A database made for this object and dropped with it.
///
/// The case begins with
///   const auto database = testing::TestPostgres::OrSkip();
///   if (!database) return;
/// so that without a server it reports itself as skipped, with the reason.
class TestPostgres final {
 public:
  /// Creates the database on the server whose admin conninfo is in the environment variable
  /// HOUBU_TEST_PG. Without the variable: prints "SKIPPED: ..." and returns null. A server that
  /// cannot be reached fails the case.
  static std::unique_ptr<TestPostgres> OrSkip();

  /// Drops the database, throwing off whoever is still connected.
  ~TestPostgres();

  TestPostgres(const TestPostgres&) = delete;
  TestPostgres& operator=(const TestPostgres&) = delete;

  /// How to connect to the database.
  const std::string& conninfo() const { return conninfo_; }

  /// Runs SQL (several statements allowed) on a connection of its own; fails the case on an error.
  void Execute(const std::string& sql) const;

 private:
  TestPostgres(std::string admin_conninfo, std::string name);
  std::string admin_conninfo_;
  std::string name_;
  std::string conninfo_;
};

}  // namespace houbu::testing
