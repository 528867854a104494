#include "services/payment/domain/books.h"

#include <functional>

#include "absl/time/time.h"
#include <catch2/catch.hpp>

namespace houbu::payment {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'764'547'200);

// A prepayment of 20 yuan that paid a fare of 12; of the rest 7 went back and 1 was kept.
CapturedMoney Taken(Money amount) { return CapturedMoney{Channel::kSandbox, "po-1", amount}; }

PaymentBooks Sound() {
  PaymentBooks books;
  Payment& payment = books.payment;
  payment.id = PaymentId("py-1");
  payment.product = Product::kPrepayment;
  payment.channel = Channel::kSandbox;
  payment.amount = payment.captured = Fen(2000);
  payment.fare = Fen(1200);
  payment.returned = Fen(700);
  payment.fees = Fen(100);
  Refund refund;
  refund.id = RefundId("rf-1");
  refund.payment = payment.id;
  refund.number = 1;
  refund.amount = Fen(700);
  refund.fee = Fen(100);
  refund.state = RefundState::kSucceeded;
  books.refunds.push_back(refund);
  books.transactions = {
      PostCapture(payment, Taken(Fen(2000)), Source::kPrepayments, kNow),
      PostSettlement(payment, Fen(1200), kNow),
      PostReturn(refund, Source::kPrepayments, kNow),
      PostRefunded(refund, kNow),
  };
  return books;
}

std::size_t FaultsAfter(const std::function<void(PaymentBooks&)>& spoil) {
  PaymentBooks books = Sound();
  spoil(books);
  return FaultsIn(books).size();
}

TEST_CASE("Books that agree have no fault", "[payment][ledger][X-06]") {
  CHECK(FaultsIn(Sound()).empty());
  CHECK(FaultsIn(PaymentBooks{}).empty());
}

TEST_CASE("Whatever of a payment's books is spoiled is told", "[payment][ledger][X-06]") {
  CHECK(FaultsAfter([](auto& books) { books.payment.captured = Fen(2001); }) == 1);
  CHECK(FaultsAfter([](auto& books) { books.payment.fare.reset(); }) == 1);
  CHECK(FaultsAfter([](auto& books) { books.payment.fees = Fen(99); }) == 2);
  // By the ledger and by the refunds.
  CHECK(FaultsAfter([](auto& books) { books.payment.returned = Fen(1); }) == 2);
  CHECK(FaultsAfter([](auto& books) { books.refunds.clear(); }) == 2);
  CHECK(FaultsAfter([](auto& books) { books.refunds[0].state = RefundState::kPending; }) == 1);
  CHECK(FaultsAfter([](auto& books) { books.transactions.pop_back(); }) == 1);
  CHECK(FaultsAfter([](auto& books) { books.transactions.push_back(books.transactions[0]); }) == 1);
  // One line alone: it does not balance, and is not what the payment says.
  CHECK(FaultsAfter([](auto& books) { books.transactions[0].entries[0].amount = Fen(1); }) == 2);
  CHECK(FaultsIn([] {
          PaymentBooks books = Sound();
          books.payment.captured = Fen(2500);
          return books;
        }())[0] == "captured: 2500 by the payment, 2000 by the ledger");
}

}  // namespace
}  // namespace houbu::payment
