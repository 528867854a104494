/// Starting payments: the owner asks where to pay.
#pragma once

#include <optional>
#include <string>

#include "libs/base/clock.h"
#include "libs/base/request.h"
#include "services/payment/app/fact_application.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Who pays on a page inside the channel's app.
struct Payer {
  std::string openid;  ///< The app's name of them. Personal: told to the provider, not kept.
  std::string digest;  ///< What they are known by here.
};

/// Who starts what.
struct StartCommand {
  PaymentId id;
  std::string account;  ///< The caller: "accounts/ac-...".
  Channel channel = Channel::kSandbox;
  Payer payer;  ///< Empty where a code is scanned.
  std::string traceparent;
  /// Until when the caller's account may not pay: as account says, InfiniteFuture for good.
  std::optional<absl::Time> barred_until = {};
};

/// Starts payments: intent stored, provider asked with the payment's id, outcome stored.
class PaymentStart final {
 public:
  /// What it works on; all outlive it.
  PaymentStart(PaymentStore& store, const Clock& clock, Providers providers, FactApplication& facts)
      : store_(store), clock_(clock), providers_(std::move(providers)), facts_(facts) {}

  /// Asks the provider to collect; the answer says where to pay. Asked again, it says the same.
  /// Refuses kAccountRestricted, kPaymentUnknown, kChannelUnknown, kPayerRefused and what Start
  /// refuses.
  Task<std::string> Start(StartCommand command, Mutation<Payment> mutation);

 private:
  Task<Payment> Intend(StartCommand command);

  PaymentStore& store_;
  const Clock& clock_;
  Providers providers_;
  FactApplication& facts_;
};

}  // namespace houbu::payment
