#include "libs/async/retry.h"

#include <vector>

#include <catch2/catch.hpp>

#include "libs/async/status_macros.h"
#include "libs/testing/run_task.h"

namespace houbu::async {
namespace {

RetryPolicy Quick(int attempts_max) {
  RetryPolicy policy;
  policy.attempts_max = attempts_max;
  policy.backoff_first = absl::Microseconds(10);
  policy.backoff_max = absl::Microseconds(100);
  return policy;
}

// Ends with the answers in turn.
class Script final {
 public:
  explicit Script(std::vector<absl::StatusOr<int>> answers) : answers_(std::move(answers)) {}
  Task<int> Next() { co_return answers_.at(asked_++); }
  std::function<Task<int>()> Attempt() {
    return [this] { return Next(); };
  }
  std::size_t asked() const { return asked_; }

 private:
  std::vector<absl::StatusOr<int>> answers_;
  std::size_t asked_ = 0;
};

absl::StatusOr<int> Run(Script& script, int attempts_max) {
  return testing::RunTask(Retry<int>(Quick(attempts_max), script.Attempt()));
}

Task<int> Twice(Script& script) {
  CO_RETURN_IF_ERROR(co_await script.Next());
  ASSIGN_OR_CO_RETURN(const int value, co_await script.Next());
  co_return value * 2;
}

}  // namespace

TEST_CASE("a lost race and an outage are tried again", "[async][retry]") {
  Script script({absl::AbortedError("race"), absl::UnavailableError("away"), 7});
  CHECK(*Run(script, 4) == 7);
  CHECK(script.asked() == 3);
}

TEST_CASE("a retry ends with the last failure after the last try", "[async][retry]") {
  Script script({absl::AbortedError("1"), absl::AbortedError("2"), absl::AbortedError("3"), 7});
  CHECK(Run(script, 3).status().message() == "3");
  CHECK(script.asked() == 3);
}

TEST_CASE("a refusal is not tried again", "[async][retry]") {
  Script script({absl::FailedPreconditionError("no"), 7});
  CHECK(absl::IsFailedPrecondition(Run(script, 4).status()));
  CHECK(script.asked() == 1);
}

TEST_CASE("a back-off doubles up to its bound and loses at most half", "[async][retry]") {
  RetryPolicy policy;
  policy.backoff_first = absl::Milliseconds(10);
  policy.backoff_max = absl::Milliseconds(55);
  const absl::Duration whole[] = {absl::Milliseconds(10), absl::Milliseconds(20),
                                  absl::Milliseconds(40), absl::Milliseconds(55)};
  for (int i = 0; i < 200; ++i) {
    const absl::Duration pause = Backoff(policy, i + 1);
    const absl::Duration bound = whole[std::min(i, 3)];
    CAPTURE(i);
    CHECK(pause <= bound);
    CHECK(pause >= bound / 2);
  }
}

TEST_CASE("failures end a coroutine where they occur", "[async][macros]") {
  Script fine({1, 21});
  CHECK(*testing::RunTask(Twice(fine)) == 42);
  Script first({absl::AbortedError("first"), 21});
  CHECK(testing::RunTask(Twice(first)).status().message() == "first");
  CHECK(first.asked() == 1);
  Script second({1, absl::AbortedError("second")});
  CHECK(testing::RunTask(Twice(second)).status().message() == "second");
}

}  // namespace houbu::async
