#include "services/waitlist/app/memory_order_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::waitlist {
namespace {

constexpr Refusal kRequestIdReused{absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
                                   "The request_id was used for another request."};

bool IsLive(const Order& order) {
  return order.state == OrderState::kPendingPayment || order.state == OrderState::kWaiting;
}

bool IsIn(OrderList list, OrderState state) {
  switch (list) {
    case OrderList::kAll:
      return true;
    case OrderList::kToPay:
      return state == OrderState::kPendingPayment;
    case OrderList::kWaiting:
      return state == OrderState::kWaiting;
    case OrderList::kDone:
      return state == OrderState::kServed || state == OrderState::kWithdrawn ||
             state == OrderState::kFailed;
  }
  return false;
}

std::string Scope(const RequestKey& key) {
  return absl::StrCat(key.caller, " ", key.method, " ", key.request_id);
}

}  // namespace

absl::StatusOr<std::optional<std::string>> MemoryOrderStore::Find(const RequestKey& key) const {
  const auto found = answers_.find(Scope(key));
  if (found == answers_.end()) {
    return std::optional<std::string>();
  }
  if (found->second.fingerprint != key.fingerprint) {
    return Refuse(kRequestIdReused);
  }
  return std::optional<std::string>(found->second.bytes);
}

Task<std::optional<std::string>> MemoryOrderStore::FindAnswer(RequestKey key) {
  co_return Find(key);
}

Task<Order> MemoryOrderStore::Load(OrderId id) {
  const auto found = orders_.find(id);
  if (found == orders_.end()) {
    co_return Refuse(kOrderNotFound);
  }
  co_return found->second;
}

Task<std::optional<Order>> MemoryOrderStore::LoadLive(std::string account) {
  for (const auto& [id, order] : orders_) {
    if (order.account == account && IsLive(order)) {
      co_return order;
    }
  }
  co_return std::nullopt;
}

Task<std::string> MemoryOrderStore::Save(Step step, std::optional<Reply> reply, absl::Time) {
  if (reply.has_value()) {
    ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, Find(reply->key));
    if (stored.has_value()) {
      co_return *std::move(stored);
    }
  }
  Order order = std::move(step.order);
  const auto known = orders_.find(order.id);
  const std::int64_t version = known == orders_.end() ? 0 : known->second.version;
  if (order.version != version + 1) {
    co_return Refuse(kOrderChanged);
  }
  for (const auto& [id, other] : orders_) {
    if (IsLive(order) && IsLive(other) && id != order.id && other.account == order.account) {
      co_return Refuse(kLiveOrderExists);
    }
  }
  orders_[order.id] = order;
  effects_.insert(effects_.end(), step.effects.begin(), step.effects.end());
  if (!reply.has_value()) {
    co_return std::string();
  }
  Answer& answer = answers_[Scope(reply->key)];
  answer.fingerprint = reply->key.fingerprint;
  answer.bytes = reply->answer;
  co_return reply->answer;
}

Task<std::vector<Order>> MemoryOrderStore::List(std::string account, OrderList list, Page page) {
  std::vector<Order> listed;
  for (auto at = orders_.rbegin(); at != orders_.rend(); ++at) {
    const Order& order = at->second;
    const bool before = page.after.empty() || order.id.value() < page.after;
    if (order.account == account && before && IsIn(list, order.state) &&
        static_cast<int>(listed.size()) < page.size) {
      listed.push_back(order);
    }
  }
  co_return listed;
}

Task<std::vector<OrderId>> MemoryOrderStore::Due(absl::Time now, int limit) {
  std::vector<OrderId> due;
  for (const auto& [id, order] : orders_) {
    const bool lapsed =
        order.state == OrderState::kPendingPayment && order.pay_by + kCallbackGrace < now;
    const bool over = order.state == OrderState::kWaiting && order.deadline <= now;
    if ((lapsed || over) && static_cast<int>(due.size()) < limit) {
      due.push_back(id);
    }
  }
  co_return due;
}

}  // namespace houbu::waitlist
