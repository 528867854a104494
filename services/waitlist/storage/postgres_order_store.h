/// Orders in PostgreSQL.
#pragma once

#include <functional>

#include "libs/postgres/pool.h"
#include "libs/postgres/unit_of_work.h"
#include "services/waitlist/app/ports.h"

namespace houbu::waitlist {

/// Turns an effect of an order into the call that makes it happen; peers/ knows how.
using EncodeEffect = std::function<postgres::OutboxCall(const Order& order, const Effect& effect,
                                                        std::string id, absl::Time now)>;

/// Keeps orders in table `orders`, one row each.
class PostgresOrderStore final : public OrderStore {
 public:
  /// Uses the pool, which must outlive it.
  PostgresOrderStore(postgres::Pool& pool, EncodeEffect encode)
      : pool_(pool), encode_(std::move(encode)) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<Order> Load(OrderId id) override;
  Task<std::optional<Order>> LoadLive(std::string account) override;
  Task<std::string> Save(Step step, std::optional<Reply> reply, absl::Time now) override;
  Task<std::vector<Order>> List(std::string account, OrderList list, Page page) override;
  Task<std::vector<OrderId>> Due(absl::Time now, int limit) override;

 private:
  postgres::Pool& pool_;
  EncodeEffect encode_;
};

}  // namespace houbu::waitlist
