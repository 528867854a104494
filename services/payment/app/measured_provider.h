/// A provider whose calls are told to whoever counts and times them.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "services/payment/app/ports.h"

namespace houbu::payment {

/// One call of a provider that has ended.
struct ProviderCall {
  absl::string_view method;  ///< "create", "query", "close", "refund", "query_refund".
  /// "OK"; "REFUSED" where the provider said no, or we before it was asked; "UNAVAILABLE" and
  /// "DEADLINE" where the outcome is unknown; "FAILED" for answers we have no meaning for.
  absl::string_view outcome;
  absl::Duration took;
};

/// Told of each call.
using ProviderCallSeen = std::function<void(const ProviderCall&)>;

/// Passes every call on and tells of it.
class MeasuredProvider final : public Provider {
 public:
  /// `provider` outlives it.
  MeasuredProvider(Provider& provider, ProviderCallSeen seen)
      : provider_(provider), seen_(std::move(seen)) {}

  Task<OrderFact> Create(OrderRequest request) override;
  Task<OrderFact> Query(PaymentId payment) override;
  Task<OrderFact> Close(PaymentId payment) override;
  Task<RefundFact> Refund(RefundRequest request) override;
  Task<RefundFact> QueryRefund(PaymentId payment, std::string merchant_refund) override;

 private:
  template <class Fact>
  Task<Fact> Measure(absl::string_view method, Task<Fact> call);

  Provider& provider_;
  ProviderCallSeen seen_;
};

}  // namespace houbu::payment
