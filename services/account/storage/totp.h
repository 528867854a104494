/// Authenticators by liboath.
#pragma once

#include "services/account/app/ports_sign_in.h"

namespace houbu::account {

/// Makes secrets and checks codes (RFC 6238: SHA-1, 6 digits, 30 seconds).
class Totp final : public Authenticators {
 public:
  /// Makes liboath ready.
  Totp();

  std::string NewSecret() const override;
  std::optional<std::int64_t> StepOf(const std::string& secret, const std::string& code,
                                     absl::Time now) const override;
};

}  // namespace houbu::account
