/// Alipay's trade bill: what it says it took and gave back on a day, line by line.
///
/// CSV of its own kind: comment lines begin with "#", values may end in a tab, amounts are yuan,
/// below the lines stand their number and sum. A bill that ends too soon, or whose sums are not
/// those of its lines, is refused as a whole, never half read.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/money.h"
#include "libs/base/refusal.h"

namespace houbu::payment {

/// Text or a file that is no whole bill of Alipay's, or whose sums do not add up.
inline constexpr Refusal kAlipayBillMalformed{absl::StatusCode::kInvalidArgument, "BILL_MALFORMED",
                                              "The bill is not whole."};

/// A line of a bill: money taken, or money given back.
struct AlipayBillLine {
  bool is_refund = false;
  std::string trade_no;        ///< Alipay's number of the trade.
  std::string out_trade_no;    ///< Ours, as Alipay has it: "py_...".
  std::string out_request_no;  ///< Our name of the refund; "" in a line of money taken.
  Money amount;                ///< Of the order or the refund, never negative.
  absl::Time time;             ///< When it was done.
};

/// A bill.
struct AlipayBill {
  std::vector<AlipayBillLine> lines;
  Money taken;     ///< All the merchant got.
  Money returned;  ///< All it gave back.
};

/// Reads the details of a bill, in UTF-8; kAlipayBillMalformed, whose metadata "line" says where.
absl::StatusOr<AlipayBill> ParseAlipayBill(absl::string_view text);

/// Takes the details out of the zip file Alipay packs them in and turns them from GB18030 into
/// UTF-8; kAlipayBillMalformed. At most 64 MiB.
absl::StatusOr<std::string> UnpackAlipayBill(absl::string_view zip);

}  // namespace houbu::payment
