#include "services/account/app/second_factor.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "services/account/domain/normalise.h"
#include "services/account/domain/password.h"

namespace houbu::account {

Task<void> SecondFactor::Check(Credentials credentials, std::string typed) {
  if (!credentials.totp_on) {
    co_return absl::OkStatus();
  }
  std::string code = NormaliseNumber(typed);
  if (code.empty()) {
    co_return Refuse(kSecondFactorRequired);
  }
  const std::optional<std::int64_t> step =
      authenticators_.StepOf(credentials.totp_secret, code, clock_.Now());
  bool used = false;
  if (step.has_value()) {
    ASSIGN_OR_CO_RETURN(used, co_await store_.UseTotpStep(credentials.account, *step));
  } else {
    std::string digest = secrets_.DigestOf(code);
    ASSIGN_OR_CO_RETURN(used,
                        co_await store_.UseRecoveryCode(credentials.account, std::move(digest)));
  }
  co_return used ? absl::OkStatus() : Refuse(kSecondFactorRefused);
}

}  // namespace houbu::account
