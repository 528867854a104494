/// What happens to orders once they are placed.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "libs/base/clock.h"
#include "services/waitlist/app/ports.h"

namespace houbu::waitlist {

/// The listener's word on places that were found.
enum class Verdict { kAccepted, kDeclined };

/// Takes what payment, slot, owners and time do to orders. Every step is one compare-and-set: of
/// two that come at once the second sees the first (W-07: served exactly once).
class OrderLife final {
 public:
  /// Uses what it is given, which must outlive it.
  OrderLife(OrderStore& store, const Clock& clock) : store_(store), clock_(clock) {}

  /// The prepayment arrived (W-04, W-05); gives the answer's bytes. An order we do not know is
  /// ORDER_NOT_FOUND.
  Task<std::string> TakePayment(OrderId id, absl::Time paid_at, Mutation<Order> mutation);

  /// Slot found places for a demand (W-07); gives the answer's bytes.
  Task<std::string> TakeMatch(OrderId id, Found found, Mutation<Verdict> mutation);

  /// A demand can never be served (W-15); gives the answer's bytes.
  Task<std::string> TakeFailure(OrderId id, std::string demand, EndReason reason,
                                Mutation<Order> mutation);

  /// The owner ends the order (W-08); gives the answer's bytes. Another's is ORDER_NOT_FOUND.
  Task<std::string> TakeTermination(OrderId id, std::string account, Mutation<Order> mutation);

  /// Lapses and fails what time has come for, a bounded number of orders (W-04, W-08).
  Task<void> ExpireDue();

  /// Returns the order; another account's is ORDER_NOT_FOUND.
  Task<Order> Get(OrderId id, std::string account);

  /// Returns a page of an account's orders, newest first (W-11).
  Task<std::vector<Order>> List(std::string account, OrderList list, Page page);

 private:
  /// What happens to an order, decided by the order as it stands; nothing when it stays.
  using Decision = std::function<std::optional<Step>(Order, absl::Time)>;

  Task<std::string> Change(OrderId id, std::string account, Decision decide,
                           Mutation<Order> mutation);
  Task<std::string> ChangeOnce(OrderId id, std::string account, Decision decide,
                               Mutation<Order> mutation);
  Task<std::string> MatchOnce(OrderId id, Found found, Mutation<Verdict> mutation);
  Task<void> ExpireOne(OrderId id);

  OrderStore& store_;
  const Clock& clock_;
};

}  // namespace houbu::waitlist
