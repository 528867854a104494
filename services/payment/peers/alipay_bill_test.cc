#include "services/payment/peers/alipay_bill.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include <catch2/catch.hpp>

#include "libs/base/civil.h"
#include "services/payment/peers/alipay_bills.h"
#include "services/payment/peers/alipay_subject.h"

namespace houbu::payment {
namespace {

std::string Row(const std::string& kind, const std::string& yuan, const std::string& request) {
  return absl::StrCat("2025120122001400000000000001\t,py_1\t,", kind,
                      "\t,票,2025-12-01 07:59:00,2025-12-01 08:00:00,\t,\t,\t,\t,*品\t,", yuan, ",",
                      yuan, ",0.00,0.00,0.00,0.00,0.00,,0.00\t,0.00,", request,
                      "\t,0.00,0.00,\r\n");
}

std::string Bill(const std::string& rows, const std::string& taken, const std::string& returned) {
  return absl::StrCat(
      "#支付宝业务明细查询\r\n#账号：[20880000000000010156]\r\n"
      "#-----------业务明细列表----------\r\n"
      "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,"
      "对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,"
      "商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
      "退款批次号/请求号,服务费（元）,分润（元）,备注\r\n",
      rows, "#-----------业务明细列表结束----------\r\n#交易合计：", taken,
      "元，商家优惠共0.00元\r\n#退款合计：", returned,
      "元，商家优惠退款共0.00元\r\n#导出时间：[2025-12-02 09:00:00]\r\n");
}

std::string Good() {
  const std::string rows = Row("交易", "20.00", "") + Row("退款", "-5.10", "rf_1");
  return Bill(rows, "1笔，商家实收共20.00", "1笔，商家实收退款共-5.10");
}

std::string ReasonFor(const std::string& text) {
  return std::string(ReasonOf(ParseAlipayBill(text).status()));
}

TEST_CASE("A bill is read to the fen", "[payment][alipay][bill][X-06]") {
  const auto bill = ParseAlipayBill(Good());
  REQUIRE(bill.ok());
  REQUIRE(bill->lines.size() == 2);
  CHECK(bill->taken == Fen(2000));
  CHECK(bill->returned == Fen(510));
  CHECK(!bill->lines[0].is_refund);
  CHECK(bill->lines[0].trade_no == "2025120122001400000000000001");
  CHECK(bill->lines[0].out_trade_no == "py_1");
  CHECK(bill->lines[0].amount == Fen(2000));
  CHECK(bill->lines[0].time == absl::FromUnixSeconds(1'764'547'200));
  CHECK(bill->lines[1].is_refund);
  CHECK(bill->lines[1].out_request_no == "rf_1");
  CHECK(bill->lines[1].amount == Fen(510));
  const auto empty = ParseAlipayBill(Bill("", "0笔，商家实收共0.00", "0笔，商家实收退款共0.00"));
  REQUIRE(empty.ok());
  CHECK(empty->lines.empty());
}

TEST_CASE("A bill that is not whole is refused, wherever it ends", "[payment][alipay][bill]") {
  const std::string good = Good();
  const std::size_t last = good.find("#导出时间");
  const std::size_t summed = good.find("，商家优惠退款共");
  REQUIRE(summed < last);
  for (std::size_t size = 0; size < summed; size += 3) {
    CAPTURE(size);
    CHECK(ReasonFor(good.substr(0, size)) == "BILL_MALFORMED");
  }
}

TEST_CASE("A bill whose sums or lines do not fit is refused", "[payment][alipay][bill][X-06]") {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"实收共20.00", "实收共20.01"},
      {"合计：1笔，商家实收共", "合计：2笔，商家实收共"},
      {"退款共-5.10", "退款共-5.00"},
      {"-5.10,-5.10", "-5.10,-5.1x"},
      {"20.00,20.00", "20.00,20.000"},
      {"20.00,20.00", "-20.00,20.00"},
      {"\t,交易", "\t,赠送"},
      {"2025-12-01 08:00:00", "2025-12-01"},
      {"商家实收（元）", "商家实收"},
      {"\t,票,", "\t,票,票,"},
      {"rf_1", ""},
      {"2025120122001400000000000001", ""},
      {"业务明细列表-", "业务明细列-"},
      {"#交易合计", "#交易合计：0笔，商家实收共0元\r\n#交易合计"},
  };
  for (const auto& [from, to] : changes) {
    CAPTURE(from, to);
    const std::string text = absl::StrReplaceAll(Good(), {{from, to}});
    REQUIRE(text != Good());
    CHECK(ReasonFor(text) == "BILL_MALFORMED");
  }
  CHECK(ReasonFor("") == "BILL_MALFORMED");
  CHECK(ReasonFor("<html>") == "BILL_MALFORMED");
}

TEST_CASE("What is no zip file of a bill is refused", "[payment][alipay][bill]") {
  for (const std::string& bytes : {std::string(), std::string("PK\x03\x04"), std::string("text")}) {
    CHECK(ReasonOf(UnpackAlipayBill(bytes).status()) == "BILL_MALFORMED");
  }
}

TEST_CASE("A day's bill is got, and what is wrong with it seen", "[payment][alipay][bill][X-06]") {
  AlipaySubject subject;
  if (!subject.ready()) return;
  Provider& provider = subject.provider();
  const absl::TimeZone beijing = absl::FixedTimeZone(8 * 3600);
  const absl::CivilDay day = DayAt(subject.Now(), beijing) + 1;
  subject.Advance(StartOfDay(day, beijing) + absl::Hours(12) - subject.Now());
  OrderRequest order;
  order.payment = PaymentId("py-1");
  order.amount = Fen(2000);
  order.expire_time = subject.Now() + absl::Hours(1);
  REQUIRE(subject.Run(provider.Create(order)).ok());
  subject.Pay(order.payment);
  RefundRequest refund;
  refund.merchant_refund = "rf-1";
  refund.payment = order.payment;
  refund.amount = Fen(510);
  REQUIRE(subject.Run(provider.Refund(refund)).ok());
  AlipayBills bills(subject.gateway(), subject.client(), subject.workers());
  CHECK(!subject.Run(bills.Fetch(day)).ok());  // Bills come on the day after.
  subject.Advance(absl::Hours(24));
  const auto bill = subject.Run(bills.Fetch(day));
  REQUIRE(bill.ok());
  REQUIRE(bill->size() == 2);
  CHECK(bill->at(0).movement == Movement::kPayment);
  CHECK(bill->at(0).payment == order.payment);
  CHECK(bill->at(0).amount == Fen(2000));
  CHECK(bill->at(1).movement == Movement::kRefund);
  CHECK(bill->at(1).payment == order.payment);
  CHECK(bill->at(1).merchant_refund == "rf-1");
  CHECK(bill->at(1).amount == Fen(510));
  subject.Switch(R"({"bill_late": {"times": 1}})");
  CHECK(ReasonOf(subject.Run(bills.Fetch(day)).status()) == "BILL_MISSING");
  subject.Switch(R"({"bill_truncated": {"times": 1}})");
  CHECK(ReasonOf(subject.Run(bills.Fetch(day)).status()) == "BILL_MALFORMED");
  subject.Switch(R"({"bill_extra_row": {"times": 1}})");
  const auto extra = subject.Run(bills.Fetch(day));
  REQUIRE(extra.ok());
  REQUIRE(extra->size() == 3);
  CHECK(extra->at(2).reference == "stranger");
  CHECK(extra->at(2).amount == Fen(12345));
}

}  // namespace
}  // namespace houbu::payment
