/// What notification needs of the outside: its record, the SMS carrier, the mail server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "services/notification/domain/contact.h"
#include "services/notification/domain/delivery.h"
#include "services/notification/domain/message.h"

namespace houbu::notification {

using async::Task;

/// Where answers to repeated requests are found.
class Answers {
 public:
  virtual ~Answers() = default;

  /// Returns the stored answer of a repeated request, nothing for a new one; REQUEST_ID_REUSED
  /// when the id came with other content.
  virtual Task<std::optional<std::string>> FindAnswer(RequestKey key) = 0;
};

/// Where contacts are kept.
class ContactStore : public Answers {
 public:
  /// Returns the account's contact, nothing when none is known.
  virtual Task<std::optional<Contact>> Load(std::string account) = 0;

  /// Replaces the contact and stores the answer, together. Returns the answer that stands: the
  /// one given, or that of the same request where it was recorded alongside.
  virtual Task<std::string> Save(Contact contact, RequestKey key, std::string answer,
                                 absl::Time now) = 0;
};

/// A message with its deliveries, recorded together.
struct Intake {
  std::optional<Message> message;  ///< Nothing for a one-time code.
  std::vector<Delivery> deliveries;
};

/// A stretch of a list.
struct Page {
  std::int64_t after = 0;  ///< The position the page before ended at; 0 for the first page.
  int size = 0;
};

/// Where messages and deliveries are kept.
class MessageStore : public Answers {
 public:
  /// Records the intake and the answer, together. Returns the answer that stands: the one given,
  /// or that of the same request where it was recorded alongside.
  virtual Task<std::string> Record(Intake intake, RequestKey key, std::string answer,
                                   absl::Time now) = 0;

  /// Returns messages of an account, newest first.
  virtual Task<std::vector<Message>> ListMessages(std::string account, Page page) = 0;

  /// Returns deliveries, oldest first, of one state or of all.
  virtual Task<std::vector<Delivery>> ListDeliveries(std::optional<DeliveryState> state,
                                                     Page page) = 0;

  /// Returns the delivery of a channel that is due the longest, and keeps others from it until
  /// `lease_until`; nothing when none is due.
  virtual Task<std::optional<Delivery>> Claim(Channel channel, absl::Time now,
                                              absl::Time lease_until) = 0;

  /// Records what became of a claimed delivery.
  virtual Task<void> Save(Delivery delivery) = 0;

  /// Removes at most `limit` deliveries made before `before` that have ended; gives how many.
  virtual Task<int> RemoveEnded(absl::Time before, int limit) = 0;
};

/// A channel's other end.
class Carrier {
 public:
  virtual ~Carrier() = default;

  /// Ends OK when the channel has taken the delivery. FAILED_PRECONDITION or INVALID_ARGUMENT when
  /// it never will; anything else may be tried again, under the same message id.
  virtual Task<void> Carry(Delivery delivery) = 0;
};

}  // namespace houbu::notification
