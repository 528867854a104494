#include "services/waitlist/storage/postgres_order_store.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/errors.h"
#include "services/waitlist/storage/order_json.h"

namespace houbu::waitlist {
namespace {

absl::StatusOr<Order> OrderOf(const postgres::Row& row) {
  Order order;
  order.id = OrderId(row.Text("id"));
  order.version = row.Int64("version");
  order.account = row.Text("account");
  ASSIGN_OR_RETURN(order.state, ParseOrderState(row.Text("state")));
  ASSIGN_OR_RETURN(order.end_reason, ParseEndReason(row.Text("end_reason")));
  ASSIGN_OR_RETURN(order.choices, ParseChoices(row.Text("choices")));
  ASSIGN_OR_RETURN(order.travellers, ParseTravellers(row.Text("travellers")));
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(row.Text("currency")));
  order.prepayment = Money{row.Int64("prepayment_minor"), currency};
  order.payment = row.Text("payment");
  order.created_at = row.Time("created_at");
  order.pay_by = row.Time("pay_by");
  order.deadline = row.Time("deadline");
  order.effective_at = row.OptionalTime("effective_at").value_or(absl::InfiniteFuture());
  order.ended_at = row.OptionalTime("ended_at").value_or(absl::InfiniteFuture());
  order.served_demand = row.Text("served_demand");
  order.booking = row.Text("booking");
  order.fare_paid = Money{row.Int64("fare_paid_minor"), currency};
  return order;
}

std::optional<absl::Time> Known(absl::Time time) {
  return time == absl::InfiniteFuture() ? std::nullopt : std::optional<absl::Time>(time);
}

postgres::Parameters ParametersOf(const Order& order) {
  postgres::Parameters parameters;
  parameters.Add(order.id.value()).Add(order.version).Add(order.account);
  parameters.Add(OrderStateName(order.state)).Add(EndReasonName(order.end_reason));
  parameters.Add(ChoicesJson(order.choices)).Add(TravellersJson(order.travellers));
  parameters.Add(order.prepayment.currency.code()).Add(order.prepayment.minor_units);
  parameters.Add(order.payment).Add(order.created_at).Add(order.pay_by).Add(order.deadline);
  parameters.Add(Known(order.effective_at)).Add(Known(order.ended_at));
  parameters.Add(order.served_demand).Add(order.booking).Add(order.fare_paid.minor_units);
  return parameters;
}

/// The states of a list, as an SQL array.
std::vector<std::string> StatesOf(OrderList list) {
  switch (list) {
    case OrderList::kAll:
      return {"PENDING_PAYMENT", "WAITING", "SERVED", "WITHDRAWN", "FAILED", "LAPSED"};
    case OrderList::kToPay:
      return {"PENDING_PAYMENT"};
    case OrderList::kWaiting:
      return {"WAITING"};
    case OrderList::kDone:
      return {"SERVED", "WITHDRAWN", "FAILED"};
  }
  return {};
}

/// What a failed write means here.
absl::Status Refusing(const absl::Status& failure) {
  if (postgres::ConstraintOf(failure) == "orders_one_live") {
    return Refuse(kLiveOrderExists);
  }
  return failure;
}

}  // namespace

Task<std::optional<std::string>> PostgresOrderStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

constexpr char kLoadOrder[] = R"sql(
  SELECT id, version, account, state, end_reason, choices, travellers, currency, prepayment_minor,
         payment, created_at, pay_by, deadline, effective_at, ended_at, served_demand,
         booking, fare_paid_minor
  FROM orders WHERE id = $1)sql";

Task<Order> PostgresOrderStore::Load(OrderId id) {
  postgres::Parameters parameters;
  parameters.Add(id.value());
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoadOrder, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kOrderNotFound);
  }
  co_return OrderOf(result.row(0));
}

constexpr char kLoadLiveOrder[] = R"sql(
  SELECT id, version, account, state, end_reason, choices, travellers, currency, prepayment_minor,
         payment, created_at, pay_by, deadline, effective_at, ended_at, served_demand,
         booking, fare_paid_minor
  FROM orders WHERE account = $1 AND state IN ('PENDING_PAYMENT', 'WAITING'))sql";

Task<std::optional<Order>> PostgresOrderStore::LoadLive(std::string account) {
  postgres::Parameters parameters;
  parameters.Add(account);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoadLiveOrder, std::move(parameters)));
  if (result.empty()) {
    co_return std::nullopt;
  }
  ASSIGN_OR_CO_RETURN(Order order, OrderOf(result.row(0)));
  co_return order;
}

