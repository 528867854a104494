#include "services/notification/storage/postgres_message_store.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/unit_of_work.h"

namespace houbu::notification {
namespace {

std::string RecipientContext(absl::string_view id) {
  return absl::StrCat("deliveries/recipient/", id);
}

std::string BodyContext(absl::string_view id) { return absl::StrCat("deliveries/body/", id); }

absl::StatusOr<Message> MessageOf(const postgres::Row& row) {
  Message message;
  message.id = row.Text("id");
  message.account = row.Text("account");
  ASSIGN_OR_RETURN(message.event, ParseEvent(row.Text("event")));
  message.subject = row.Text("subject");
  message.text.title = row.Text("title");
  message.text.body = row.Text("body");
  message.created_at = row.Time("created_at");
  message.position = row.Int64("position");
  return message;
}

DeliveryState StateOf(const std::string& name) {
  if (name == DeliveryStateName(DeliveryState::kDelivered)) {
    return DeliveryState::kDelivered;
  }
  if (name == DeliveryStateName(DeliveryState::kUndeliverable)) {
    return DeliveryState::kUndeliverable;
  }
  return DeliveryState::kPending;
}

}  // namespace

Task<std::optional<std::string>> PostgresMessageStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

constexpr char kInsertMessage[] = R"sql(
  INSERT INTO messages (id, account, event, subject, title, body, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7))sql";

constexpr char kInsertDelivery[] = R"sql(
  INSERT INTO deliveries (id, message, channel, recipient, title, body, language, state, attempts,
                          last_error, created_at, due_at, lease_until)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 'PENDING', 0, '', $8, $9, $8))sql";

Task<std::string> PostgresMessageStore::Record(Intake intake, RequestKey key, std::string answer,
                                               absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work, co_await postgres::UnitOfWork::Begin(pool_, key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  if (intake.message.has_value()) {
    const Message& message = *intake.message;
    postgres::Parameters parameters;
    parameters.Add(message.id).Add(message.account).Add(EventName(message.event));
    parameters.Add(message.subject).Add(message.text.title).Add(message.text.body);
    parameters.Add(message.created_at);
    CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kInsertMessage, std::move(parameters)));
  }
  for (const Delivery& delivery : intake.deliveries) {
    postgres::Parameters parameters;
    parameters.Add(delivery.id).Add(delivery.message).Add(ChannelName(delivery.channel));
    parameters.AddBytes(cipher_.Encrypt(delivery.recipient, RecipientContext(delivery.id)));
    parameters.Add(delivery.title);
    parameters.AddBytes(cipher_.Encrypt(delivery.body, BodyContext(delivery.id)));
    parameters.Add(delivery.language).Add(delivery.created_at).Add(delivery.due_at);
    CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kInsertDelivery, std::move(parameters)));
  }
  CO_RETURN_IF_ERROR(co_await work.Commit(answer, now));
  co_return answer;
}

constexpr char kListMessages[] = R"sql(
  SELECT id, position, account, event, subject, title, body, created_at
  FROM messages WHERE account = $1 AND ($2 = 0 OR position < $2)
  ORDER BY position DESC LIMIT $3)sql";

Task<std::vector<Message>> PostgresMessageStore::ListMessages(std::string account, Page page) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(page.after).Add(page.size);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kListMessages, std::move(parameters)));
  std::vector<Message> messages;
  for (int i = 0; i < result.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(Message message, MessageOf(result.row(i)));
    messages.push_back(std::move(message));
  }
  co_return messages;
}

constexpr char kListDeliveries[] = R"sql(
  SELECT id, position, message, channel, recipient, title, body, language, state, attempts,
         last_error, created_at, due_at, delivered_at
  FROM deliveries WHERE position > $1 AND ($2::text IS NULL OR state = $2)
  ORDER BY position LIMIT $3)sql";

