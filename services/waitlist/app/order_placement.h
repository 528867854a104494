/// Placing orders.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/waitlist/app/ports.h"

namespace houbu::waitlist {

/// What an account asks for. Who travels was vouched for by account's statement.
struct Placement {
  std::string account;
  std::vector<Wish> wishes;
  std::vector<Traveller> travellers;
  absl::Time deadline = absl::InfiniteFuture();
};

/// Places orders (W-03, W-04, W-06).
class OrderPlacement final {
 public:
  /// Uses what it is given, which must outlive it.
  OrderPlacement(OrderStore& store, Slots& slots, const Clock& clock, IdSource& ids,
                 WaitlistPolicy policy)
      : store_(store), slots_(slots), clock_(clock), ids_(ids), policy_(policy) {}

  /// Quotes the wishes, checks the rules and opens the order; gives the answer's bytes.
  Task<std::string> Place(Placement placement, Mutation<Order> mutation);

  /// Returns the stored answer of a repeated request, nothing for a new one; to be asked before a
  /// statement is judged that may have run out since.
  Task<std::optional<std::string>> FindAnswer(RequestKey key);

 private:
  Task<std::string> PlaceOnce(Placement placement, Mutation<Order> mutation);
  Task<std::vector<Choice>> QuoteAll(std::vector<Wish> wishes);

  OrderStore& store_;
  Slots& slots_;
  const Clock& clock_;
  IdSource& ids_;
  WaitlistPolicy policy_;
};

}  // namespace houbu::waitlist
