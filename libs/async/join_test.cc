#include "libs/async/join.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "libs/async/guarded.h"
#include "libs/testing/run_task.h"

namespace houbu::async {
namespace {

// Ends after a while, the later ones first.
Task<int> Number(int number, std::vector<int>* ended) {
  const absl::Status slept = co_await Sleep(absl::Milliseconds(40 - number * 10));
  if (!slept.ok()) co_return slept;
  ended->push_back(number);
  if (number == 2) co_return absl::NotFoundError("no two");
  co_return number;
}

}  // namespace

TEST_CASE("joined tasks run beside each other and are given in their order", "[async][join]") {
  std::vector<int> ended;
  std::vector<Task<int>> tasks;
  for (int number = 0; number < 4; ++number) tasks.push_back(Number(number, &ended));
  const auto outcomes = testing::RunTask(Join<int>(std::move(tasks)));
  REQUIRE(outcomes.ok());
  REQUIRE(outcomes->size() == 4);
  CHECK(outcomes->at(0).value() == 0);
  CHECK(outcomes->at(1).value() == 1);
  CHECK(absl::IsNotFound(outcomes->at(2).status()));
  CHECK(outcomes->at(3).value() == 3);
  CHECK(ended == std::vector<int>{3, 2, 1, 0});
}

TEST_CASE("joining nothing gives nothing at once", "[async][join]") {
  const auto outcomes = testing::RunTask(Join<int>({}));
  REQUIRE(outcomes.ok());
  CHECK(outcomes->empty());
}

TEST_CASE("who got a published value keeps it", "[async][guarded]") {
  Published<std::string> published;
  CHECK(published.Get()->empty());
  published.Set(std::make_shared<const std::string>("first"));
  const auto first = published.Get();
  published.Set(std::make_shared<const std::string>("second"));
  CHECK(*first == "first");
  CHECK(*published.Get() == "second");
  Guarded<int> guarded;
  guarded.With([](int& value) { return value = 7; });
  CHECK(guarded.With([](int& value) { return value; }) == 7);
}

}  // namespace houbu::async
