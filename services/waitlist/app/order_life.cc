#include "services/waitlist/app/order_life.h"

#include <utility>

#include "libs/async/retry.h"
#include "libs/async/status_macros.h"

namespace houbu::waitlist {
namespace {

constexpr int kExpiryBatch = 100;

/// A step that leaves the order as it is: what is recorded with the answer of a request that
/// changed nothing.
Step Unchanged(Order order) {
  Step step;
  step.order = std::move(order);
  return step;
}

}  // namespace

Task<std::string> OrderLife::TakePayment(OrderId id, absl::Time paid_at, Mutation<Order> mutation) {
  Decision decide = [paid_at](Order order, absl::Time) {
    return std::optional<Step>(Pay(std::move(order), paid_at));
  };
  return Change(std::move(id), "", std::move(decide), std::move(mutation));
}

Task<std::string> OrderLife::TakeFailure(OrderId id, std::string demand, EndReason reason,
                                         Mutation<Order> mutation) {
  Decision decide = [demand = std::move(demand), reason](Order order, absl::Time now) {
    return FailChoice(std::move(order), demand, reason, now);
  };
  return Change(std::move(id), "", std::move(decide), std::move(mutation));
}

Task<std::string> OrderLife::TakeTermination(OrderId id, std::string account,
                                             Mutation<Order> mutation) {
  Decision decide = [](Order order, absl::Time now) { return Terminate(std::move(order), now); };
  return Change(std::move(id), std::move(account), std::move(decide), std::move(mutation));
}

Task<std::string> OrderLife::Change(OrderId id, std::string account, Decision decide,
                                    Mutation<Order> mutation) {
  std::function<Task<std::string>()> attempt = [this, id, account, decide, mutation] {
    return ChangeOnce(id, account, decide, mutation);
  };
  const async::RetryPolicy policy;
  co_return co_await async::Retry<std::string>(policy, std::move(attempt));
}

Task<std::string> OrderLife::ChangeOnce(OrderId id, std::string account, Decision decide,
                                        Mutation<Order> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Order order, co_await store_.Load(id));
  if (!account.empty() && order.account != account) {
    co_return Refuse(kOrderNotFound);
  }
  const absl::Time now = clock_.Now();
  std::optional<Step> decided = decide(order, now);
  Step step = decided.has_value() ? *std::move(decided) : Unchanged(std::move(order));
  step.order.version += 1;
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(step.order);
  co_return co_await store_.Save(std::move(step), std::move(reply), now);
}

Task<std::string> OrderLife::TakeMatch(OrderId id, Found found, Mutation<Verdict> mutation) {
  std::function<Task<std::string>()> attempt = [this, id, found, mutation] {
    return MatchOnce(id, found, mutation);
  };
  const async::RetryPolicy policy;
  co_return co_await async::Retry<std::string>(policy, std::move(attempt));
}

Task<std::string> OrderLife::MatchOnce(OrderId id, Found found, Mutation<Verdict> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Order order, co_await store_.Load(id));
  const absl::Time now = clock_.Now();
  std::optional<Step> served = Serve(order, found, now);
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(served.has_value() ? Verdict::kAccepted : Verdict::kDeclined);
  Step step = served.has_value() ? *std::move(served) : Unchanged(std::move(order));
  step.order.version += 1;
  co_return co_await store_.Save(std::move(step), std::move(reply), now);
}

Task<void> OrderLife::ExpireDue() {
  const absl::Time now = clock_.Now();
  ASSIGN_OR_CO_RETURN(const std::vector<OrderId> due, co_await store_.Due(now, kExpiryBatch));
  absl::Status failure;
  for (const OrderId& id : due) {
    const absl::Status expired = co_await ExpireOne(id);
    if (absl::IsUnavailable(expired)) {
      co_return expired;
    }
    // One that cannot be ended must not hold up the others.
    failure.Update(expired);
  }
  co_return failure;
}

Task<void> OrderLife::ExpireOne(OrderId id) {
  ASSIGN_OR_CO_RETURN(Order order, co_await store_.Load(id));
  const absl::Time now = clock_.Now();
  std::optional<Step> expired = Expire(std::move(order), now);
  if (!expired.has_value()) {
    co_return absl::OkStatus();
  }
  expired->order.version += 1;
  const absl::StatusOr<std::string> saved =
      co_await store_.Save(*std::move(expired), std::nullopt, now);
  if (ReasonOf(saved.status()) == kOrderChanged.reason) {
    co_return absl::OkStatus();  // somebody was quicker; the next round sees what is left to do
  }
  co_return saved.status();
}

Task<Order> OrderLife::Get(OrderId id, std::string account) {
  ASSIGN_OR_CO_RETURN(Order order, co_await store_.Load(std::move(id)));
  if (order.account != account) {
    co_return Refuse(kOrderNotFound);
  }
  co_return order;
}

Task<std::vector<Order>> OrderLife::List(std::string account, OrderList list, Page page) {
  return store_.List(std::move(account), list, std::move(page));
}

}  // namespace houbu::waitlist
