/// Payments: money asked of an account for an order, from the asking to the last refund.
///
/// A payment is opened by a service (its opener), which chose its id, and started by its owner on a
/// channel. Money is here when the provider says so: by answer, callback or poll, all alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/id.h"
#include "libs/base/money.h"
#include "services/payment/domain/fee_policy.h"

namespace houbu::payment {

/// Names payments: "py-...".
struct PaymentTag {
  static constexpr char kPrefix[] = "py";
};
/// The id of a payment, chosen by its opener.
using PaymentId = Id<PaymentTag>;

/// The way money comes and goes back (W-14).
enum class Channel { kSandbox, kWechatPay, kAlipay };

/// The channel's name as it stands in ledger accounts, rows and callback paths: "sandbox",
/// "wechat_pay", "alipay".
absl::string_view NameOf(Channel channel);

/// The channel called `name`; nothing for an unknown one.
std::optional<Channel> ChannelNamed(absl::string_view name);

/// Where a payment stands.
enum class PaymentState {
  kCreated,    ///< Open; nobody asked a provider yet.
  kPending,    ///< A provider was asked.
  kSucceeded,  ///< The money is here.
  kClosed,     ///< Closed without money; what arrives all the same is returned.
};

/// Why money goes back.
enum class RefundReason { kCancelled, kLate, kWaitlistEnded, kDifference, kUnexpected, kByHand };

/// A payment.
struct Payment {
  PaymentId id;
  std::string opener;   ///< The service that opened it and hears of it: "slot".
  std::string order;    ///< What it pays for: "bookings/bk-...".
  std::string account;  ///< Who pays: "accounts/ac-...".
  Product product = Product::kRail;
  Money amount;
  std::string policy;  ///< The fee policy in force when it was opened.
  absl::Time create_time;
  absl::Time expire_time;

  PaymentState state = PaymentState::kCreated;
  std::optional<Channel> channel;
  std::string provider_order;  ///< The provider's own name of what it was asked.
  std::string code_url;
  std::string prepay_id;  ///< What a page inside the channel's app pays by; "" where a code is.
  std::string payer;      ///< Whose `prepay_id` is, as a digest: personal data stays out.
  bool closing = false;   ///< The provider shall close it and has not said so yet.
  /// Set when whoever opened it wants no money any more: what arrives goes back for this reason.
  std::optional<RefundReason> return_reason;
  std::string return_batch;            ///< What refunds of money that is still to come belong to.
  std::optional<absl::Time> pay_time;  ///< The provider's time of payment.

  std::vector<std::string> captures;  ///< The provider's orders whose money arrived.
  Money captured;                     ///< All that ever arrived.
  Money returned;                     ///< Of it, what went or goes back.
  Money fees;                         ///< Of it, what was kept as fees.
  std::optional<Money> fare;          ///< Of a settled prepayment, the fare kept.
  int refunds = 0;                    ///< How many refunds were decided.

  std::optional<absl::Time> inquire_at;  ///< When the provider is asked next.
  int inquiries = 0;                     ///< How often it was asked in vain.
  std::int64_t version = 0;              ///< Grows with every change.
};

/// "payments/py-...".
std::string NameOf(const PaymentId& id);

/// Tells whether it is known where to pay: a code to scan, or what a page pays by.
bool HasPlaceToPay(const Payment& payment);

/// Returns what is left of the money: captured less returned less fees.
absl::StatusOr<Money> Left(const Payment& payment);

/// Tells whether the money still is a customer's prepayment rather than a fare.
bool IsUnsettledPrepayment(const Payment& payment);

/// How long after it was closed a provider is asked once more whether money arrived all the same:
/// after a minute, ten, an hour and a day, each from the look before; nothing after the last.
std::optional<absl::Duration> LookPause(int looks);

/// How long to wait before asking a provider for the `tries`-th time again: doubles from 15 s to
/// 10 min.
absl::Duration InquiryPause(int tries);

}  // namespace houbu::payment
