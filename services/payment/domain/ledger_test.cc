#include "services/payment/domain/ledger.h"

#include <map>
#include <string>

#include <catch2/catch.hpp>

namespace houbu::payment {
namespace {

Payment PaidPayment() {
  Payment payment;
  payment.id = PaymentId("py-1");
  payment.amount = Fen(10000);
  payment.channel = Channel::kSandbox;
  return payment;
}

CapturedMoney Taken(Money amount) { return CapturedMoney{Channel::kSandbox, "po-1", amount}; }

Refund DecidedRefund() {
  Refund refund;
  refund.id = RefundId("rf-1");
  refund.payment = PaymentId("py-1");
  refund.number = 1;
  refund.amount = Fen(9000);
  refund.fee = Fen(1000);
  return refund;
}

TEST_CASE("Every posting sums to zero", "[payment][ledger][X-06]") {
  const absl::Time now = absl::FromUnixSeconds(1'790'000'000);
  CHECK(IsBalanced(PostCapture(PaidPayment(), Taken(Fen(10000)), Source::kFares, now)));
  CHECK(IsBalanced(PostSettlement(PaidPayment(), Fen(7000), now)));
  CHECK(IsBalanced(PostReturn(DecidedRefund(), Source::kPrepayments, now)));
  CHECK(IsBalanced(PostRefunded(DecidedRefund(), now)));
}

TEST_CASE("Money taken and given back leaves only the fee", "[payment][ledger][X-06]") {
  const absl::Time now = absl::FromUnixSeconds(1'790'000'000);
  std::map<std::string, std::int64_t> sums;
  for (const LedgerTransaction& posting :
       {PostCapture(PaidPayment(), Taken(Fen(10000)), Source::kFares, now),
        PostReturn(DecidedRefund(), Source::kFares, now), PostRefunded(DecidedRefund(), now)}) {
    for (const LedgerEntry& entry : posting.entries) {
      sums[entry.account] += entry.amount.minor_units;
    }
  }
  CHECK(sums["provider_receivable:sandbox"] == 1000);
  CHECK(sums["fees"] == -1000);
  CHECK(sums["fares"] == 0);
  CHECK(sums["refunds_payable:sandbox"] == 0);
}

TEST_CASE("An unbalanced transaction is seen, by currency", "[payment][ledger][X-06]") {
  LedgerTransaction transaction;
  transaction.entries = {{"a", Fen(100)}, {"b", Money{-100, *Currency::Parse("USD")}}};
  CHECK(!IsBalanced(transaction));
}

TEST_CASE("A transaction's key names its one event", "[payment][ledger][X-07]") {
  const absl::Time now = absl::FromUnixSeconds(1'790'000'000);
  CHECK(PostCapture(PaidPayment(), Taken(Fen(1)), Source::kFares, now).key == "py-1:captured:po-1");
  CHECK(PostReturn(DecidedRefund(), Source::kFares, now).key == "py-1:returned:1");
  CHECK(PostRefunded(DecidedRefund(), now).key == "py-1:refunded:1");
}

}  // namespace
}  // namespace houbu::payment
