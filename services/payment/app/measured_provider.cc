#include "services/payment/app/measured_provider.h"

#include <chrono>

namespace houbu::payment {
namespace {

absl::string_view OutcomeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return "OK";
    case absl::StatusCode::kUnavailable:
      return "UNAVAILABLE";
    case absl::StatusCode::kDeadlineExceeded:
      return "DEADLINE";
    default:
      return ReasonOf(status).empty() ? "FAILED" : "REFUSED";
  }
}

absl::string_view OutcomeOf(const absl::StatusOr<OrderFact>& answer) {
  return OutcomeOf(answer.status());
}

absl::string_view OutcomeOf(const absl::StatusOr<RefundFact>& answer) {
  if (answer.ok() && answer->state == RefundFact::State::kRefused) return "REFUSED";
  return OutcomeOf(answer.status());
}

}  // namespace

template <class Fact>
Task<Fact> MeasuredProvider::Measure(absl::string_view method, Task<Fact> call) {
  // The machine's time: the business clock may be moved meanwhile.
  const auto begun = std::chrono::steady_clock::now();
  absl::StatusOr<Fact> answer = co_await std::move(call);
  const auto took = absl::FromChrono(std::chrono::steady_clock::now() - begun);
  seen_(ProviderCall{method, OutcomeOf(answer), took});
  co_return answer;
}

Task<OrderFact> MeasuredProvider::Create(OrderRequest request) {
  return Measure<OrderFact>("create", provider_.Create(std::move(request)));
}

Task<OrderFact> MeasuredProvider::Query(PaymentId payment) {
  return Measure<OrderFact>("query", provider_.Query(std::move(payment)));
}

Task<OrderFact> MeasuredProvider::Close(PaymentId payment) {
  return Measure<OrderFact>("close", provider_.Close(std::move(payment)));
}

Task<RefundFact> MeasuredProvider::Refund(RefundRequest request) {
  return Measure<RefundFact>("refund", provider_.Refund(std::move(request)));
}

Task<RefundFact> MeasuredProvider::QueryRefund(PaymentId payment, std::string merchant_refund) {
  return Measure<RefundFact>("query_refund",
                             provider_.QueryRefund(std::move(payment), std::move(merchant_refund)));
}

}  // namespace houbu::payment
