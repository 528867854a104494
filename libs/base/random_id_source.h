/// The real source of ids: UUIDv7 from a clock and the kernel's randomness.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

#include "libs/base/clock.h"
#include "libs/base/id.h"

namespace houbu {

/// Gives UUIDv7 ids (RFC 9562): 48 bits of milliseconds, then 74 random bits. Safe to use from
/// several threads when the clock is.
class RandomIdSource final : public IdSource {
 public:
  /// Reads the time from `clock`, which must outlive the source.
  explicit RandomIdSource(const Clock& clock) : clock_(clock) {}

  /// Returns a new id; crashes when the kernel has no randomness, since a guessable id is worse.
  std::string Next(absl::string_view prefix) override;

 private:
  const Clock& clock_;
};

}  // namespace houbu
