#include "services/payment/peers/alipay_provider.h"

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "services/payment/peers/alipay_subject.h"

namespace houbu::payment {
namespace {

OrderRequest Order(const std::string& id = "py-1") {
  OrderRequest request;
  request.payment = PaymentId(id);
  request.amount = Fen(2000);
  request.expire_time = SystemClock().Now() + absl::Hours(1);
  return request;
}

RefundRequest Back(const std::string& name, std::int64_t fen) {
  RefundRequest request;
  request.merchant_refund = name;
  request.payment = PaymentId("py-1");
  request.amount = Fen(fen);
  request.total = Fen(2000);
  return request;
}

AlipayError Sorted(const std::string& code, const std::string& sub_code) {
  AlipayAnswer answer;
  answer.code = code;
  answer.sub_code = sub_code;
  return ErrorOf(answer);
}

TEST_CASE("Answers are sorted by what they call for", "[payment][alipay][provider]") {
  CHECK(Sorted("20000", "isp.unknow-error") == AlipayError::kOutage);
  CHECK(Sorted("20000", "aop.unknow-error") == AlipayError::kOutage);
  CHECK(Sorted("40004", "ACQ.SYSTEM_ERROR") == AlipayError::kOutage);
  CHECK(Sorted("40004", "aop.ACQ.SYSTEM_ERROR") == AlipayError::kOutage);
  CHECK(Sorted("40004", "ACQ.SELLER_BALANCE_NOT_ENOUGH") == AlipayError::kOutage);
  CHECK(Sorted("40002", "isv.invalid-signature") == AlipayError::kOutage);
  CHECK(Sorted("40006", "isv.insufficient-isv-permissions") == AlipayError::kOutage);
  CHECK(Sorted("40004", "ACQ.TRADE_NOT_EXIST") == AlipayError::kTradeMissing);
  CHECK(Sorted("40004", "ACQ.TRADE_HAS_SUCCESS") == AlipayError::kTradeDecided);
  CHECK(Sorted("40004", "ACQ.TRADE_HAS_FINISHED") == AlipayError::kRefundRefused);
  CHECK(Sorted("40004", "isp.bill_not_exist") == AlipayError::kBillMissing);
  CHECK(Sorted("40004", "ACQ.INVALID_PARAMETER") == AlipayError::kMistake);
  CHECK(Sorted("40002", "isv.invalid-parameter") == AlipayError::kMistake);
  CHECK(Sorted("40001", "isv.missing-method") == AlipayError::kMistake);
}

TEST_CASE("A code nobody scanned is no trade, and money finds its order all the same",
          "[payment][alipay][provider]") {
  AlipaySubject subject;
  if (!subject.ready()) return;
  Provider& provider = subject.unscanned();
  const PaymentId id("py-1");
  const auto created = subject.Run(provider.Create(Order()));
  REQUIRE(created.ok());
  CHECK(created->provider_order.empty());
  CHECK(subject.Run(provider.Query(id))->state == OrderFact::State::kMissing);
  CHECK(subject.Run(provider.Close(id))->state == OrderFact::State::kMissing);
  subject.Scan(id);
  const auto open = subject.Run(provider.Query(id));
  CHECK(open->state == OrderFact::State::kOpen);
  subject.Pay(id);
  const auto paid = subject.Run(provider.Create(Order()));
  REQUIRE(paid.ok());
  CHECK(paid->state == OrderFact::State::kPaid);
  CHECK(paid->provider_order == open->provider_order);
  CHECK(paid->amount == Fen(2000));
  // Under another amount it is the same order: what stands there counts.
  OrderRequest other = Order();
  other.amount = Fen(2001);
  CHECK(subject.Run(provider.Create(other))->amount == Fen(2000));
}

TEST_CASE("An order whose time is nearly over is still taken", "[payment][alipay][provider]") {
  AlipaySubject subject;
  if (!subject.ready()) return;
  OrderRequest late = Order();
  late.expire_time = SystemClock().Now() + absl::Seconds(5);
  CHECK(subject.Run(subject.provider().Create(late)).ok());
}

TEST_CASE("Given back whole, a trade is closed and its refund is known",
          "[payment][alipay][provider][W-14]") {
  AlipaySubject subject;
  if (!subject.ready()) return;
  Provider& provider = subject.provider();
  REQUIRE(subject.Run(provider.Create(Order())).ok());
  subject.Pay(PaymentId("py-1"));
  subject.Switch(R"({"drop_answer": {"times": 1}})");  // Asked again, it says it moved nothing.
  const auto again = subject.Run(provider.Refund(Back("rf-1", 2000)));
  REQUIRE(again.ok());
  CHECK(again->state == RefundFact::State::kSucceeded);
  CHECK(again->amount == Fen(2000));
  CHECK(subject.Run(provider.Query(PaymentId("py-1")))->state == OrderFact::State::kClosed);
  CHECK(subject.Books()["totals"]["refunded_minor"] == 2000);
}

TEST_CASE("A refund Alipay has not made yet is in process, asked for again it is made",
          "[payment][alipay][provider][W-14]") {
  AlipaySubject subject;
  if (!subject.ready()) return;
  Provider& provider = subject.provider();
  REQUIRE(subject.Run(provider.Create(Order())).ok());
  subject.Pay(PaymentId("py-1"));
  subject.Switch(R"({"refund_stuck": {}})");
  CHECK(subject.Run(provider.Refund(Back("rf-1", 500)))->state == RefundFact::State::kProcessing);
  CHECK(subject.Run(provider.QueryRefund(PaymentId("py-1"), "rf-1"))->state ==
        RefundFact::State::kMissing);
  subject.Switch(R"({"refund_stuck": null})");
  CHECK(subject.Run(provider.Refund(Back("rf-1", 500)))->state == RefundFact::State::kSucceeded);
  CHECK(subject.Run(provider.Refund(Back("rf-1", 501)))->state != RefundFact::State::kRefused);
  CHECK(subject.Books()["totals"]["refunded_minor"] == 500);
}

TEST_CASE("An outage is asked once more at once, a mistake is not", "[payment][alipay][provider]") {
  AlipaySubject subject;
  if (!subject.ready()) return;
  Provider& provider = subject.provider();
  for (const char* const switches :
       {R"({"error": {"status": 502, "times": 1}})", R"({"drop_answer": {"times": 1}})",
        R"({"unsigned_answer": {"times": 1}})",
        R"({"business_error": {"code": "20000", "sub_code": "isp.unknow-error", "times": 1}})",
        R"({"business_error": {"sub_code": "ACQ.SYSTEM_ERROR", "times": 1}})"}) {
    CAPTURE(switches);
    subject.Switch(switches);
    CHECK(subject.Run(provider.Create(Order())).ok());
  }
  const std::vector<std::pair<std::string, absl::StatusCode>> lasting = {
      {R"({"error": {"times": 2}})", absl::StatusCode::kUnavailable},
      {R"({"unsigned_answer": {"times": 2}})", absl::StatusCode::kUnavailable},
      {R"({"business_error": {"sub_code": "ACQ.SYSTEM_ERROR", "times": 2}})",
       absl::StatusCode::kUnavailable},
      {R"({"business_error": {"sub_code": "isv.app-call-limited", "times": 1}})",
       absl::StatusCode::kUnavailable},
      {R"({"error": {"status": 429, "times": 1}})", absl::StatusCode::kUnavailable},
      {R"({"business_error": {"sub_code": "ACQ.INVALID_PARAMETER", "times": 1}})",
       absl::StatusCode::kInternal},
      {R"({"business_error": {"sub_code": "ACQ.TRADE_HAS_FINISHED", "times": 1}})",
       absl::StatusCode::kInternal},
  };
  for (const auto& [switches, code] : lasting) {
    CAPTURE(switches);
    subject.Switch(switches);
    CHECK(subject.Run(provider.Query(PaymentId("py-1"))).status().code() == code);
  }
  CHECK(subject.Run(provider.Query(PaymentId("py-1"))).ok());
}

TEST_CASE("An answer that does not come in time leaves the outcome unknown",
          "[payment][alipay][provider]") {
  AlipaySubject subject;
  if (!subject.ready()) return;
  subject.options().timeout = absl::Milliseconds(200);
  subject.Trust({"alipay.pub"});
  subject.Switch(R"({"slow": {"ms": 1000, "times": 1}})");
  CHECK(subject.Run(subject.unscanned().Create(Order("py-slow"))).status().code() ==
        absl::StatusCode::kDeadlineExceeded);
}

TEST_CASE("Alipay changes its key, and who knows both notices nothing",
          "[payment][alipay][provider]") {
  AlipaySubject subject;
  if (!subject.ready()) return;
  REQUIRE(subject.Run(subject.provider().Create(Order())).ok());
  subject.Switch(R"({"rotated_key": {}})");
  CHECK(subject.Run(subject.provider().Query(PaymentId("py-1"))).status().code() ==
        absl::StatusCode::kUnavailable);
  subject.Trust({"alipay.pub", "alipay_next.pub"});
  CHECK(subject.Run(subject.provider().Query(PaymentId("py-1"))).ok());
  subject.Switch(R"({"rotated_key": null})");
  CHECK(subject.Run(subject.provider().Query(PaymentId("py-1"))).ok());
}

TEST_CASE("Who is not the merchant gets nothing", "[payment][alipay][provider]") {
  AlipaySubject subject;
  if (!subject.ready()) return;
  subject.options().app_id = "2021000000000000";
  subject.Trust({"alipay.pub"});
  CHECK(subject.Run(subject.provider().Create(Order())).status().code() ==
        absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace houbu::payment
