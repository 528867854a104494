#include "services/payment/peers/alipay_bills.h"

#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::payment {

Task<AlipayBill> AlipayBills::Fetch(absl::CivilDay day) {
  std::string content = RenderBillName(day);
  ASSIGN_OR_CO_RETURN(
      const AlipayAnswer answer,
      co_await gateway_.Ask("alipay.data.dataservice.bill.downloadurl.query", std::move(content)));
  if (!answer.ok()) {
    if (ErrorOf(answer) == AlipayError::kBillMissing) co_return Refuse(kAlipayBillMissing);
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
  std::function<absl::StatusOr<AlipayBill>()> work =
      [zip = std::move(response.body)]() -> absl::StatusOr<AlipayBill> {
    ASSIGN_OR_RETURN(const std::string text, UnpackAlipayBill(zip));
    return ParseAlipayBill(text);
  };
  co_return co_await async::OnPool<AlipayBill>(workers_, std::move(work));
}

}  // namespace houbu::payment
