// RFC 4180 as it comes: marks, line ends, quotes, and the place of what is wrong.
#include "services/slot/domain/csv.h"

#include <catch2/catch.hpp>

#include "services/slot/domain/feed_subject.h"

namespace houbu::slot {
namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Outcome {
  Rows rows;
  std::vector<std::string> faults;
};

Outcome ReadAll(const std::string& text) {
  FeedErrors errors;
  CsvReader reader("f.csv", text, errors);
  Outcome outcome;
  std::vector<CsvField> fields;
  while (reader.Next(fields)) {
    std::vector<std::string>& row = outcome.rows.emplace_back();
    for (const CsvField& field : fields) row.push_back(field.text);
  }
  outcome.faults = PlacesOf(errors);
  return outcome;
}

}  // namespace

TEST_CASE("every form RFC 4180 allows is read", "[slot][catalogue][X-02]") {
  struct Case {
    std::string text;
    Rows rows;
  };
  const std::vector<Case> cases = {
      {"a,b\n1,2\n", {{"a", "b"}, {"1", "2"}}},
      {"\xEF\xBB\xBF"
       "a,b\r\n1,2\r\n",
       {{"a", "b"}, {"1", "2"}}},
      {"a\r\nb\nc", {{"a"}, {"b"}, {"c"}}},
      {"a,,\n", {{"a", "", ""}}},
      {"\"a,b\",\"c\"\"d\"\n", {{"a,b", "c\"d"}}},
      {"\"two\nlines\",x\ny,z\n", {{"two\nlines", "x"}, {"y", "z"}}},
      {"\"two\r\nlines\"\r\n", {{"two\r\nlines"}}},
      {"a\n\n\r\nb\n", {{"a"}, {"b"}}},
      {"\"\"\n", {{""}}},
      {"候补,甲\n", {{"候补", "甲"}}},
      {"", {}},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    const Outcome outcome = ReadAll(one.text);
    CHECK(outcome.rows == one.rows);
    CHECK(outcome.faults.empty());
  }
}

TEST_CASE("what is no CSV is told with its place", "[slot][catalogue][X-02]") {
  struct Case {
    std::string text;
    std::string place;
  };
  const std::vector<Case> cases = {
      {"a\n\"open,b\nc\n", "f.csv:2:1"},
      {"a,b\nx,y\"z\n", "f.csv:2:4"},
      {"\"a\"b\n", "f.csv:1:4"},
      {"候补,\"甲\"x\n", "f.csv:1:7"},
      {"\"two\nlines\",\"x\n", "f.csv:2:8"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(ReadAll(one.text).faults == std::vector<std::string>{one.place});
  }
}

TEST_CASE("a row of the wrong width and bytes that are no text are faults",
          "[slot][catalogue][X-02]") {
  FeedErrors errors;
  CsvTable table("f.csv", "a,b\n1\n1,2,3\n1,\xFF\xFE\nx,y\n", errors);
  REQUIRE(table.Next());
  CHECK(table.Get(table.Optional("b")) == "y");
  CHECK_FALSE(table.Next());
  CHECK(PlacesOf(errors) == std::vector<std::string>{"f.csv:2:1", "f.csv:3:1", "f.csv:4:3"});
}

TEST_CASE("fifty faults are told, all are counted", "[slot][catalogue][X-02]") {
  std::string text = "a,b\n";
  for (int i = 0; i < 80; ++i) text += "1\n";
  FeedErrors errors;
  CsvTable table("f.csv", text, errors);
  CHECK_FALSE(table.Next());
  CHECK(errors.reported().size() == 50);
  CHECK(errors.count() == 80);
}

}  // namespace houbu::slot
