// What an operator may type after `import`.
#include "services/slot/rpc/import_command.h"

#include <catch2/catch.hpp>

namespace houbu::slot {

using Words = std::vector<std::string>;

TEST_CASE("a folder stands for its parts", "[slot][catalogue][X-02]") {
  const auto arguments = ParseImportArguments(Words{"some/where/sample/"});
  REQUIRE(arguments.ok());
  CHECK(arguments->feed == "sample");
  CHECK(arguments->classes == "some/where/sample/classes.csv");
}

TEST_CASE("parts are named one by one", "[slot][catalogue][X-02]") {
  const auto arguments =
      ParseImportArguments(Words{"--gtfs", "f.zip", "--windows", "w.csv", "--feed", "china"});
  REQUIRE(arguments.ok());
  CHECK(arguments->gtfs == "f.zip");
  CHECK(arguments->windows == "w.csv");
  CHECK(arguments->classes.empty());
  CHECK(arguments->feed == "china");
  CHECK(ParseImportArguments(Words{"--windows", "w.csv"})->feed == "main");
}

TEST_CASE("what is not understood is refused", "[slot][catalogue][X-02]") {
  const std::vector<Words> cases = {
      {},
      {"--gtfs"},
      {"--gtfs", ""},
      {"--gfts", "f.zip"},
      {"--classes", "c.csv"},
      {"--gtfs", "f.zip", "--feed", "A B"},
      {"one", "two"},
      {"."},
  };
  for (const Words& words : cases) {
    CAPTURE(words);
    CHECK(absl::IsInvalidArgument(ParseImportArguments(words).status()));
  }
}

}  // namespace houbu::slot
