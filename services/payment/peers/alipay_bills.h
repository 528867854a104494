/// Where Alipay's bills come from: the gateway names a file that is good for half a minute.
#pragma once

#include "absl/time/civil_time.h"

#include "libs/async/worker_pool.h"
#include "libs/http/client.h"
#include "services/payment/app/ports.h"
#include "services/payment/peers/alipay_bill.h"
#include "services/payment/peers/alipay_gateway.h"

namespace houbu::payment {

/// A bill in our words.
Statement StatementOf(const AlipayBill& bill);

/// Gets Alipay's bills.
class AlipayBills final : public Bills {
 public:
  /// Gets files with `client`, whose limit is the largest bill, and reads them on `workers`; all
  /// outlive this.
  AlipayBills(AlipayGateway& gateway, http::Client& client, async::WorkerPool& workers)
      : gateway_(gateway), client_(client), workers_(workers) {}

  /// kAlipayBillMalformed for a bill that is not whole.
  Task<Statement> Fetch(absl::CivilDay day) override;

 private:
  AlipayGateway& gateway_;
  http::Client& client_;
  async::WorkerPool& workers_;
};

}  // namespace houbu::payment
