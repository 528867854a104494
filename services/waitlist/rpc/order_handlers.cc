#include "services/waitlist/rpc/order_handlers.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/identity/travel_statement.h"
#include "libs/rpc/answering.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/waitlist/rpc/order_wire.h"

namespace houbu::waitlist {
namespace {

v1::Order Rendered(const Order& order) { return ToWire(order); }

absl::StatusOr<OrderId> OrderIdOf(absl::string_view name) {
  Violations violations;
  std::vector<std::string> ids =
      rpc::RequireName(violations, "name", name, "waitlistOrders/{order}");
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  return OrderId(std::move(ids.front()));
}

OrderList FromWire(v1::OrderList list) {
  switch (list) {
    case v1::ORDER_LIST_TO_PAY:
      return OrderList::kToPay;
    case v1::ORDER_LIST_WAITING:
      return OrderList::kWaiting;
    case v1::ORDER_LIST_DONE:
      return OrderList::kDone;
    default:
      return OrderList::kAll;
  }
}

}  // namespace

Task<v1::Order> OrderHandlers::Place(const rpc::Call& call, const v1::CreateOrderRequest& request) {
  ASSIGN_OR_CO_RETURN(Placement placement, waitlist::FromWire(request));
  ASSIGN_OR_CO_RETURN(const std::optional<std::string> stored,
                      co_await use_cases_.placement.FindAnswer(call.request_key));
  if (stored.has_value()) {
    co_return rpc::ParseAnswer<v1::Order>(*stored);
  }
  identity::StatementUse use;
  use.account = call.caller.account;
  use.purpose = type::v1::PURPOSE_WAIT;
  ASSIGN_OR_CO_RETURN(
      const type::v1::TravelStatement statement,
      identity::VerifyTravelStatement(trust_, request.statement(), clock_.Now(), use));
  placement.account = call.caller.account;
  placement.travellers = waitlist::FromWire(statement);
  Mutation<Order> mutation = rpc::Answering<Order>(call, Rendered);
  ASSIGN_OR_CO_RETURN(const std::string answer, co_await use_cases_.placement.Place(
                                                    std::move(placement), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Order>(answer);
}

Task<v1::Order> OrderHandlers::Show(const rpc::Call& call, const v1::GetOrderRequest& request) {
  ASSIGN_OR_CO_RETURN(OrderId id, OrderIdOf(request.name()));
  ASSIGN_OR_CO_RETURN(const Order order,
                      co_await use_cases_.life.Get(std::move(id), call.caller.account));
  co_return ToWire(order);
}

Task<v1::ListOrdersResponse> OrderHandlers::ShowList(const rpc::Call& call,
                                                     const v1::ListOrdersRequest& request) {
  Violations violations;
  rpc::RequireName(violations, "parent", request.parent(), "accounts/{account}");
  const std::string filter =
      absl::StrCat(request.parent(), "/orders/", static_cast<int>(request.list()));
  Page page;
  page.size = rpc::PageSize(violations, request.page_size());
  page.after = rpc::DecodePageToken(violations, filter, request.page_token());
  if (!v1::OrderList_IsValid(request.list())) {
    violations.Add("list", "is not a known value");
  }
  CO_RETURN_IF_ERROR(violations.ToStatus());
  if (request.parent() != call.caller.account) {
    co_return Refuse(kOrderNotFound);
  }
  const OrderList list = FromWire(request.list());
  ASSIGN_OR_CO_RETURN(const std::vector<Order> orders,
                      co_await use_cases_.life.List(call.caller.account, list, page));
  v1::ListOrdersResponse response;
  for (const Order& order : orders) {
    *response.add_orders() = ToWire(order);
  }
  if (static_cast<int>(orders.size()) == page.size) {
    response.set_next_page_token(rpc::EncodePageToken(filter, orders.back().id.value()));
  }
  co_return response;
}

Task<v1::Order> OrderHandlers::End(const rpc::Call& call,
                                   const v1::TerminateOrderRequest& request) {
  ASSIGN_OR_CO_RETURN(OrderId id, OrderIdOf(request.name()));
  Mutation<Order> mutation = rpc::Answering<Order>(call, Rendered);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await use_cases_.life.TakeTermination(std::move(id), call.caller.account,
                                                               std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Order>(answer);
}

Task<v1::OrderExplanation> OrderHandlers::Explain(const rpc::Call& call,
                                                  const v1::ExplainOrderRequest& request) {
  ASSIGN_OR_CO_RETURN(OrderId id, OrderIdOf(request.name()));
  if (call.caller.kind == rpc::Caller::Kind::kOperator) {
    ASSIGN_OR_CO_RETURN(const OrderExplanation explanation,
                        co_await use_cases_.explainer.Explain(std::move(id)));
    co_return ToWire(explanation);
  }
  ASSIGN_OR_CO_RETURN(
      const OrderExplanation explanation,
      co_await use_cases_.explainer.ExplainToOwner(std::move(id), call.caller.account));
  co_return ToWire(explanation);
}

}  // namespace houbu::waitlist
