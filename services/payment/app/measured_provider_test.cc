#include "services/payment/app/measured_provider.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "libs/testing/run_task.h"
#include "services/payment/app/memory_provider.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {
namespace {

// Answers every call with one status.
class OneAnswer final : public Provider {
 public:
  explicit OneAnswer(absl::Status status) : status_(std::move(status)) {}
  Task<OrderFact> Create(OrderRequest) override { co_return status_; }
  Task<OrderFact> Query(PaymentId) override { co_return status_; }
  Task<OrderFact> Close(PaymentId) override { co_return status_; }
  Task<RefundFact> Refund(RefundRequest) override { co_return status_; }
  Task<RefundFact> QueryRefund(PaymentId, std::string) override { co_return status_; }

 private:
  absl::Status status_;
};

TEST_CASE("Every call of a provider is told once and passed on as it is", "[payment][figures]") {
  MemoryProvider provider;
  std::vector<std::string> told;
  MeasuredProvider measured(provider, [&told](const ProviderCall& call) {
    CHECK(call.took >= absl::ZeroDuration());
    told.push_back(std::string(call.method) + " " + std::string(call.outcome));
  });
  OrderRequest order;
  order.payment = PaymentId("py-1");
  order.amount = Fen(1000);
  CHECK(testing::RunTask(measured.Create(order))->state == OrderFact::State::kOpen);
  CHECK(testing::RunTask(measured.Query(order.payment))->state == OrderFact::State::kOpen);
  RefundRequest refund;
  refund.payment = order.payment;
  refund.merchant_refund = "rf-1";
  refund.amount = Fen(1000);
  CHECK(testing::RunTask(measured.Refund(refund))->state == RefundFact::State::kRefused);
  CHECK(testing::RunTask(measured.QueryRefund(order.payment, "rf-1"))->state ==
        RefundFact::State::kMissing);
  CHECK(testing::RunTask(measured.Close(order.payment))->state == OrderFact::State::kClosed);
  provider.away = true;
  CHECK(!testing::RunTask(measured.Query(order.payment)).ok());
  CHECK(told == std::vector<std::string>{"create OK", "query OK", "refund REFUSED",
                                         "query_refund OK", "close OK", "query UNAVAILABLE"});
}

TEST_CASE("What a call came to is one of five", "[payment][figures]") {
  const std::vector<std::pair<absl::Status, std::string>> rows = {
      {Refuse(kPayerRefused), "REFUSED"},
      {absl::UnavailableError("away"), "UNAVAILABLE"},
      {absl::DeadlineExceededError("slow"), "DEADLINE"},
      {absl::InternalError("NEVER_SEEN"), "FAILED"},
  };
  for (const auto& [status, outcome] : rows) {
    CAPTURE(outcome);
    OneAnswer provider(status);
    std::string told;
    MeasuredProvider measured(
        provider, [&told](const ProviderCall& call) { told = std::string(call.outcome); });
    CHECK(testing::RunTask(measured.Query(PaymentId("py-1"))).status() == status);
    CHECK(told == outcome);
  }
}

}  // namespace
}  // namespace houbu::payment
