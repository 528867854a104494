/// What is asked of Alipay and what its answers mean: JSON as our facts, and its codes by what they
/// call for. Whatever it sends is checked: its mistake is an outage to us, never a crash.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "services/payment/app/ports.h"

namespace houbu::payment {

/// A proven answer to one method.
struct AlipayAnswer {
  std::string code;      ///< "10000" when it was done.
  std::string sub_code;  ///< Why not: "ACQ.TRADE_NOT_EXIST".
  std::string content;   ///< The JSON object.

  /// Whether it was done.
  bool ok() const { return code == "10000"; }
};

/// What an answer that is not ok calls for.
enum class AlipayError {
  kOutage,         ///< Nobody knows, or somebody must mend something first: ask again, same names.
  kTradeMissing,   ///< Alipay knows no such trade: nobody scanned the code.
  kTradeDecided,   ///< The trade was paid, closed or opened otherwise before: ask where it stands.
  kRefundRefused,  ///< No refund of this trade and amount, whatever its name.
  kBillMissing,    ///< There is no bill of that day yet.
  kMistake,        ///< Our request was wrong: asking again as it is helps nobody.
};

/// Tells whether an answer says that we ask too often.
bool SaysTooFast(const AlipayAnswer& answer);

/// Sorts an answer that is not ok.
AlipayError ErrorOf(const AlipayAnswer& answer);

/// Reads the head of an answer; INVALID_ARGUMENT when it is not one.
absl::StatusOr<AlipayAnswer> ReadAlipayAnswer(std::string content);

/// Asks for a code to scan (alipay.trade.precreate).
std::string RenderPrecreate(const OrderRequest& request, const std::string& subject);

/// Names a trade (alipay.trade.query, alipay.trade.close).
std::string RenderTradeName(const PaymentId& payment);

/// Asks to give back (alipay.trade.refund).
std::string RenderTradeRefund(const RefundRequest& request);

/// Names a refund (alipay.trade.fastpay.refund.query).
std::string RenderRefundName(const PaymentId& payment, const std::string& merchant_refund);

/// Reads what became of a request for a code: an open order. Alipay has no name of its own for it
/// before somebody scans.
absl::StatusOr<OrderFact> ReadPrecreated(const AlipayAnswer& answer, const OrderRequest& request);

/// Reads where a trade stands; INVALID_ARGUMENT when it is another one.
absl::StatusOr<OrderFact> ReadTrade(const AlipayAnswer& answer, const PaymentId& payment);

/// The order behind a status, "WAIT_BUYER_PAY": its state. INVALID_ARGUMENT for an unknown one.
absl::StatusOr<OrderFact::State> ReadTradeStatus(absl::string_view status);

/// Whether money was moved by this very request (fund_change). Without it the refund may be done
/// already or come later: ask where it stands.
absl::StatusOr<bool> HasMovedMoney(const AlipayAnswer& answer, const RefundRequest& request);

/// Reads where a refund stands; without a status Alipay has not got it, or not done it yet:
/// kMissing. `now` is when it was done where Alipay does not say.
absl::StatusOr<RefundFact> ReadRefundStatus(const AlipayAnswer& answer, const PaymentId& payment,
                                            const std::string& merchant_refund, absl::Time now);

/// Asks where the bill of a day is (alipay.data.dataservice.bill.downloadurl.query).
std::string RenderBillName(absl::CivilDay day);

/// Reads where the bill is.
absl::StatusOr<std::string> ReadBillUrl(const AlipayAnswer& answer);

}  // namespace houbu::payment
