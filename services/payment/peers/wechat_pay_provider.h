/// WeChat Pay, API v3: orders paid by scanning a code (Native) or on a page inside WeChat (JSAPI),
/// and their refunds.
#pragma once

#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/base/clock.h"
#include "libs/http/client.h"
#include "libs/secrets/rsa.h"
#include "services/payment/app/ports.h"
#include "services/payment/peers/wechat_pay_bill.h"
#include "services/payment/peers/wechat_pay_signing.h"
#include "services/payment/peers/wechat_pay_wire.h"

namespace houbu::payment {

/// Where WeChat Pay is, who we are there, and where it calls back.
struct WechatPayOptions {
  std::string url;  ///< "https://api.mch.weixin.qq.com", no slash at the end.
  WechatPayMerchant merchant;
  std::string merchant_serial;  ///< Of our certificate.
  std::string notify_url;
  std::string description;  ///< Shown to payers.
  absl::Duration timeout = absl::Seconds(5);
};

/// Speaks to WeChat Pay. An answer is believed only when its signature is proven; one that is not,
/// or makes no sense, is UNAVAILABLE: its state is unknown, asking again is safe.
class WechatPayProvider final : public Provider {
 public:
  /// Gets bills with `files`, whose limit is the largest bill, all else with `client`; all outlive
  /// the provider.
  WechatPayProvider(http::Client& client, http::Client& files, const Clock& clock,
                    const secrets::RsaSigner& signer, const WechatPayKeys& keys,
                    WechatPayOptions options);

  Task<OrderFact> Create(OrderRequest request) override;
  Task<OrderFact> Query(PaymentId payment) override;
  Task<OrderFact> Close(PaymentId payment) override;
  Task<RefundFact> Refund(RefundRequest request) override;
  Task<RefundFact> QueryRefund(PaymentId payment, std::string merchant_refund) override;

  /// The trade bill of a day in Beijing, from ten in the morning after it. kNoBill;
  /// kBillMalformed; UNAVAILABLE while it is being made, and when what comes is not what was
  /// promised.
  Task<TradeBill> FetchBill(absl::CivilDay day);

 private:
  Task<http::Response> Ask(WechatPayRequest asked);
  absl::StatusOr<http::Request> Signed(const WechatPayRequest& asked) const;
  Task<OrderFact> NotCreated(OrderRequest request, http::Response answer);
  absl::Status Prove(const http::Response& answer) const;
  absl::StatusOr<OrderFact> OrderOf(const http::Response& answer, const PaymentId& payment) const;

  http::Client& client_;
  http::Client& files_;
  const Clock& clock_;
  const secrets::RsaSigner& signer_;
  const WechatPayKeys& keys_;
  WechatPayOptions options_;
};

}  // namespace houbu::payment
