/// Erasing an account for good: asked for, thought over, closed, looked at once more, done.
///
///     ASKED --time over--> CLOSING --nothing under way--> DONE
///       |                     |
///       +--taken back--> CANCELLED  +--something under way--> STOPPED
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/refusal.h"

namespace houbu::account {

/// Something is under way: what, is named beside it.
inline constexpr Refusal kErasureBlocked{
    absl::StatusCode::kFailedPrecondition, "ERASURE_BLOCKED",
    "Something of yours is still under way: end it or wait until it is over."};
/// There is nothing to take back, or it is too late.
inline constexpr Refusal kErasureNotAsked{absl::StatusCode::kFailedPrecondition,
                                          "ERASURE_NOT_ASKED",
                                          "No erasure waits that could be taken back."};
/// The account is being erased; only whoever proved to be its owner hears it.
inline constexpr Refusal kAccountClosing{absl::StatusCode::kFailedPrecondition, "ACCOUNT_CLOSING",
                                         "The account is being erased, as its owner asked."};
/// Another process went on with it meanwhile.
inline constexpr Refusal kErasureChanged{absl::StatusCode::kAborted, "ERASURE_CHANGED",
                                         "The erasure changed meanwhile."};

/// How far an erasure is.
enum class ErasureState { kAsked, kClosing, kDone, kCancelled, kStopped };

/// The name under which a state is kept: "ASKED".
absl::string_view NameOf(ErasureState state);

/// Reads what NameOf gave.
absl::StatusOr<ErasureState> ParseErasureState(absl::string_view name);

/// Why something blocks.
enum class BlockerKind { kBooking, kWaitlistOrder, kPayment, kRefund };

/// Something of an account that is under way at another service.
struct ErasureBlocker {
  std::string name;  ///< "bookings/bk-...".
  BlockerKind kind = BlockerKind::kBooking;
};

/// One erasure of an account.
struct Erasure {
  std::string id;  ///< "er-...".
  std::string account;
  ErasureState state = ErasureState::kAsked;
  absl::Time asked_at;
  absl::Time erase_at;  ///< Until then it may be taken back.
  absl::Time due_at;    ///< When its next step is.
};

/// "accounts/ac-.../erasure".
std::string NameOf(const Erasure& erasure);

/// How long each step of an erasure takes.
struct ErasurePolicy {
  absl::Duration thinking = absl::Hours(24);  ///< While it may be taken back.
  absl::Duration closing = absl::Minutes(1);  ///< Longer than any request under way.
};

/// Whether it is asked for or under way.
bool IsOpen(const Erasure& erasure);

/// Refuses while something is under way, each thing as a violation.
absl::Status CheckNothingBlocks(const std::vector<ErasureBlocker>& blockers);

}  // namespace houbu::account
