/// Effects elsewhere: what other services hear when a payment changes.
#pragma once

#include <string>
#include <variant>

#include "absl/time/time.h"

#include "libs/base/money.h"

namespace houbu::payment {

/// The opener hears that the money is here.
struct SuccessTold {
  std::string key;       ///< Names this effect for ever: told again under the same name.
  std::string listener;  ///< The service to tell: "slot".
  std::string payment;
  std::string order;
  Money amount;
  absl::Time pay_time;
};

/// What a payer is told.
enum class NoticeEvent { kPaid, kRefunded };

/// The payer is told by the channels they chose.
struct NoticeSent {
  std::string key;  ///< As SuccessTold::key.
  std::string account;
  NoticeEvent event = NoticeEvent::kPaid;
  std::string payment;
  std::string order;
  Money amount;
  absl::Time time;
};

/// One effect.
using Effect = std::variant<SuccessTold, NoticeSent>;

}  // namespace houbu::payment
