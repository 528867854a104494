#include "services/notification/app/message_intake.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::notification {

MessageIntake::MessageIntake(MessageStore& messages, ContactStore& contacts, const Clock& clock,
                             IdSource& ids, std::function<void()> taken)
    : messages_(messages),
      contacts_(contacts),
      clock_(clock),
      ids_(ids),
      taken_(std::move(taken)) {}

Task<std::string> MessageIntake::Tell(News news, Mutation<Message> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await messages_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(std::optional<Contact> contact, co_await contacts_.Load(news.account));
  const absl::Time now = clock_.Now();
  Intake intake = IntakeOf(std::move(news), std::move(contact).value_or(Contact()), now);
  std::string answer = mutation.render(*intake.message);
  ASSIGN_OR_CO_RETURN(
      answer, co_await messages_.Record(std::move(intake), mutation.key, std::move(answer), now));
  taken_();
  co_return answer;
}

Task<std::string> MessageIntake::SendCode(CodeDispatch dispatch, Mutation<Delivery> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await messages_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  const absl::Time now = clock_.Now();
  const Text text = RenderCode(dispatch.language, dispatch.code);
  Delivery delivery;
  delivery.id = ids_.Next("dl");
  delivery.channel = dispatch.channel;
  delivery.recipient = std::move(dispatch.recipient);
  delivery.title = text.title;
  delivery.body = text.body;
  delivery.language = std::move(dispatch.language);
  delivery.created_at = now;
  delivery.due_at = now;
  std::string answer = mutation.render(delivery);
  Intake intake;
  intake.deliveries.push_back(std::move(delivery));
  ASSIGN_OR_CO_RETURN(
      answer, co_await messages_.Record(std::move(intake), mutation.key, std::move(answer), now));
  taken_();
  co_return answer;
}

Task<std::vector<Message>> MessageIntake::ListMessages(std::string account, Page page) {
  return messages_.ListMessages(std::move(account), page);
}

Task<std::vector<Delivery>> MessageIntake::ListDeliveries(std::optional<DeliveryState> state,
                                                          Page page) {
  return messages_.ListDeliveries(state, page);
}

Intake MessageIntake::IntakeOf(News news, const Contact& contact, absl::Time now) {
  Message message;
  message.id = ids_.Next("ms");
  message.account = std::move(news.account);
  message.event = news.event;
  message.subject = std::move(news.subject);
  message.text = Render(news.event, contact.language, news.parameters);
  message.created_at = now;
  Intake intake;
  for (const Channel channel : contact.channels) {
    Delivery delivery;
    delivery.id = ids_.Next("dl");
    delivery.message = absl::StrCat(message.account, "/messages/", message.id);
    delivery.channel = channel;
    delivery.recipient = channel == Channel::kSms ? contact.phone : contact.email;
    delivery.title = message.text.title;
    delivery.body = message.text.body;
    delivery.language = contact.language;
    delivery.created_at = now;
    delivery.due_at = now;
    intake.deliveries.push_back(std::move(delivery));
  }
  intake.message = std::move(message);
  return intake;
}

}  // namespace houbu::notification
