// Random histories of a payment: facts doubled, reordered and late, providers that go away and lose
// answers, money of another amount or channel, requests repeated, races lost, a process that dies
// between any two writes. Whatever happens, no fen appears or disappears, order by order.
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include <catch2/catch.hpp>

#include "services/payment/app/history_subject.h"

namespace houbu::payment {
namespace {

// What was posted for a payment to accounts whose names begin so: debits less credits.
std::int64_t Posted(const PaymentBooks& books, absl::string_view account) {
  std::int64_t sum = 0;
  for (const LedgerTransaction& transaction : books.transactions) {
    for (const LedgerEntry& entry : transaction.entries) {
      if (absl::StartsWith(entry.account, account)) sum += entry.amount.minor_units;
    }
  }
  return sum;
}

// What holds at every moment.
void CheckLaws(TestWorld& world) {
  REQUIRE(world.store.bugs() == 0);
  std::map<std::string, std::int64_t> sums;
  const auto balances = testing::RunTask(world.store.Balances());
  for (const LedgerBalance& line : *balances) {
    sums[std::string(line.balance.currency.code())] += line.balance.minor_units;
  }
  for (const auto& [currency, sum] : sums) REQUIRE(sum == 0);
  const auto all = testing::RunTask(world.store.Books(BooksPage{}));
  for (const PaymentBooks& books : *all) {
    const Payment& payment = books.payment;
    CAPTURE(payment.id.value());
    REQUIRE(FaultsIn(books) == std::vector<std::string>{});
    REQUIRE(Left(payment)->minor_units >= 0);
    // What is kept: still a customer's, a fare, a fee.
    const std::int64_t kept =
        -Posted(books, "customer_prepayments") - Posted(books, "fares") - Posted(books, "fees");
    REQUIRE(payment.captured == Fen(kept + payment.returned.minor_units));
    // A customer's is what was prepaid and is not settled; settled, the difference is on its way.
    const std::int64_t prepaid = IsUnsettledPrepayment(payment) ? Left(payment)->minor_units : 0;
    REQUIRE(Posted(books, "customer_prepayments") == -prepaid);
    // Nobody gives back more than it took.
    for (const MemoryProvider* provider : {&world.provider, &world.elsewhere}) {
      const std::string& id = payment.id.value();
      REQUIRE(provider->GivenBackFor(id) <= provider->TakenFor(id));
    }
  }
}

// How often the provider gave a refund back, under whatever name.
std::int64_t TimesGivenBack(const MemoryProvider& provider, const Refund& refund) {
  std::int64_t times = 0;
  for (const auto& [name, fact] : provider.refunds()) {
    if (!(*RefundNamedBy(name) == refund.id)) continue;
    if (fact.state != RefundFact::State::kSucceeded) continue;
    REQUIRE(fact.amount == refund.amount);
    ++times;
  }
  return times;
}

// Once all is quiet our books of a payment are a provider's, order by order and refund by refund.
void CheckAgainst(const MemoryProvider& provider, Channel channel, const PaymentBooks& books) {
  const std::string& id = books.payment.id.value();
  const std::string name(NameOf(channel));
  std::int64_t stuck = 0;
  for (const Refund& refund : books.refunds) {
    if (refund.channel != channel) continue;
    REQUIRE(refund.state != RefundState::kPending);
    const bool done = refund.state == RefundState::kSucceeded;
    REQUIRE(TimesGivenBack(provider, refund) == (done ? 1 : 0));
    if (!done) stuck += refund.amount.minor_units;
  }
  REQUIRE(Posted(books, "provider_receivable:" + name) ==
          provider.TakenFor(id) - provider.GivenBackFor(id));
  REQUIRE(Posted(books, "refunds_payable:" + name) == -stuck);
}

int TimesTold(const TestWorld& world, const Payment& payment) {
  int told = 0;
  for (const Effect& effect : world.store.effects()) {
    const SuccessTold* success = std::get_if<SuccessTold>(&effect);
    told += success != nullptr && success->payment == NameOf(payment.id);
  }
  return told;
}

void CheckRest(TestWorld& world) {
  const auto all = testing::RunTask(world.store.Books(BooksPage{}));
  for (const PaymentBooks& books : *all) {
    const Payment& payment = books.payment;
    CAPTURE(payment.id.value());
    CheckAgainst(world.provider, Channel::kSandbox, books);
    CheckAgainst(world.elsewhere, Channel::kWechatPay, books);
    REQUIRE(payment.state != PaymentState::kPending);
    const bool succeeded = payment.state == PaymentState::kSucceeded;
    REQUIRE(TimesTold(world, payment) == (succeeded ? 1 : 0));
    // Who got no use of the money has it back, or has it coming: late, doubled, of another amount.
    const std::int64_t used = succeeded ? payment.amount.minor_units : 0;
    std::int64_t back = 0;
    for (const Refund& refund : books.refunds) {
      const bool elsewhere = refund.channel != payment.channel;
      if (elsewhere) REQUIRE(refund.fee == Fen(0));
      if (elsewhere || !succeeded) back += refund.amount.minor_units;
    }
    REQUIRE(payment.captured == Fen(used + back));
  }
}

TEST_CASE("Whatever order the facts come in, what was captured is kept or refunded",
          "[payment][property][X-06][X-07][W-04][W-07]") {
  const unsigned first = std::random_device{}();
  for (unsigned i = 0; i < 400; ++i) {
    const unsigned seed = first + i;
    CAPTURE(seed);
    History history(seed);
    const int steps = history.Length();
    for (int step = 0; step < steps; ++step) {
      history.Step();
      CheckLaws(history.world());
    }
    history.ComeToRest();
    CheckLaws(history.world());
    CheckRest(history.world());
  }
}

}  // namespace
}  // namespace houbu::payment
