/// Why an order is not served yet, for its owner and for support.
#pragma once

#include <string>

#include "services/waitlist/app/ports.h"

namespace houbu::waitlist {

/// Explains orders.
class OrderExplainer final {
 public:
  /// Uses what it is given, which must outlive it.
  OrderExplainer(OrderStore& store, Line& line) : store_(store), line_(line) {}

  /// Explains an order to its owner; another account's is ORDER_NOT_FOUND.
  Task<OrderExplanation> ExplainToOwner(OrderId id, std::string account);

  /// Explains any order; ORDER_NOT_FOUND.
  Task<OrderExplanation> Explain(OrderId id);

 private:
  Task<OrderExplanation> ExplainOrder(Order order);

  OrderStore& store_;
  Line& line_;
};

}  // namespace houbu::waitlist
