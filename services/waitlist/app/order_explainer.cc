#include "services/waitlist/app/order_explainer.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::waitlist {

Task<OrderExplanation> OrderExplainer::ExplainToOwner(OrderId id, std::string account) {
  ASSIGN_OR_CO_RETURN(Order order, co_await store_.Load(std::move(id)));
  if (order.account != account) {
    co_return Refuse(kOrderNotFound);
  }
  co_return co_await ExplainOrder(std::move(order));
}

Task<OrderExplanation> OrderExplainer::Explain(OrderId id) {
  ASSIGN_OR_CO_RETURN(Order order, co_await store_.Load(std::move(id)));
  co_return co_await ExplainOrder(std::move(order));
}

Task<OrderExplanation> OrderExplainer::ExplainOrder(Order order) {
  OrderExplanation explanation;
  explanation.order = std::move(order);
  for (const Choice& choice : explanation.order.choices) {
    std::optional<LinePosition> position;
    const bool in_line =
        explanation.order.state == OrderState::kWaiting && choice.failure == EndReason::kNone;
    if (in_line) {
      ASSIGN_OR_CO_RETURN(position, co_await line_.Find(choice.demand));
    }
    explanation.positions.push_back(std::move(position));
  }
  co_return explanation;
}

}  // namespace houbu::waitlist
