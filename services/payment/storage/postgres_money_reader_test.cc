#include "services/payment/storage/postgres_money_reader.h"

#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "services/payment/app/money_figures.h"
#include "services/payment/storage/store_subject.h"

namespace houbu::payment {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'793'491'200);

// A payment service's record, filled by the rules of the domain.
class Record final {
 public:
  bool ready() const { return bench_.ready(); }

  /// Opens a payment and starts it.
  Payment Start(const std::string& id, Channel channel) {
    Payment payment;
    payment.id = PaymentId(id);
    payment.opener = "slot";
    payment.account = "accounts/ac-1";
    payment.amount = Fen(1000);
    payment.policy = "seed";
    payment.create_time = kNow;
    payment.expire_time = kNow + absl::Minutes(30);
    payment.version = 1;
    Commitment opening;
    opening.now = kNow;
    REQUIRE(bench_.Run(bench_.store().Insert(payment, opening)).ok());
    return Keep(*houbu::payment::Start(payment, PaymentWay{channel, ""}, kNow), kNow);
  }

  /// As Start, and pays.
  Payment Pay(const std::string& id, Channel channel) {
    OrderFact fact;
    fact.state = OrderFact::State::kPaid;
    fact.provider_order = "po-" + id;
    fact.amount = Fen(1000);
    fact.pay_time = kNow;
    return Keep(*ApplyProviderFact(Start(id, channel), fact, kNow), kNow);
  }

  /// As Pay, and decides to give it back at `decided`; done when `done`.
  void Refund(const std::string& id, Channel channel, absl::Time decided, RefundState state) {
    const Payment paid = Pay(id, channel);
    Change change = *Return(paid, ReturnOrder{}, decided);
    const Payment returned = Keep(change, decided);
    RefundFact fact;
    fact.merchant_refund = MerchantRefund(change.refunds[0]);
    fact.amount = Fen(1000);
    fact.refund_time = decided;
    fact.state = state == RefundState::kSucceeded ? RefundFact::State::kSucceeded
                                                  : RefundFact::State::kRefused;
    if (state == RefundState::kPending) return;
    Keep(*ApplyProviderFact(returned, change.refunds[0], fact, decided), decided);
  }

  MoneyFigures Read() {
    PostgresMoneyReader reader(bench_.pool());
    const auto read = bench_.Run(reader.Read());
    REQUIRE(read.ok());
    return *read;
  }

 private:
  Payment Keep(Change change, absl::Time now) {
    ++change.payment.version;
    Payment kept = change.payment;
    Commitment commitment;
    commitment.now = now;
    REQUIRE(bench_.Run(bench_.store().Commit(std::move(change), commitment)).ok());
    return kept;
  }

  PostgresBench bench_;
};

TEST_CASE("The figures of money are those of the record, channel by channel",
          "[payment][store][figures][X-06]") {
  Record record;
  if (!record.ready()) return;
  const MoneyFigures none = record.Read();
  CHECK(none.ledger.empty());
  CHECK(none.payments_in_flight.empty());
  CHECK(none.refunds_in_flight.empty());
  record.Start("py-1", Channel::kAlipay);
  record.Start("py-2", Channel::kAlipay);
  record.Pay("py-3", Channel::kAlipay);
  const absl::Time late = kNow + absl::Hours(1);
  record.Refund("py-4", Channel::kWechatPay, late, RefundState::kPending);
  record.Refund("py-5", Channel::kWechatPay, kNow + absl::Hours(2), RefundState::kPending);
  record.Refund("py-6", Channel::kWechatPay, kNow, RefundState::kSucceeded);
  record.Refund("py-7", Channel::kWechatPay, kNow, RefundState::kFailed);
  const MoneyFigures figures = record.Read();
  CHECK(figures.payments_in_flight == std::map<Channel, std::int64_t>{{Channel::kAlipay, 2}});
  REQUIRE(figures.refunds_in_flight.size() == 1);
  CHECK(figures.refunds_in_flight[0].channel == Channel::kWechatPay);
  CHECK(figures.refunds_in_flight[0].count == 2);
  CHECK(figures.refunds_in_flight[0].amount == Fen(2000));
  CHECK(figures.refunds_in_flight[0].oldest == late);
  const auto sums = SumsByChannel(figures.ledger);
  REQUIRE(sums.size() == 2);
  CHECK(sums.at({"alipay", "CNY"}).captured == Fen(1000));
  CHECK(sums.at({"alipay", "CNY"}).refunded == Fen(0));
  CHECK(sums.at({"wechat_pay", "CNY"}).captured == Fen(4000));
  CHECK(sums.at({"wechat_pay", "CNY"}).refunded == Fen(1000));
  CHECK(Imbalances(figures.ledger) == std::map<std::string, std::int64_t>{{"CNY", 0}});
}

TEST_CASE("Money that appears or disappears shows in the sum of the ledger, by currency",
          "[payment][figures][X-06]") {
  const Currency yen = *Currency::Parse("JPY");
  const std::vector<LedgerTurnover> ledger = {
      {"fares", Fen(0), Fen(900)},
      {"provider_receivable:alipay", Fen(1000), Fen(0)},
      {"fares", Money{0, yen}, Money{5, yen}},
      {"provider_receivable:alipay", Money{5, yen}, Money{0, yen}},
  };
  CHECK(Imbalances(ledger) == std::map<std::string, std::int64_t>{{"CNY", 100}, {"JPY", 0}});
  CHECK(SumsByChannel(ledger).at({"alipay", "JPY"}).captured == Money{5, yen});
}

}  // namespace
}  // namespace houbu::payment
