/// The sandbox provider's callbacks: proven by their signature before anything in them is read.
#pragma once

#include "libs/base/refusal.h"
#include "libs/secrets/keys.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// A callback without the three headers.
inline constexpr Refusal kNoticeUnsigned{absl::StatusCode::kUnauthenticated, "UNSIGNED",
                                         "The callback is not signed."};
/// A callback whose time is more than five minutes from ours.
inline constexpr Refusal kNoticeStale{absl::StatusCode::kUnauthenticated, "STALE",
                                      "The callback's time is too far from ours."};
/// A callback whose signature does not match.
inline constexpr Refusal kNoticeForged{absl::StatusCode::kUnauthenticated, "FORGED",
                                       "The callback's signature does not match."};
/// A proven callback we do not understand.
inline constexpr Refusal kNoticeMalformed{absl::StatusCode::kInvalidArgument, "MALFORMED",
                                          "The callback is not understood."};

/// Reads the sandbox provider's callbacks.
class SandboxNotices final : public NoticeReader {
 public:
  /// Knows them by `key`.
  explicit SandboxNotices(const secrets::Key& key) : key_(key) {}

  absl::StatusOr<ProvenNotice> Read(const SignedNotice& notice, absl::Time now) const override;

 private:
  secrets::Key key_;
};

}  // namespace houbu::payment
