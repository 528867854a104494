/// Opening payments: a service asks for money on behalf of an order.
#pragma once

#include <string>

#include "libs/base/clock.h"
#include "libs/base/request.h"
#include "services/payment/app/ports.h"
#include "services/payment/domain/fee_policy.h"

namespace houbu::payment {

/// What is asked for.
struct OpenCommand {
  PaymentId id;        ///< Chosen by the opener.
  std::string opener;  ///< The calling service.
  std::string order;
  std::string account;
  Product product = Product::kRail;
  Money amount;
  absl::Time expire_time;
  std::string traceparent;
};

/// Opens payments.
class PaymentOpening final {
 public:
  /// What it works on; all outlive it.
  PaymentOpening(PaymentStore& store, const Clock& clock, const PolicyBook& policies)
      : store_(store), clock_(clock), policies_(policies) {}

  /// Opens a payment under the policy now in force. Refuses kPaymentExists.
  Task<std::string> Open(OpenCommand command, Mutation<Payment> mutation);

 private:
  Task<std::string> Once(OpenCommand command, Mutation<Payment> mutation);

  PaymentStore& store_;
  const Clock& clock_;
  const PolicyBook& policies_;
};

}  // namespace houbu::payment
