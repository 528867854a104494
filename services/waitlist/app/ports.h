/// What waitlist needs of the outside: its record, and slot's word on what is wished for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "services/waitlist/domain/explanation.h"
#include "services/waitlist/domain/life.h"
#include "services/waitlist/domain/order.h"

namespace houbu::waitlist {

using async::Task;

/// Somebody else changed the order meanwhile; load it again.
inline constexpr Refusal kOrderChanged{absl::StatusCode::kAborted, "ORDER_CHANGED",
                                       "The order changed meanwhile."};

/// Which of an account's orders are listed (W-11).
enum class OrderList { kAll, kToPay, kWaiting, kDone };

/// A stretch of a list.
struct Page {
  std::string after;  ///< The order the page before ended at; empty for the first page.
  int size = 0;
};

/// The answer to the request a change belongs to.
struct Reply {
  RequestKey key;
  std::string answer;
};

/// Where orders are kept.
class OrderStore {
 public:
  virtual ~OrderStore() = default;

  /// Returns the stored answer of a repeated request, nothing for a new one; REQUEST_ID_REUSED
  /// when the id came with other content.
  virtual Task<std::optional<std::string>> FindAnswer(RequestKey key) = 0;

  /// Returns the order; ORDER_NOT_FOUND.
  virtual Task<Order> Load(OrderId id) = 0;

  /// Returns the account's live order, nothing when it has none.
  virtual Task<std::optional<Order>> LoadLive(std::string account) = 0;

  /// Records a step, the calls it causes and the reply, together. The order's version must be one
  /// more than the recorded one (1 for a new order), else ORDER_CHANGED; a second live order of an
  /// account is LIVE_ORDER_EXISTS. Returns the answer that stands: the reply's, or that of the same
  /// request where it was recorded alongside; "" without a reply.
  virtual Task<std::string> Save(Step step, std::optional<Reply> reply, absl::Time now) = 0;

  /// Returns an account's orders, newest first.
  virtual Task<std::vector<Order>> List(std::string account, OrderList list, Page page) = 0;

  /// Returns orders whose pay window or deadline has come, the earliest first.
  virtual Task<std::vector<OrderId>> Due(absl::Time now, int limit) = 0;
};

/// What slot says of wishes.
class Slots {
 public:
  virtual ~Slots() = default;

  /// Quotes a wish; slot's refusals (no such run, no such class, not on that way) pass through.
  virtual Task<Quote> Ask(Wish wish) = 0;
};

/// What slot says of the line.
class Line {
 public:
  virtual ~Line() = default;

  /// Finds how a demand ("dm-...") stands in line; nothing where it is not in line.
  virtual Task<std::optional<LinePosition>> Find(std::string demand) = 0;
};

}  // namespace houbu::waitlist
