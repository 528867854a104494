/// Where Alipay's bills come from: the gateway names a file that is good for half a minute.
#pragma once

#include "absl/time/civil_time.h"

#include "libs/async/worker_pool.h"
#include "libs/base/refusal.h"
#include "libs/http/client.h"
#include "services/payment/peers/alipay_bill.h"
#include "services/payment/peers/alipay_gateway.h"

namespace houbu::payment {

/// There is no bill of the day: it comes on the next morning, and of a day without trades never.
inline constexpr Refusal kAlipayBillMissing{absl::StatusCode::kNotFound, "BILL_MISSING",
                                            "There is no bill of this day yet."};

/// Gets Alipay's bills.
class AlipayBills final {
 public:
  /// Gets files with `client`, whose limit is the largest bill, and reads them on `workers`; all
  /// outlive this.
  AlipayBills(AlipayGateway& gateway, http::Client& client, async::WorkerPool& workers)
      : gateway_(gateway), client_(client), workers_(workers) {}

  /// The bill of a day of Beijing's. kAlipayBillMissing, kAlipayBillMalformed; UNAVAILABLE when it
  /// cannot be had.
  Task<AlipayBill> Fetch(absl::CivilDay day);

 private:
  AlipayGateway& gateway_;
  http::Client& client_;
  async::WorkerPool& workers_;
};

}  // namespace houbu::payment
