#include "services/payment/peers/wechat_pay_bill.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include <catch2/catch.hpp>

namespace houbu::payment {
namespace {

constexpr char kTitle[] =
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n";
constexpr char kPaid[] =
    "`2026-11-21 23:59:59,`wx1,`1900000109,`0,`,`420001,`01890a5dac967774,`o1,`NATIVE,`SUCCESS,"
    "`OTHERS,`CNY,`20.01,`0.00,`0,`0,`0.00,`0.00,`,`,`G1, second class,`,`0.12000,`0.60%,`20.01,"
    "`0.00,`\r\n";
constexpr char kBack[] =
    "`2026-11-21 12:00:00,`wx1,`1900000109,`0,`,`420001,`01890a5dac967774,`o1,`NATIVE,`REFUND,"
    "`OTHERS,`CNY,`0.00,`0.00,`50300,`rf-1,`18.00,`0.00,`ORIGINAL,`SUCCESS,`G1,`,`-0.11000,"
    "`0.60%,`0.00,`18.00,`\r\n";
constexpr char kSumsTitle[] =
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
    "\r\n";
constexpr char kSums[] = "`2,`20.01,`18.00,`0.00,`0.01000,`20.01,`18.00\r\n";

std::string WholeBill() {
  return absl::StrCat("\xef\xbb\xbf", kTitle, kPaid, kBack, kSumsTitle, kSums);
}

std::string Replaced(const std::string& what, const std::string& by) {
  std::string bill = WholeBill();
  REQUIRE(absl::StrReplaceAll({{what, by}}, &bill) > 0);
  return bill;
}

std::string ReasonFor(const std::string& bill) {
  return std::string(ReasonOf(ParseTradeBill(bill).status()));
}

TEST_CASE("A trade bill is read line by line, yuan as fen", "[payment][bill][X-06]") {
  const auto bill = ParseTradeBill(WholeBill());
  REQUIRE(bill.ok());
  REQUIRE(bill->lines.size() == 2);
  const BillLine& paid = bill->lines[0];
  CHECK(paid.out_trade_no == "01890a5dac967774");
  CHECK(paid.transaction == "420001");
  CHECK(paid.amount == Fen(2001));
  CHECK(paid.refunded == Fen(0));
  CHECK(paid.out_refund_no.empty());
  CHECK(paid.fee_units == 12000);
  CHECK(paid.time ==
        absl::FromCivil(absl::CivilSecond(2026, 11, 21, 15, 59, 59), absl::UTCTimeZone()));
  const BillLine& back = bill->lines[1];
  CHECK(back.state == "REFUND");
  CHECK(back.out_refund_no == "rf-1");
  CHECK(back.refunded == Fen(1800));
  CHECK(back.fee_units == -11000);
  CHECK(bill->amount == Fen(2001));
  CHECK(bill->refunded == Fen(1800));
  CHECK(bill->fee_units == 1000);
}

TEST_CASE("A bill of a day without trade has no lines", "[payment][bill][X-06]") {
  const auto bill = ParseTradeBill(
      absl::StrCat(kTitle, kSumsTitle, "`0,`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00\r\n"));
  REQUIRE(bill.ok());
  CHECK(bill->lines.empty());
}

TEST_CASE("A bill cut off anywhere is refused", "[payment][bill][X-06]") {
  const std::string whole = WholeBill();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(ReasonFor(whole.substr(0, size)) == "BILL_MALFORMED");
  }
}

TEST_CASE("A bill whose sums are not those of its lines is refused", "[payment][bill][X-06]") {
  CHECK(ReasonFor(Replaced("`2,`20.01", "`3,`20.01")) == "BILL_MALFORMED");
  CHECK(ReasonFor(Replaced("`0.01000,`20.01,`18.00", "`0.01000,`20.02,`18.00")) ==
        "BILL_MALFORMED");
  CHECK(ReasonFor(Replaced("`0.01000,`20.01,`18.00", "`0.01000,`20.01,`18.01")) ==
        "BILL_MALFORMED");
  CHECK(ReasonFor(Replaced("`0.01000,`20.01,`18.00", "`0.01001,`20.01,`18.00")) ==
        "BILL_MALFORMED");
  CHECK(ReasonFor(Replaced(kPaid, "")) == "BILL_MALFORMED");
  CHECK(ReasonFor(Replaced(kPaid, absl::StrCat(kPaid, kPaid))) == "BILL_MALFORMED");
}

TEST_CASE("A bill with a value that is none is refused", "[payment][bill][X-06]") {
  for (const char* amount : {"20.1", "20", "20.010", "2e1", "+20.01", "-20.01", " 20.01", "20,01",
                             "", ".01", "9999999999999.00"}) {
    CAPTURE(amount);
    CHECK(ReasonFor(Replaced("`0.60%,`20.01", absl::StrCat("`0.60%,`", amount))) ==
          "BILL_MALFORMED");
  }
  CHECK(ReasonFor(Replaced("`CNY,`20.01", "`USD,`20.01")) == "BILL_MALFORMED");
  CHECK(ReasonFor(Replaced("2026-11-21 23:59:59", "2026-11-31 23:59:59")) == "BILL_MALFORMED");
  CHECK(ReasonFor(Replaced("2026-11-21 23:59:59", "infinite-future 123")) == "BILL_MALFORMED");
  CHECK(ReasonFor(Replaced("`420001,`01890a5dac967774,`o1,`NATIVE,`SUCCESS",
                           "420001,`01890a5dac967774,`o1,`NATIVE,`SUCCESS")) == "BILL_MALFORMED");
  CHECK(ReasonFor(Replaced("订单金额,申请退款金额,费率备注", "订单,申请退款金额,费率备注")) ==
        "BILL_MALFORMED");
}

}  // namespace
}  // namespace houbu::payment
