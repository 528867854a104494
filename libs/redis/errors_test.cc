#include "libs/redis/errors.h"

#include <catch2/catch.hpp>

namespace houbu::redis {
namespace {

TEST_CASE("an error reply's first word decides what it is", "[libs][redis]") {
  const struct {
    const char* error;
    absl::StatusCode code;
    const char* reason;
  } cases[] = {
      {"SOLD_OUT nothing is left", absl::StatusCode::kFailedPrecondition, "SOLD_OUT"},
      {"STALE_EPOCH", absl::StatusCode::kFailedPrecondition, "STALE_EPOCH"},
      {"BUSYGROUP Consumer Group name already exists", absl::StatusCode::kFailedPrecondition,
       "BUSYGROUP"},
      {"LOADING Redis is loading the dataset", absl::StatusCode::kUnavailable, "REDIS_UNAVAILABLE"},
      {"BUSY Redis is busy running a script", absl::StatusCode::kUnavailable, "REDIS_UNAVAILABLE"},
      {"ERR unknown command", absl::StatusCode::kInternal, ""},
      {"WRONGTYPE Operation against a key", absl::StatusCode::kInternal, ""},
      {"Mixed case", absl::StatusCode::kInternal, ""},
      {"", absl::StatusCode::kInternal, ""},
      {"1ST is no name", absl::StatusCode::kInternal, ""},
  };
  for (const auto& [error, code, reason] : cases) {
    CAPTURE(error);
    const absl::Status status = StatusOfError(error);
    CHECK(status.code() == code);
    CHECK(ReasonOf(status) == reason);
  }
}

}  // namespace
}  // namespace houbu::redis
