#include "libs/observe/readiness.h"

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "catch2/catch.hpp"

#include "libs/testing/run_task.h"

namespace houbu::observe {
namespace {

using std::chrono::milliseconds;

async::Task<void> Give(absl::Status status) { co_return status; }

TEST_CASE("a process is ready when nothing it needs is missing", "[observe][readiness]") {
  std::chrono::steady_clock::time_point now;
  absl::Status postgres = absl::UnavailableError("connection refused");
  Readiness readiness([&now] { return now; });
  Check check;
  check.name = "postgres";
  check.ask = [&postgres] { return Give(postgres); };
  readiness.Add(check);
  CHECK(readiness.missing().count("postgres") == 1);

  CHECK(testing::RunTask(readiness.Ask("postgres")).ok());
  CHECK(readiness.missing().at("postgres").message() == "connection refused");

  postgres = absl::OkStatus();
  CHECK(testing::RunTask(readiness.Ask("postgres")).ok());
  CHECK(readiness.missing().empty());

  postgres = absl::UnavailableError("gone");
  CHECK(testing::RunTask(readiness.Ask("postgres")).ok());
  CHECK(readiness.missing().size() == 1);
}

TEST_CASE("a question that hangs makes its thing missing", "[observe][readiness]") {
  std::chrono::steady_clock::time_point now;
  Readiness readiness([&now] { return now; });
  Check check;
  check.name = "redis";
  check.ask = [] { return Give(absl::OkStatus()); };
  readiness.Add(check);
  CHECK(testing::RunTask(readiness.Ask("redis")).ok());
  now += Readiness::kStaleAfter;
  CHECK(readiness.missing().empty());
  now += milliseconds(1);
  CHECK(absl::IsDeadlineExceeded(readiness.missing().at("redis")));
}

TEST_CASE("a stage of the process's own life keeps it unready", "[observe][readiness]") {
  Readiness readiness;
  readiness.Set("migrations", absl::UnavailableError("running"));
  CHECK(readiness.missing().count("migrations") == 1);
  readiness.Set("migrations", absl::OkStatus());
  CHECK(readiness.missing().empty());
}

}  // namespace
}  // namespace houbu::observe
