/// Sending: what is due goes out, what fails is tried again.
#pragma once

#include "libs/base/clock.h"
#include "services/notification/app/ports.h"

namespace houbu::notification {

/// Where each channel's deliveries go.
struct Carriers {
  Carrier& sms;
  Carrier& email;
};

/// Sends due deliveries.
class Dispatch final {
 public:
  /// Uses what it is given, which must outlive it.
  Dispatch(MessageStore& store, Carriers carriers, const Clock& clock, DeliveryPolicy policy)
      : store_(store), carriers_(carriers), clock_(clock), policy_(policy) {}

  /// Sends what is due on a channel, one after the other, until nothing is. A process that dies
  /// between the channel's yes and our record sends again under the same message id (W-09n). Each
  /// channel has a loop of its own, so that a mail server that hangs keeps no text message waiting.
  Task<void> SendDue(Channel channel);

 private:
  Task<void> SendOne(Delivery delivery);

  MessageStore& store_;
  Carriers carriers_;
  const Clock& clock_;
  DeliveryPolicy policy_;
};

}  // namespace houbu::notification
