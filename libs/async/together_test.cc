#include "libs/async/together.h"

#include <catch2/catch.hpp>

#include "libs/testing/run_task.h"

namespace houbu::async {
namespace {

Task<void> Step(std::vector<int>* steps, int number, absl::Duration pause) {
  steps->push_back(number);
  const absl::Status slept = co_await Sleep(pause);
  steps->push_back(-number);
  co_return number == 2 ? absl::InternalError("two") : slept;
}

}  // namespace

TEST_CASE("parts run side by side and all end before the whole", "[async][together]") {
  std::vector<int> steps;
  std::vector<std::function<Task<void>()>> parts;
  for (int i = 1; i <= 3; ++i) {
    parts.emplace_back([&steps, i] { return Step(&steps, i, absl::Milliseconds(40 - 10 * i)); });
  }
  const absl::Status outcome = testing::RunTask(Together(std::move(parts)));
  CHECK(steps == std::vector<int>{1, 2, 3, -3, -2, -1});
  CHECK(outcome == absl::InternalError("two"));
}

TEST_CASE("no parts end at once", "[async][together]") {
  CHECK(testing::RunTask(Together({})).ok());
}

}  // namespace houbu::async
