/// A payment provider in memory: keeps books like a real one, and can be told to be away or to lose
/// its answers.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Takes and returns money in memory.
class MemoryProvider final : public Provider {
 public:
  Task<OrderFact> Create(OrderRequest request) override;
  Task<OrderFact> Query(PaymentId payment) override;
  Task<OrderFact> Close(PaymentId payment) override;
  Task<RefundFact> Refund(RefundRequest request) override;
  Task<RefundFact> QueryRefund(PaymentId payment, std::string merchant_refund) override;

  /// The payer pays, also what is closed (money on its way), all of it or `amount`; gives what a
  /// callback would say.
  OrderFact Pay(const PaymentId& payment, absl::Time at, std::optional<Money> amount = {});

  /// A refund in process ends; gives what a callback would say.
  RefundFact EndRefund(const std::string& merchant_refund, bool succeeded, absl::Time at);

  /// Whether every call fails as UNAVAILABLE.
  bool away = false;
  /// How many more requests about refunds it takes before it refuses them as too many.
  int refund_requests_left = 1'000'000;
  /// How often it was asked about refunds, refused or not.
  int refund_requests = 0;
  /// Whether every call acts and then fails as UNAVAILABLE.
  bool loses_answers = false;
  /// Money taken, in fen.
  std::int64_t paid = 0;
  /// Money given back, in fen.
  std::int64_t refunded = 0;
  /// How often an order was asked for.
  int creations = 0;

  /// What it took for a payment, in fen.
  std::int64_t TakenFor(const std::string& payment) const;
  /// Of it, what it gave back.
  std::int64_t GivenBackFor(const std::string& payment) const;

  /// Refunds by the names they were asked under.
  const std::map<std::string, RefundFact>& refunds() const { return refunds_; }

 private:
  absl::Status Admit();

  std::map<std::string, OrderFact> orders_;
  std::map<std::string, std::string> payers_;  // who an order was asked for first
  std::map<std::string, RefundFact> refunds_;
  std::map<std::string, std::int64_t> refunded_of_;
  std::map<std::string, std::string> order_of_;
};

}  // namespace houbu::payment
