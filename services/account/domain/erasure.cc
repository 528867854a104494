#include "services/account/domain/erasure.h"

#include <array>

#include "absl/strings/str_cat.h"

namespace houbu::account {
namespace {

constexpr std::array<absl::string_view, 5> kStates = {"ASKED", "CLOSING", "DONE", "CANCELLED",
                                                      "STOPPED"};

/// What its owner does about a blocker.
absl::string_view CureOf(BlockerKind kind) {
  switch (kind) {
    case BlockerKind::kBooking:
      return "is a booking that stands: cancel it, or wait until the journey is over";
    case BlockerKind::kWaitlistOrder:
      return "is a waitlist order that waits: end it, or wait until it is served and over";
    case BlockerKind::kPayment:
      return "is a payment that is not settled: pay it, or wait until it is closed";
    case BlockerKind::kRefund:
      return "is money on its way back to you: wait until it has arrived";
  }
  return "";
}

}  // namespace

absl::string_view NameOf(ErasureState state) { return kStates[static_cast<std::size_t>(state)]; }

absl::StatusOr<ErasureState> ParseErasureState(absl::string_view name) {
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (kStates[i] == name) return static_cast<ErasureState>(i);
  }
  return absl::InternalError(absl::StrCat("unknown state of an erasure: ", name));
}

std::string NameOf(const Erasure& erasure) {
  return absl::StrCat("accounts/", erasure.account, "/erasure");
}

bool IsOpen(const Erasure& erasure) {
  return erasure.state == ErasureState::kAsked || erasure.state == ErasureState::kClosing;
}

absl::Status CheckNothingBlocks(const std::vector<ErasureBlocker>& blockers) {
  if (blockers.empty()) return absl::OkStatus();
  std::vector<Violation> violations;
  for (const ErasureBlocker& blocker : blockers) {
    violations.push_back({blocker.name, std::string(CureOf(blocker.kind))});
  }
  return WithViolations(Refuse(kErasureBlocked), violations);
}

}  // namespace houbu::account
