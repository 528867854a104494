/// Account's travel statements, checked with its public keys.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/identity/keys.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Checks statements locally.
class AccountStatements final : public StatementCheck {
 public:
  /// `keys` must outlive this.
  explicit AccountStatements(const identity::KeySet& keys) : keys_(keys) {}

  absl::StatusOr<std::vector<Traveller>> Verify(const SignedStatement& statement,
                                                absl::string_view account,
                                                absl::Time now) const override;

 private:
  const identity::KeySet& keys_;
};

}  // namespace houbu::slot
