/// Taking messages: from "this happened" to rows that will be delivered.
#pragma once

#include <functional>
#include <string>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/notification/app/ports.h"

namespace houbu::notification {

/// Something an account shall be told.
struct News {
  std::string account;
  Event event = Event::kBooked;
  std::string subject;
  Parameters parameters;
};

/// A one-time code for a phone or an e-mail address that need not belong to an account yet.
struct CodeDispatch {
  Channel channel = Channel::kSms;
  std::string recipient;  ///< Personal.
  std::string code;       ///< Personal.
  std::string language;
};

/// Takes messages and hands out what is in the inbox.
class MessageIntake final {
 public:
  /// Uses what it is given, which must outlive it. `taken` is called after each intake, to have the
  /// deliveries looked at at once.
  MessageIntake(MessageStore& messages, ContactStore& contacts, const Clock& clock, IdSource& ids,
                std::function<void()> taken);

  /// Writes the message into the inbox and makes one delivery for each channel of the reader; gives
  /// the answer's bytes. An account of which no contact is known has an inbox all the same.
  Task<std::string> Tell(News news, Mutation<Message> mutation);

  /// Makes a delivery by SMS; gives the answer's bytes.
  Task<std::string> SendCode(CodeDispatch dispatch, Mutation<Delivery> mutation);

  /// Returns a page of the inbox, newest first.
  Task<std::vector<Message>> ListMessages(std::string account, Page page);

  /// Returns a page of deliveries, oldest first.
  Task<std::vector<Delivery>> ListDeliveries(std::optional<DeliveryState> state, Page page);

 private:
  Intake IntakeOf(News news, const Contact& contact, absl::Time now);

  MessageStore& messages_;
  ContactStore& contacts_;
  const Clock& clock_;
  IdSource& ids_;
  std::function<void()> taken_;
};

}  // namespace houbu::notification
