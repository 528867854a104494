/// How long account keeps what it no longer needs (R-17; docs/explanation/data-map.md).
#pragma once

#include "absl/time/time.h"

namespace houbu::account {

/// How long each kind of row stays.
struct RetentionPolicy {
  absl::Duration codes = absl::Hours(48);           ///< After they were asked for.
  absl::Duration failures = absl::Hours(48);        ///< Wrong passwords, after the last.
  absl::Duration refresh_tokens = absl::Hours(24);  ///< After their end.
  absl::Duration sessions = absl::Hours(24 * 90);   ///< After they ended or went unused.
  absl::Duration revocations = absl::Hours(24);     ///< Nothing signed lives that long.
  absl::Duration removed = absl::Hours(24 * 30);    ///< Passengers and documents, once removed.
  /// By what an erased person is known again; longer where a restriction still holds.
  absl::Duration marks = absl::Hours(24 * 90);
};

}  // namespace houbu::account
