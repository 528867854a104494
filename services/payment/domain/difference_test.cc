#include "services/payment/domain/difference.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "services/payment/domain/transitions.h"

namespace houbu::payment {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'793'491'200);

void Book(PaymentBooks& books, absl::StatusOr<Change> change) {
  REQUIRE(change.ok());
  books.payment = change->payment;
  for (const Refund& refund : change->refunds) {
    if (!books.refunds.empty() && books.refunds.back().id == refund.id) books.refunds.pop_back();
    books.refunds.push_back(refund);
  }
  for (const LedgerTransaction& posting : change->postings) books.transactions.push_back(posting);
}

OrderFact Paid(std::int64_t fen, const std::string& number = "po-1") {
  OrderFact fact;
  fact.state = OrderFact::State::kPaid;
  fact.provider_order = number;
  fact.amount = Fen(fen);
  fact.pay_time = kNow;
  return fact;
}

// A payment of 100 yuan, started at WeChat Pay and nothing more.
PaymentBooks Started() {
  PaymentBooks books;
  Payment payment;
  payment.id = PaymentId("py-1");
  payment.amount = Fen(10000);
  payment.create_time = kNow;
  payment.expire_time = kNow + absl::Minutes(30);
  books.payment = payment;
  Book(books, Start(books.payment, PaymentWay{Channel::kWechatPay, ""}, kNow));
  return books;
}

PaymentBooks PaidBooks() {
  PaymentBooks books = Started();
  Book(books, ApplyProviderFact(books.payment, Paid(10000), kNow));
  return books;
}

// All of it on its way back.
PaymentBooks Returning() {
  PaymentBooks books = PaidBooks();
  Book(books, Return(books.payment, ReturnOrder(), kNow));
  books.refunds.back().asked = true;
  return books;
}

RefundFact Told(RefundFact::State state, const Refund& refund) {
  RefundFact fact;
  fact.state = state;
  fact.merchant_refund = MerchantRefund(refund);
  fact.amount = refund.amount;
  fact.refund_time = kNow;
  return fact;
}

PaymentBooks Returned() {
  PaymentBooks books = Returning();
  const Refund refund = books.refunds.back();
  Book(books,
       ApplyProviderFact(books.payment, refund, Told(RefundFact::State::kSucceeded, refund), kNow));
  return books;
}

StatementLine Taken(std::int64_t fen, const std::string& number = "po-1") {
  StatementLine line;
  line.provider_order = number;
  line.payment = PaymentId("py-1");
  line.amount = Fen(fen);
  return line;
}

StatementLine GivenBack(std::int64_t fen, const std::string& name) {
  StatementLine line = Taken(fen);
  line.movement = Movement::kRefund;
  line.merchant_refund = name;
  return line;
}

// The one difference there is, "CLASS subject ours theirs"; "" for none.
std::string Only(const std::vector<Difference>& found) {
  REQUIRE(found.size() <= 1);
  if (found.empty()) return "";
  const Difference& one = found.front();
  CHECK(!one.detail.empty());
  const auto shown = [](const std::optional<Money>& amount) {
    return amount.has_value() ? std::to_string(amount->minor_units) : std::string("-");
  };
  return std::string(NameOf(one.difference_class)) + " " + one.subject + " " + shown(one.ours) +
         " " + shown(one.theirs);
}

std::string Stated(const PaymentBooks& books, const Statement& lines) {
  return Only(CompareWithStatement(Channel::kWechatPay, books, lines));
}

TEST_CASE("A bill that says what is booked differs in nothing", "[payment][reconciliation][X-06]") {
  const PaymentBooks books = Returned();
  const std::string refund = MerchantRefund(books.refunds.back());
  CHECK(Stated(books, {Taken(10000), GivenBack(10000, refund)}).empty());
  CHECK(Stated(PaidBooks(), {Taken(10000)}).empty());
  CHECK(CompareWithin(books).empty());
}

TEST_CASE(
    "Money the bill has and we have not is missing here, and the provider's word can settle it",
    "[payment][reconciliation][X-06]") {
  CHECK(Stated(Started(), {Taken(10000)}) == "MISSING_HERE po-1 - 10000");
  CHECK(Stated(PaidBooks(), {Taken(10000), Taken(10000, "po-2")}) == "MISSING_HERE po-2 - 10000");
  const auto found = CompareWithStatement(Channel::kWechatPay, Started(), {Taken(10000)});
  CHECK(CanBeRepaired(found.front()));
  CHECK(PostingOf(Started(), found.front()).empty());
  CHECK(PostingOf(PaidBooks(), found.front()) == "py-1:captured:po-1");
}

TEST_CASE("Other amounts are for people, and what a bill says twice counts twice",
          "[payment][reconciliation][X-06]") {
  CHECK(Stated(PaidBooks(), {Taken(9999)}) == "AMOUNT po-1 10000 9999");
  CHECK(Stated(PaidBooks(), {Taken(10000), Taken(10000)}) == "AMOUNT po-1 10000 20000");
  const PaymentBooks books = Returned();
  const std::string refund = MerchantRefund(books.refunds.back());
  CHECK(Stated(books, {GivenBack(9000, refund)}) == "AMOUNT " + refund + " 10000 9000");
  CHECK(Stated(books, {GivenBack(10000, refund), GivenBack(10000, refund + "-2")}) ==
        "AMOUNT " + refund + "-2 10000 20000");
  const auto found = CompareWithStatement(Channel::kWechatPay, PaidBooks(), {Taken(9999)});
  CHECK(!CanBeRepaired(found.front()));
}

TEST_CASE("A refund that is further there than here differs in its state",
          "[payment][reconciliation][X-06][W-14]") {
  const PaymentBooks books = Returning();
  const std::string refund = MerchantRefund(books.refunds.back());
  const auto found = CompareWithStatement(Channel::kWechatPay, books, {GivenBack(10000, refund)});
  CHECK(Only(found) == "STATE " + refund + " 10000 10000");
  CHECK(CanBeRepaired(found.front()));
  CHECK(PostingOf(books, found.front()).empty());
  CHECK(PostingOf(Returned(), found.front()) == "py-1:refunded:1");
}

TEST_CASE("A refund nobody asked for is missing here, and only people settle it",
          "[payment][reconciliation][X-06]") {
  const auto found =
      CompareWithStatement(Channel::kWechatPay, PaidBooks(), {GivenBack(500, "console-7")});
  CHECK(Only(found) == "MISSING_HERE console-7 - 500");
  CHECK(!CanBeRepaired(found.front()));
}

TEST_CASE("The provider's answer about an order is compared as its bill is",
          "[payment][reconciliation][X-06]") {
  CHECK(CompareWithOrder(Channel::kWechatPay, PaidBooks(), Paid(10000)).empty());
  CHECK(Only(CompareWithOrder(Channel::kWechatPay, Started(), Paid(10000))) ==
        "MISSING_HERE po-1 - 10000");
  CHECK(Only(CompareWithOrder(Channel::kWechatPay, PaidBooks(), Paid(10001))) ==
        "AMOUNT po-1 10000 10001");
  OrderFact missing;
  missing.state = OrderFact::State::kMissing;
  CHECK(CompareWithOrder(Channel::kWechatPay, Started(), missing).empty());
  CHECK(Only(CompareWithOrder(Channel::kWechatPay, PaidBooks(), missing)) ==
        "MISSING_THERE po-1 10000 -");
  OrderFact closed;
  closed.state = OrderFact::State::kClosed;
  CHECK(Only(CompareWithOrder(Channel::kWechatPay, PaidBooks(), closed)) == "STATE po-1 10000 -");
  CHECK(CompareWithOrder(Channel::kWechatPay, Returned(), closed).empty());
}

TEST_CASE("The provider's answer about a refund is compared as its bill is",
          "[payment][reconciliation][X-06][W-14]") {
  using State = RefundFact::State;
  const PaymentBooks done = Returned();
  const Refund& refund = done.refunds.back();
  const std::string name = MerchantRefund(refund);
  CHECK(CompareWithRefund(done, refund, Told(State::kSucceeded, refund)).empty());
  CHECK(Only(CompareWithRefund(done, refund, Told(State::kMissing, refund))) ==
        "MISSING_THERE " + name + " 10000 -");
  CHECK(Only(CompareWithRefund(done, refund, Told(State::kFailed, refund))) ==
        "STATE " + name + " 10000 -");
  const PaymentBooks open = Returning();
  CHECK(CompareWithRefund(open, open.refunds.back(), Told(State::kProcessing, refund)).empty());
  CHECK(Only(CompareWithRefund(open, open.refunds.back(), Told(State::kSucceeded, refund))) ==
        "STATE " + name + " 10000 10000");
}

TEST_CASE("A payment that its own postings contradict is a difference",
          "[payment][reconciliation][X-06]") {
  PaymentBooks books = PaidBooks();
  books.transactions.clear();
  CHECK(Only(CompareWithin(books)) == "STATE py-1 10000 -");
  CHECK(Stated(books, {Taken(10000)}) == "STATE po-1 - 10000");
}

TEST_CASE("Money by another channel than the payment's own is found under that channel",
          "[payment][reconciliation][X-06][W-14]") {
  PaymentBooks books = PaidBooks();
  OrderFact elsewhere = Paid(10000, "at-1");
  elsewhere.channel = Channel::kAlipay;
  const auto at_alipay = [&books] {
    return CompareWithStatement(Channel::kAlipay, books, {Taken(10000, "at-1")});
  };
  CHECK(Only(at_alipay()) == "MISSING_HERE at-1 - 10000");
  const Difference missing = at_alipay().front();
  Book(books, ApplyProviderFact(books.payment, elsewhere, kNow));
  CHECK(at_alipay().empty());
  CHECK(PostingOf(books, missing) == "py-1:captured:alipay:at-1");
  CHECK(CompareWithOrder(Channel::kAlipay, books, elsewhere).empty());
  CHECK(Stated(books, {Taken(10000)}).empty());
  OrderFact unknown;
  unknown.state = OrderFact::State::kMissing;
  CHECK(Only(CompareWithOrder(Channel::kAlipay, books, unknown)) == "MISSING_THERE at-1 20000 -");
  CHECK(CompareWithOrder(Channel::kSandbox, books, unknown).empty());
}

}  // namespace
}  // namespace houbu::payment
