#include "libs/observe/trace.h"

#include <optional>
#include <string>
#include <vector>

#include "catch2/catch.hpp"

namespace houbu::observe {
namespace {

const std::string kId = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kParent = "00f067aa0ba902b7";

TEST_CASE("a traceparent is read as W3C Trace Context says", "[observe][trace]") {
  struct Row {
    std::string header;
    bool valid;
    bool sampled;
  };
  const std::string upper = "4BF92F3577B34DA6A3CE929D0E0E4736";
  const std::vector<Row> rows = {
      {"00-" + kId + "-" + kParent + "-01", true, true},
      {"00-" + kId + "-" + kParent + "-00", true, false},
      {"00-" + kId + "-" + kParent + "-03", true, true},
      {"00-" + kId + "-" + kParent + "-02", true, false},
      {"00-" + kId + "-" + kParent + "-01-extra", false, false},
      {"00-" + kId + "-" + kParent + "-01 ", false, false},
      {"01-" + kId + "-" + kParent + "-01", true, true},
      {"cc-" + kId + "-" + kParent + "-01-what-the-future-adds", true, true},
      {"cc-" + kId + "-" + kParent + "-01.what", false, false},
      {"ff-" + kId + "-" + kParent + "-01", false, false},
      {"0-" + kId + "-" + kParent + "-01", false, false},
      {"00-" + upper + "-" + kParent + "-01", false, false},
      {"00-" + std::string(32, '0') + "-" + kParent + "-01", false, false},
      {"00-" + kId + "-" + std::string(16, '0') + "-01", false, false},
      {"00-" + kId + "-" + kParent + "-1", false, false},
      {"00-" + kId + "-" + kParent + "-zz", false, false},
      {"00_" + kId + "_" + kParent + "_01", false, false},
      {"", false, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.header);
    const std::optional<Trace> trace = ParseTraceparent(row.header);
    REQUIRE(trace.has_value() == row.valid);
    if (!row.valid) continue;
    CHECK(trace->trace_id == kId);
    CHECK(trace->parent_id == kParent);
    CHECK(trace->sampled == row.sampled);
  }
}

TEST_CASE("a child keeps the trace and takes a step of its own", "[observe][trace]") {
  const std::string incoming = "00-" + kId + "-" + kParent + "-00";
  const std::string outgoing = ChildTraceparent(incoming);
  const std::optional<Trace> child = ParseTraceparent(outgoing);
  REQUIRE(child.has_value());
  CHECK(child->trace_id == kId);
  CHECK(child->parent_id != kParent);
  CHECK_FALSE(child->sampled);
}

TEST_CASE("what is not a traceparent starts a new trace", "[observe][trace]") {
  const std::optional<Trace> first = ParseTraceparent(ChildTraceparent("garbage"));
  const std::optional<Trace> second = ParseTraceparent(ChildTraceparent(""));
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  CHECK(first->trace_id != second->trace_id);
  CHECK(TraceIdOf("garbage").empty());
}

}  // namespace
}  // namespace houbu::observe
