#include <string>

#include <catch2/catch.hpp>

#include "services/payment/peers/alipay_subject.h"
#include "services/payment/peers/provider_subject.h"
#include "services/payment/peers/wechat_pay_subject.h"

namespace houbu::payment {
namespace {

OrderRequest OrderOf(const std::string& id) {
  OrderRequest request;
  request.payment = PaymentId(id);
  request.amount = Fen(2000);
  request.expire_time = SystemClock().Now() + absl::Hours(1);
  return request;
}

RefundRequest RefundOf(const std::string& name, std::int64_t fen) {
  RefundRequest request;
  request.merchant_refund = name;
  request.payment = PaymentId("py-order-1");
  request.amount = Fen(fen);
  request.total = Fen(2000);
  return request;
}

TEMPLATE_TEST_CASE("An order asked for twice is one order", "[payment][provider][X-07]",
                   MemorySubject, SandboxSubject, AlipaySubject, WechatPaySubject) {
  TestType subject;
  if (!subject.ready()) return;
  Provider& provider = subject.provider();
  const OrderRequest request = OrderOf("py-order-1");
  CHECK(subject.Run(provider.Query(request.payment))->state == OrderFact::State::kMissing);
  CHECK(subject.Run(provider.Close(request.payment))->state == OrderFact::State::kMissing);
  const auto first = subject.Run(provider.Create(request));
  const auto second = subject.Run(provider.Create(request));
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  CHECK(first->state == OrderFact::State::kOpen);
  CHECK(first->provider_order == second->provider_order);
  CHECK(!first->code_url.empty());
  CHECK(first->amount == Fen(2000));
}

TEMPLATE_TEST_CASE("A closed order says so, a paid one cannot be closed",
                   "[payment][provider][W-04]", MemorySubject, SandboxSubject, AlipaySubject,
                   WechatPaySubject) {
  TestType subject;
  if (!subject.ready()) return;
  Provider& provider = subject.provider();
  REQUIRE(subject.Run(provider.Create(OrderOf("py-order-1"))).ok());
  REQUIRE(subject.Run(provider.Create(OrderOf("py-order-2"))).ok());
  CHECK(subject.Run(provider.Close(PaymentId("py-order-2")))->state == OrderFact::State::kClosed);
  CHECK(subject.Run(provider.Close(PaymentId("py-order-2")))->state == OrderFact::State::kClosed);
  subject.Pay(PaymentId("py-order-1"));
  const auto paid = subject.Run(provider.Close(PaymentId("py-order-1")));
  REQUIRE(paid.ok());
  CHECK(paid->state == OrderFact::State::kPaid);
  CHECK(paid->amount == Fen(2000));
  CHECK(paid->pay_time > absl::UnixEpoch());
}

TEMPLATE_TEST_CASE("A refund asked for twice is one refund, and never of more than was paid",
                   "[payment][provider][W-14][X-07]", MemorySubject, SandboxSubject, AlipaySubject,
                   WechatPaySubject) {
  TestType subject;
  if (!subject.ready()) return;
  Provider& provider = subject.provider();
  REQUIRE(subject.Run(provider.Create(OrderOf("py-order-1"))).ok());
  CHECK(subject.Run(provider.Refund(RefundOf("rf-1", 500)))->state == RefundFact::State::kRefused);
  subject.Pay(PaymentId("py-order-1"));
  CHECK(subject.Run(provider.QueryRefund(PaymentId("py-order-1"), "rf-1"))->state ==
        RefundFact::State::kMissing);
  REQUIRE(subject.Run(provider.Refund(RefundOf("rf-1", 1500))).ok());
  subject.Settle("rf-1");
  const auto again = subject.Run(provider.Refund(RefundOf("rf-1", 1500)));
  REQUIRE(again.ok());
  CHECK(again->state == RefundFact::State::kSucceeded);
  CHECK(again->merchant_refund == "rf-1");
  CHECK(again->amount == Fen(1500));
  CHECK(subject.Run(provider.Refund(RefundOf("rf-2", 501)))->state == RefundFact::State::kRefused);
  CHECK(subject.Run(provider.Refund(RefundOf("rf-3", 500))).ok());
}

TEMPLATE_TEST_CASE("A provider that is away is UNAVAILABLE", "[payment][provider]", MemorySubject,
                   SandboxSubject, AlipaySubject, WechatPaySubject) {
  TestType subject;
  if (!subject.ready()) return;
  subject.Leave();
  Provider& provider = subject.provider();
  CHECK(subject.Run(provider.Create(OrderOf("py-order-1"))).status().code() ==
        absl::StatusCode::kUnavailable);
  CHECK(subject.Run(provider.QueryRefund(PaymentId("py-order-1"), "rf-1")).status().code() ==
        absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace houbu::payment
