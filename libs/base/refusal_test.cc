#include "libs/base/refusal.h"

#include <catch2/catch.hpp>

#include "libs/base/status_macros.h"

namespace houbu {
namespace {

constexpr Refusal kSoldOut{absl::StatusCode::kResourceExhausted, "SOLD_OUT", "No place is left."};

absl::StatusOr<int> Half(int number) {
  if (number % 2 != 0) {
    return Refuse(kSoldOut);
  }
  return number / 2;
}

absl::Status Check(int number) {
  RETURN_IF_ERROR(Half(number));
  return absl::OkStatus();
}

absl::StatusOr<int> Quarter(int number) {
  RETURN_IF_ERROR(Check(number));
  ASSIGN_OR_RETURN(const int half, Half(number));
  ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

}  // namespace

TEST_CASE("a refusal keeps code, reason and metadata", "[base][refusal]") {
  Metadata metadata;
  metadata["run"] = "runs/G35";
  metadata["note"] = std::string("3:a\0b", 5);
  metadata[""] = "";
  const absl::Status status = Refuse(kSoldOut, metadata);
  CHECK(status.code() == absl::StatusCode::kResourceExhausted);
  CHECK(ReasonOf(status) == "SOLD_OUT");
  CHECK(MetadataOf(status) == metadata);
  CHECK(ViolationsOf(status).empty());
  CHECK_FALSE(RetryAfterOf(status).has_value());
}

TEST_CASE("what is no refusal has no reason", "[base][refusal]") {
  CHECK(ReasonOf(absl::OkStatus()).empty());
  CHECK(ReasonOf(absl::InternalError("bug")).empty());
  CHECK(MetadataOf(absl::InternalError("bug")).empty());
}

TEST_CASE("a reason survives copies of its status and is cut at 63", "[base][refusal]") {
  const std::string reason(100, 'X');
  const absl::Status made = StatusWithReason(absl::StatusCode::kAborted, reason, "m");
  const absl::Status copy = made;  // NOLINT(performance-unnecessary-copy-initialization)
  CHECK(ReasonOf(copy) == reason.substr(0, 63));
}

TEST_CASE("a retry delay goes with any status", "[base][refusal]") {
  const absl::Status status = WithRetryAfter(Refuse(kSoldOut), absl::Milliseconds(1500));
  REQUIRE(RetryAfterOf(status).has_value());
  CHECK(*RetryAfterOf(status) == absl::Milliseconds(1500));
  CHECK(ReasonOf(status) == "SOLD_OUT");
}

TEST_CASE("a malformed request hears of all its faults at once, in order", "[base][refusal]") {
  Violations violations;
  CHECK(violations.empty());
  CHECK(violations.ToStatus().ok());
  violations.Add("passengers[1].name", "must not be empty");
  violations.Add("class", "must be 1 to 40 characters: 旅客");
  const absl::Status status = violations.ToStatus();
  CHECK(absl::IsInvalidArgument(status));
  CHECK(ReasonOf(status) == kInvalidRequest.reason);
  const std::vector<Violation> found = ViolationsOf(status);
  REQUIRE(found.size() == 2);
  CHECK(found[0] == Violation{"passengers[1].name", "must not be empty"});
  CHECK(found[1] == Violation{"class", "must be 1 to 40 characters: 旅客"});
}

TEST_CASE("failures propagate with their payloads", "[base][refusal]") {
  CHECK(*Quarter(12) == 3);
  CHECK(ReasonOf(Quarter(6).status()) == "SOLD_OUT");
  CHECK(ReasonOf(Quarter(5).status()) == "SOLD_OUT");
}

}  // namespace houbu
