#include "services/payment/peers/wechat_pay_bills.h"

#include <string>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/payment/peers/wechat_pay_wire.h"

namespace houbu::payment {
namespace {

bool IsRefund(const BillLine& line) { return line.state != "SUCCESS"; }

// A reversal (REVOKED) has no name of ours: it is called by the order it took back.
std::string RefundIn(const BillLine& line) {
  if (!IsRefund(line)) return "";
  return line.out_refund_no.empty() ? line.transaction : line.out_refund_no;
}

}  // namespace

Statement StatementOf(const TradeBill& bill) {
  Statement lines;
  lines.reserve(bill.lines.size());
  for (const BillLine& each : bill.lines) {
    StatementLine line;
    line.movement = IsRefund(each) ? Movement::kRefund : Movement::kPayment;
    line.provider_order = each.transaction;
    line.reference = each.out_trade_no;
    line.payment = PaymentNumbered(each.out_trade_no).value_or(PaymentId());
    line.merchant_refund = RefundIn(each);
    line.amount = IsRefund(each) ? each.refunded : each.amount;
    line.time = each.time;
    lines.push_back(std::move(line));
  }
  return lines;
}

Task<Statement> WechatPayBills::Fetch(absl::CivilDay day) {
  ASSIGN_OR_CO_RETURN(const TradeBill bill, co_await provider_.FetchBill(day));
  co_return StatementOf(bill);
}

}  // namespace houbu::payment
