/// The development stack's payment provider: signed JSON over HTTP. The wire formats of WeChat Pay
/// and Alipay become further implementations of the same port.
#pragma once

#include <string>

#include "absl/time/time.h"

#include "libs/base/clock.h"
#include "libs/http/client.h"
#include "libs/secrets/keys.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Where the provider is and where it calls back.
struct SandboxOptions {
  std::string url;         ///< "http://127.0.0.1:7462", no slash at the end.
  std::string notify_url;  ///< "http://127.0.0.1:7454/callbacks/sandbox".
  absl::Duration timeout = absl::Seconds(5);
};

/// Speaks to the sandbox provider. A message of its that makes no sense is UNAVAILABLE: its state
/// is unknown, asking again is safe.
class SandboxProvider final : public Provider {
 public:
  /// Signs with `key` at the time of `clock`; client and clock outlive the provider.
  SandboxProvider(http::Client& client, const Clock& clock, const secrets::Key& key,
                  SandboxOptions options);

  Task<OrderFact> Create(OrderRequest request) override;
  Task<OrderFact> Query(PaymentId payment) override;
  Task<OrderFact> Close(PaymentId payment) override;
  Task<RefundFact> Refund(RefundRequest request) override;
  Task<RefundFact> QueryRefund(PaymentId payment, std::string merchant_refund) override;

 private:
  Task<http::Response> Ask(std::string method, std::string path, std::string body);

  http::Client& client_;
  const Clock& clock_;
  secrets::Key key_;
  SandboxOptions options_;
};

}  // namespace houbu::payment