Task<std::vector<Delivery>> PostgresMessageStore::ListDeliveries(std::optional<DeliveryState> state,
                                                                 Page page) {
  std::optional<std::string> name;
  if (state.has_value()) {
    name = std::string(DeliveryStateName(*state));
  }
  postgres::Parameters parameters;
  parameters.Add(page.after).Add(name).Add(page.size);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kListDeliveries, std::move(parameters)));
  co_return DeliveriesOf(result);
}

constexpr char kClaim[] = R"sql(
  UPDATE deliveries SET lease_until = $2
  WHERE id IN (SELECT id FROM deliveries
               WHERE state = 'PENDING' AND channel = $3 AND due_at <= $1 AND lease_until <= $1
               ORDER BY due_at, position LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING id, position, message, channel, recipient, title, body, language, state, attempts,
            last_error, created_at, due_at, delivered_at)sql";

Task<std::optional<Delivery>> PostgresMessageStore::Claim(Channel channel, absl::Time now,
                                                          absl::Time lease_until) {
  postgres::Parameters parameters;
  parameters.Add(now).Add(lease_until).Add(ChannelName(channel));
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kClaim, std::move(parameters)));
  ASSIGN_OR_CO_RETURN(std::vector<Delivery> claimed, DeliveriesOf(result));
  if (claimed.empty()) {
    co_return std::nullopt;
  }
  co_return std::move(claimed.front());
}

constexpr char kSaveDelivery[] = R"sql(
  UPDATE deliveries SET state = $2, attempts = $3, last_error = $4, due_at = $5, lease_until = $5,
                        delivered_at = $6
  WHERE id = $1 AND state = 'PENDING')sql";

Task<void> PostgresMessageStore::Save(Delivery delivery) {
  std::optional<absl::Time> delivered_at;
  if (delivery.state == DeliveryState::kDelivered) {
    delivered_at = delivery.delivered_at;
  }
  postgres::Parameters parameters;
  parameters.Add(delivery.id).Add(DeliveryStateName(delivery.state)).Add(delivery.attempts);
  parameters.Add(delivery.last_error).Add(delivery.due_at).Add(delivered_at);
  CO_RETURN_IF_ERROR(co_await pool_.Query(kSaveDelivery, std::move(parameters)));
  co_return absl::OkStatus();
}

constexpr char kRemoveEnded[] = R"sql(
  DELETE FROM deliveries WHERE id IN (
    SELECT id FROM deliveries WHERE created_at < $1 AND state <> 'PENDING'
    ORDER BY created_at LIMIT $2))sql";

Task<int> PostgresMessageStore::RemoveEnded(absl::Time before, int limit) {
  postgres::Parameters parameters;
  parameters.Add(before).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result removed,
                      co_await pool_.Query(kRemoveEnded, std::move(parameters)));
  co_return static_cast<int>(removed.affected());
}

absl::StatusOr<std::vector<Delivery>> PostgresMessageStore::DeliveriesOf(
    const postgres::Result& result) const {
  std::vector<Delivery> deliveries;
  for (int i = 0; i < result.rows(); ++i) {
    const postgres::Row row = result.row(i);
    Delivery delivery;
    delivery.id = row.Text("id");
    delivery.position = row.Int64("position");
    delivery.message = row.Text("message");
    ASSIGN_OR_RETURN(delivery.channel, ParseChannel(row.Text("channel")));
    ASSIGN_OR_RETURN(delivery.recipient,
                     cipher_.Decrypt(row.Bytes("recipient"), RecipientContext(delivery.id)));
    delivery.title = row.Text("title");
    ASSIGN_OR_RETURN(delivery.body, cipher_.Decrypt(row.Bytes("body"), BodyContext(delivery.id)));
    delivery.language = row.Text("language");
    delivery.state = StateOf(row.Text("state"));
    delivery.attempts = row.Int32("attempts");
    delivery.last_error = row.Text("last_error");
    delivery.created_at = row.Time("created_at");
    delivery.due_at = row.Time("due_at");
    delivery.delivered_at = row.OptionalTime("delivered_at").value_or(absl::InfiniteFuture());
    deliveries.push_back(std::move(delivery));
  }
  return deliveries;
}

}  // namespace houbu::notification
