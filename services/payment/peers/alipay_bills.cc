#include "services/payment/peers/alipay_bills.h"

#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "services/payment/peers/alipay_wire.h"

namespace houbu::payment {

Statement StatementOf(const AlipayBill& bill) {
  Statement lines;
  lines.reserve(bill.lines.size());
  for (const AlipayBillLine& each : bill.lines) {
    StatementLine line;
    line.movement = each.is_refund ? Movement::kRefund : Movement::kPayment;
    line.provider_order = each.trade_no;
    line.reference = each.out_trade_no;
    line.payment = PaymentAtAlipay(each.out_trade_no).value_or(PaymentId());
    line.merchant_refund = RefundAtAlipay(each.out_request_no);
    line.amount = each.amount;
    line.time = each.time;
    lines.push_back(std::move(line));
  }
  return lines;
}

Task<Statement> AlipayBills::Fetch(absl::CivilDay day) {
  std::string content = RenderBillName(day);
  ASSIGN_OR_CO_RETURN(
      const AlipayAnswer answer,
      co_await gateway_.Ask("alipay.data.dataservice.bill.downloadurl.query", std::move(content)));
  if (!answer.ok()) {
    if (ErrorOf(answer) == AlipayError::kBillMissing) co_return Refuse(kNoBill);
    co_return absl::InternalError(absl::StrCat("alipay: ", answer.code, " ", answer.sub_code));
  }
  absl::StatusOr<std::string> url = ReadBillUrl(answer);
  if (!url.ok()) co_return absl::UnavailableError(url.status().message());
  http::Request request;
  request.url = *std::move(url);
  request.timeout = gateway_.options().timeout;
  ASSIGN_OR_CO_RETURN(http::Response response, co_await client_.Send(std::move(request)));
  if (response.status != 200) {
    co_return absl::UnavailableError(absl::StrCat("alipay: bill: HTTP ", response.status));
  }
  std::function<absl::StatusOr<Statement>()> work =
      [zip = std::move(response.body)]() -> absl::StatusOr<Statement> {
    ASSIGN_OR_RETURN(const std::string text, UnpackAlipayBill(zip));
    ASSIGN_OR_RETURN(const AlipayBill bill, ParseAlipayBill(text));
    return StatementOf(bill);
  };
  co_return co_await async::OnPool<Statement>(workers_, std::move(work));
}

}  // namespace houbu::payment
