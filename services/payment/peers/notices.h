/// Why a provider's callback is not believed. The reasons are counted.
#pragma once

#include "libs/base/refusal.h"

namespace houbu::payment {

/// A callback without a signature, or without what belongs to one.
inline constexpr Refusal kNoticeUnsigned{absl::StatusCode::kUnauthenticated, "UNSIGNED",
                                         "The callback is not signed."};
/// A callback whose time is too far from ours.
inline constexpr Refusal kNoticeStale{absl::StatusCode::kUnauthenticated, "STALE",
                                      "The callback's time is too far from ours."};
/// A callback whose signature does not match.
inline constexpr Refusal kNoticeForged{absl::StatusCode::kUnauthenticated, "FORGED",
                                       "The callback's signature does not match."};
/// A proven callback we do not understand.
inline constexpr Refusal kNoticeMalformed{absl::StatusCode::kInvalidArgument, "MALFORMED",
                                          "The callback is not understood."};

}  // namespace houbu::payment
