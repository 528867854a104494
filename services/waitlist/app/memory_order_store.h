/// Orders in memory: the store of use-case tests. Keeps the same contract as PostgreSQL's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "services/waitlist/app/ports.h"

namespace houbu::waitlist {

/// Keeps orders, answers and the effects of every step.
class MemoryOrderStore final : public OrderStore {
 public:
  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<Order> Load(OrderId id) override;
  Task<std::optional<Order>> LoadLive(std::string account) override;
  Task<std::string> Save(Step step, std::optional<Reply> reply, absl::Time now) override;
  Task<std::vector<Order>> List(std::string account, OrderList list, Page page) override;
  Task<std::vector<OrderId>> Due(absl::Time now, int limit) override;

  /// Every effect recorded so far, in order.
  const std::vector<Effect>& effects() const { return effects_; }

 private:
  struct Answer {
    std::string fingerprint;
    std::string bytes;
  };
  absl::StatusOr<std::optional<std::string>> Find(const RequestKey& key) const;

  std::map<OrderId, Order> orders_;
  std::map<std::string, Answer> answers_;
  std::vector<Effect> effects_;
};

}  // namespace houbu::waitlist
