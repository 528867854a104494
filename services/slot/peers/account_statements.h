/// Account's travel statements, checked with its public keys.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/identity/revocations.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Checks statements locally.
class AccountStatements final : public StatementCheck {
 public:
  /// Checks by `trust`.
  explicit AccountStatements(identity::Trust trust) : trust_(trust) {}

  absl::StatusOr<std::vector<Traveller>> Verify(const SignedStatement& statement,
                                                absl::string_view account,
                                                absl::Time now) const override;

 private:
  const identity::Trust trust_;
};

}  // namespace houbu::slot
