/// WeChat Pay's trade bills as statements.
#pragma once

#include "absl/time/civil_time.h"

#include "services/payment/app/ports.h"
#include "services/payment/peers/wechat_pay_bill.h"
#include "services/payment/peers/wechat_pay_provider.h"

namespace houbu::payment {

/// A bill in our words.
Statement StatementOf(const TradeBill& bill);

/// Gets WeChat Pay's bills.
class WechatPayBills final : public Bills {
 public:
  /// Asks through `provider`, which outlives this.
  explicit WechatPayBills(WechatPayProvider& provider) : provider_(provider) {}

  /// kBillMalformed for a bill that is not whole.
  Task<Statement> Fetch(absl::CivilDay day) override;

 private:
  WechatPayProvider& provider_;
};

}  // namespace houbu::payment