constexpr char kInsertOrder[] = R"sql(
  INSERT INTO orders (id, version, account, state, end_reason, choices, travellers, currency,
                      prepayment_minor, payment, created_at, pay_by, deadline, effective_at,
                      ended_at, served_demand, booking, fare_paid_minor)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18))sql";

// Every column is a parameter of both statements, so that one list serves both.
constexpr char kUpdateOrder[] = R"sql(
  UPDATE orders SET version = $2, state = $4, end_reason = $5, choices = $6, effective_at = $14,
                    ended_at = $15, served_demand = $16, booking = $17, fare_paid_minor = $18
  WHERE id = $1 AND version = $2 - 1
    AND (account, travellers, currency, prepayment_minor, payment, created_at, pay_by, deadline)
      = ($3, $7, $8, $9, $10, $11, $12, $13))sql";

constexpr char kInsertHistory[] = R"sql(
  INSERT INTO order_history (order_id, version, state, at) VALUES ($1, $2, $3, $4))sql";

Task<std::string> PostgresOrderStore::Save(Step step, std::optional<Reply> reply, absl::Time now) {
  std::optional<RequestKey> key;
  if (reply.has_value()) {
    key = reply->key;
  }
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work, co_await postgres::UnitOfWork::Begin(pool_, key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  const Order& order = step.order;
  const bool fresh = order.version == 1;
  const absl::StatusOr<postgres::Result> written =
      co_await work.transaction().Execute(fresh ? kInsertOrder : kUpdateOrder, ParametersOf(order));
  if (!written.ok()) {
    co_return Refusing(written.status());
  }
  if (written->affected() == 0) {
    co_return Refuse(kOrderChanged);
  }
  postgres::Parameters history;
  history.Add(order.id.value()).Add(order.version).Add(OrderStateName(order.state)).Add(now);
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kInsertHistory, std::move(history)));
  for (std::size_t i = 0; i < step.effects.size(); ++i) {
    const std::string id = absl::StrCat(order.id.value(), "-", order.version, "-", i);
    postgres::OutboxCall call = encode_(order, step.effects[i], id, now);
    CO_RETURN_IF_ERROR(co_await work.Enqueue(std::move(call)));
  }
  std::string answer = reply.has_value() ? reply->answer : std::string();
  CO_RETURN_IF_ERROR(co_await work.Commit(answer, now));
  co_return answer;
}

constexpr char kListOrders[] = R"sql(
  SELECT id, version, account, state, end_reason, choices, travellers, currency, prepayment_minor,
         payment, created_at, pay_by, deadline, effective_at, ended_at, served_demand,
         booking, fare_paid_minor
  FROM orders WHERE account = $1 AND state = ANY ($2::text[]) AND ($3 = '' OR id < $3)
  ORDER BY id DESC LIMIT $4)sql";

Task<std::vector<Order>> PostgresOrderStore::List(std::string account, OrderList list, Page page) {
  postgres::Parameters parameters;
  parameters.Add(account).AddTextArray(StatesOf(list)).Add(page.after).Add(page.size);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kListOrders, std::move(parameters)));
  std::vector<Order> orders;
  for (int i = 0; i < result.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(Order order, OrderOf(result.row(i)));
    orders.push_back(std::move(order));
  }
  co_return orders;
}

constexpr char kDueOrders[] = R"sql(
  SELECT id FROM (
    SELECT id, pay_by AS due_at FROM orders WHERE state = 'PENDING_PAYMENT' AND pay_by < $3
    UNION ALL
    SELECT id, deadline AS due_at FROM orders WHERE state = 'WAITING' AND deadline <= $1) AS due
  ORDER BY due_at LIMIT $2)sql";

Task<std::vector<OrderId>> PostgresOrderStore::Due(absl::Time now, int limit) {
  postgres::Parameters parameters;
  parameters.Add(now).Add(limit).Add(now - kCallbackGrace);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kDueOrders, std::move(parameters)));
  std::vector<OrderId> due;
  due.reserve(static_cast<std::size_t>(result.rows()));
  for (int i = 0; i < result.rows(); ++i) {
    due.emplace_back(result.row(i).Text("id"));
  }
  co_return due;
}

}  // namespace houbu::waitlist
