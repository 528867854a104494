#include "services/payment/peers/wechat_pay_provider.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "services/payment/peers/wechat_pay_bills.h"
#include "services/payment/peers/wechat_pay_subject.h"

namespace houbu::payment {
namespace {

const PaymentId kPayment("py-order-1");

OrderRequest Asked() {
  OrderRequest request;
  request.payment = kPayment;
  request.amount = Fen(2000);
  request.expire_time = SystemClock().Now() + absl::Hours(1);
  return request;
}

RefundRequest AskedBack(std::int64_t fen) {
  RefundRequest request;
  request.merchant_refund = "rf-1";
  request.payment = kPayment;
  request.amount = Fen(fen);
  request.total = Fen(2000);
  return request;
}

// The day in Beijing.
absl::CivilDay Today() {
  return absl::ToCivilDay(SystemClock().Now(), absl::FixedTimeZone(8 * 60 * 60));
}

TEST_CASE("An answer that is not proven, or none, is an outage; what was done stays done",
          "[payment][wechat_pay][X-07]") {
  WechatPaySubject subject;
  if (!subject.ready()) return;
  Provider& provider = subject.provider();
  for (const char* switches :
       {R"({"wrong_answer_signature": {"times": 1}})", R"({"stray_key": {"times": 1}})",
        R"({"drop_answer": {"times": 1}})", R"({"error": {"times": 1, "status": 502}})",
        R"({"error": {"times": 1, "status": 429, "code": "FREQUENCY_LIMITED"}})",
        R"({"error": {"times": 1, "status": 401, "code": "SIGN_ERROR"}})"}) {
    CAPTURE(switches);
    subject.Switch(switches);
    CHECK(subject.Run(provider.Create(Asked())).status().code() == absl::StatusCode::kUnavailable);
  }
  CHECK(subject.Run(provider.Create(Asked()))->state == OrderFact::State::kOpen);
  subject.Pay(kPayment);
  subject.Switch(R"({"wrong_answer_signature": {"times": 1}})");
  CHECK(subject.Run(provider.Query(kPayment)).status().code() == absl::StatusCode::kUnavailable);
  CHECK(subject.Run(provider.Query(kPayment))->state == OrderFact::State::kPaid);
}

TEST_CASE("Who asks for refunds too fast is told so", "[payment][wechat_pay][W-14]") {
  WechatPaySubject subject;
  if (!subject.ready()) return;
  CHECK(subject.Run(subject.provider().QueryRefund(kPayment, "rf-1")).ok());
  subject.Switch(R"({"rate_max": {"per_second": 0}})");
  const auto refused = subject.Run(subject.provider().QueryRefund(kPayment, "rf-1"));
  CHECK(ReasonOf(refused.status()) == "PROVIDER_BUSY");
  CHECK(subject.Run(subject.provider().Create(Asked())).ok());
}

TEST_CASE("Answers are proven by the key they name, whichever is in use",
          "[payment][wechat_pay][X-07]") {
  WechatPaySubject subject;
  if (!subject.ready()) return;
  Provider& provider = subject.provider();
  for (const std::string& serial : {subject.certificate_serial(), subject.public_key_id()}) {
    CAPTURE(serial);
    subject.Switch(absl::StrCat(R"({"sign_with": {"serial": ")", serial, "\"}}"));
    CHECK(subject.Run(provider.Create(Asked()))->state == OrderFact::State::kOpen);
  }
}

TEST_CASE("An order asked for again after it was paid or closed says so",
          "[payment][wechat_pay][X-07]") {
  WechatPaySubject subject;
  if (!subject.ready()) return;
  Provider& provider = subject.provider();
  REQUIRE(subject.Run(provider.Create(Asked())).ok());
  subject.Pay(kPayment);
  const auto paid = subject.Run(provider.Create(Asked()));
  REQUIRE(paid.ok());
  CHECK(paid->state == OrderFact::State::kPaid);
  CHECK(paid->amount == Fen(2000));
  OrderRequest other = Asked();
  other.payment = PaymentId("py-order-2");
  REQUIRE(subject.Run(provider.Create(other)).ok());
  other.amount = Fen(2001);
  CHECK(subject.Run(provider.Create(other))->state == OrderFact::State::kOpen);
  other.amount = Fen(2000);
  REQUIRE(subject.Run(provider.Close(other.payment)).ok());
  CHECK(subject.Run(provider.Create(other))->state == OrderFact::State::kClosed);
}

TEST_CASE("An order for a page is one order for one payer, and closed and paid like any other",
          "[payment][wechat_pay][X-07]") {
  WechatPaySubject subject;
  if (!subject.ready()) return;
  Provider& provider = subject.provider();
  OrderRequest request = Asked();
  request.payer_openid = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6p";
  const auto first = subject.Run(provider.Create(request));
  REQUIRE(first.ok());
  CHECK(first->state == OrderFact::State::kOpen);
  CHECK(first->prepay_id.rfind("wx", 0) == 0);
  CHECK(first->code_url.empty());
  CHECK(subject.Run(provider.Create(request))->prepay_id == first->prepay_id);
  // It stands, and another payer, or whoever scans, has no place to pay it.
  for (const char* openid : {"oSomebodyElse", ""}) {
    CAPTURE(openid);
    OrderRequest other = request;
    other.payer_openid = openid;
    const auto found = subject.Run(provider.Create(other));
    REQUIRE(found.ok());
    CHECK(found->state == OrderFact::State::kOpen);
    CHECK(found->prepay_id.empty());
    CHECK(found->code_url.empty());
  }
  subject.Pay(kPayment);
  CHECK(subject.Run(provider.Create(request))->state == OrderFact::State::kPaid);
  CHECK(subject.Run(provider.Close(kPayment))->state == OrderFact::State::kPaid);
  CHECK(subject.Run(provider.Refund(AskedBack(2000))).ok());
}

TEST_CASE("An openid that is not of our appid is refused, not asked again",
          "[payment][wechat_pay]") {
  WechatPaySubject subject;
  if (!subject.ready()) return;
  OrderRequest request = Asked();
  request.payer_openid = "xOfAnotherAppid";
  CHECK(ReasonOf(subject.Run(subject.provider().Create(request)).status()) == "PAYER_REFUSED");
  CHECK(subject.Run(subject.provider().Query(kPayment))->state == OrderFact::State::kMissing);
}

TEST_CASE("A refund whose answer got lost is found, not refused, when it is asked for again",
          "[payment][wechat_pay][W-14][X-07]") {
  WechatPaySubject subject;
  if (!subject.ready()) return;
  Provider& provider = subject.provider();
  REQUIRE(subject.Run(provider.Create(Asked())).ok());
  subject.Pay(kPayment);
  subject.Switch(R"({"drop_answer": {"times": 1}, "refund_stuck": {"times": 1}})");
  CHECK(subject.Run(provider.Refund(AskedBack(2000))).status().code() ==
        absl::StatusCode::kUnavailable);
  // Asked with other content it is refused there: what stands is what was asked first.
  const auto found = subject.Run(provider.Refund(AskedBack(1999)));
  REQUIRE(found.ok());
  CHECK(found->state == RefundFact::State::kProcessing);
  CHECK(found->amount == Fen(2000));
}

TEST_CASE("A bill is fetched whole, and what is late, cut off or missing is none",
          "[payment][wechat_pay][bill][X-06]") {
  WechatPaySubject subject;
  if (!subject.ready()) return;
  WechatPayProvider& provider = subject.wechat_pay();
  CHECK(ReasonOf(subject.Run(provider.FetchBill(absl::CivilDay(2020, 1, 1))).status()) ==
        "BILL_MISSING");
  REQUIRE(subject.Run(provider.Create(Asked())).ok());
  const absl::CivilDay before = Today();
  subject.Pay(kPayment);
  if (Today() != before) return;  // midnight in Beijing: the payment may stand in either bill
  subject.Switch(R"({"bill_late": {"times": 1}})");
  CHECK(subject.Run(provider.FetchBill(before)).status().code() == absl::StatusCode::kUnavailable);
  subject.Switch(R"({"bill_truncated": {"times": 1}})");
  CHECK(subject.Run(provider.FetchBill(before)).status().code() == absl::StatusCode::kUnavailable);
  const auto bill = subject.Run(provider.FetchBill(before));
  REQUIRE(bill.ok());
  REQUIRE(bill->lines.size() == 1);
  CHECK(bill->lines[0].out_trade_no == "py-order-1");
  CHECK(bill->lines[0].amount == Fen(2000));
  subject.Switch(R"({"bill_extra_row": {}})");
  const auto extra = subject.Run(WechatPayBills(provider).Fetch(before));
  REQUIRE(extra.ok());
  REQUIRE(extra->size() == 2);
  CHECK(extra->at(0).payment == kPayment);
  CHECK(extra->at(0).provider_order == bill->lines[0].transaction);
  CHECK(!(extra->at(1).payment == kPayment));
  CHECK(extra->at(1).amount == Fen(2000));
}

}  // namespace
}  // namespace houbu::payment
