/// WeChat Pay's trade bill: what it says it took and gave back on a day, line by line.
///
/// CSV in UTF-8, a backquote before every value, amounts in yuan, at the end a line of sums. A bill
/// whose sums are not those of its lines is no bill: it is refused as a whole, never half read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/money.h"
#include "libs/base/refusal.h"

namespace houbu::payment {

/// Text that is no whole trade bill, or whose sums do not add up.
inline constexpr Refusal kBillMalformed{absl::StatusCode::kInvalidArgument, "BILL_MALFORMED",
                                        "The trade bill is not whole."};

/// A line of a trade bill: money taken, or money given back.
struct BillLine {
  absl::Time time;
  std::string app_id;
  std::string mch_id;
  std::string transaction;     ///< WeChat Pay's number of the order.
  std::string out_trade_no;    ///< Ours.
  std::string state;           ///< "SUCCESS", "REFUND", "REVOKED".
  Money amount;                ///< Of the order; zero in a line of a refund.
  std::string refund;          ///< WeChat Pay's number of the refund, "" in a line of an order.
  std::string out_refund_no;   ///< Ours, "" likewise.
  Money refunded;              ///< Given back; zero in a line of an order.
  std::int64_t fee_units = 0;  ///< What WeChat Pay charges, in 1/100000 yuan; negative: returned.
};

/// A trade bill.
struct TradeBill {
  std::vector<BillLine> lines;
  Money amount;                ///< Of all orders.
  Money refunded;              ///< Of all refunds.
  std::int64_t fee_units = 0;  ///< Of all lines.
};

/// Reads a bill of type ALL; kBillMalformed, whose metadata "line" says where.
absl::StatusOr<TradeBill> ParseTradeBill(absl::string_view text);

}  // namespace houbu::payment
