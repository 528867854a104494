#include "services/notification/peers/mail_carrier.h"

#include <utility>

namespace houbu::notification {

Task<void> MailCarrier::Carry(Delivery delivery) {
  http::Mail mail;
  mail.message_id = MessageIdOf(delivery);
  mail.from = from_;
  mail.from_name = "Houbu 候补";
  mail.to = delivery.recipient;
  mail.subject = delivery.title;
  mail.text = delivery.body;
  mail.language = delivery.language;
  mail.date = delivery.created_at;
  return smtp_.Send(std::move(mail));
}

}  // namespace houbu::notification
