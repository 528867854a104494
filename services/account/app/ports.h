/// What account needs of the outside: its record and the messenger.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "services/account/domain/account.h"
#include "services/account/domain/audit.h"
#include "services/account/domain/challenge.h"

namespace houbu::account {

using async::Task;

/// The answer to the request a change belongs to.
struct Reply {
  RequestKey key;
  std::string answer;
};

/// Where answers to repeated requests are found.
class Answers {
 public:
  virtual ~Answers() = default;

  /// Returns the stored answer of a repeated request, nothing for a new one; REQUEST_ID_REUSED
  /// when the id came with other content.
  virtual Task<std::optional<std::string>> FindAnswer(RequestKey key) = 0;
};

/// Where accounts are kept. Each write commits with its reply and returns the answer
/// that stands: the reply's, or that of the same request where it was recorded alongside.
class AccountStore : public Answers {
 public:
  /// Returns the account; ACCOUNT_NOT_FOUND.
  virtual Task<Account> Load(std::string id) = 0;

  /// Replaces an account under its version (it carries the next one), else ACCOUNT_CHANGED;
  /// HOLDER_HAS_ACCOUNT when another account has the same verified holder. What was done and why is
  /// recorded with it.
  virtual Task<std::string> Save(Account account, AuditEntry audit, Reply reply,
                                 absl::Time now) = 0;
};

/// Where passengers are kept. A change carries the passenger as it is afterwards, with the next
/// version, and is refused as PASSENGER_CHANGED where that is not the kept one's next.
class PassengerStore : public Answers {
 public:
  /// Records a passenger with its documents; PASSENGER_EXISTS when the account has one of them
  /// already, TOO_MANY_PASSENGERS when it has kPassengersMax.
  virtual Task<std::string> Add(Passenger passenger, Reply reply, absl::Time now) = 0;

  /// Returns a passenger of an account; PASSENGER_NOT_FOUND.
  virtual Task<Passenger> Load(std::string account, std::string id) = 0;

  /// Returns an account's passengers, oldest first, those after `after`.
  virtual Task<std::vector<Passenger>> List(std::string account, std::string after, int limit) = 0;

  /// Records a change: the documents of the list are added or replace what was kept under their
  /// ids, kept ones that are no more in it are removed. PASSENGER_EXISTS. An account whose holder
  /// the passenger is, and whose card is another now, is no longer verified.
  virtual Task<std::string> Save(Passenger passenger, Reply reply, absl::Time now) = 0;

  /// Removes a passenger; an account whose holder it is, is no longer verified.
  virtual Task<std::string> Remove(Passenger passenger, Reply reply, absl::Time now) = 0;
};

/// Who carries codes and learns how accounts are reached.
class Messenger {
 public:
  virtual ~Messenger() = default;

  /// Sends a code; the same challenge is sent once however often this is called.
  virtual Task<void> SendCode(Challenge challenge, std::string code) = 0;

  /// Tells how an account is reached; safe to repeat.
  virtual Task<void> TellContact(Account account) = 0;
};

/// Gives persons the pseudonyms they are known by outside account.
class Pseudonyms {
 public:
  virtual ~Pseudonyms() = default;

  /// The pseudonym of the document's holder, the same in every account.
  virtual std::string Of(const Document& document) const = 0;
};

}  // namespace houbu::account
