/// The people an account books for, and the statements that vouch for them.
#pragma once

#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/account/app/ports.h"

namespace houbu::account {

/// A passenger as it was typed, already in normal form.
struct Entry {
  std::string full_name;
  int type = 0;
  Document document;
};

/// Who may travel, for a few minutes.
struct Vouching {
  Account account;
  std::vector<Passenger> travellers;
  absl::Time issued_at;
  absl::Time expires_at;
};

/// Keeps passengers and vouches for them.
class PassengerList final {
 public:
  /// Uses what it is given, which must outlive it.
  PassengerList(AccountStore& accounts, PassengerStore& passengers, const Pseudonyms& pseudonyms,
                const Clock& clock, IdSource& ids, SignInPolicy policy)
      : accounts_(accounts),
        passengers_(passengers),
        pseudonyms_(pseudonyms),
        clock_(clock),
        ids_(ids),
        policy_(policy) {}

  /// Checks and adds a passenger; gives the answer's bytes. Every fault of the entry is named.
  Task<std::string> Add(std::string account, Entry entry, Mutation<Passenger> mutation);

  /// Removes a passenger; gives the answer's bytes. PASSENGER_NOT_FOUND.
  Task<std::string> Remove(std::string account, std::string id, Mutation<Passenger> mutation);

  /// Returns a passenger; PASSENGER_NOT_FOUND.
  Task<Passenger> Get(std::string account, std::string id);

  /// Returns passengers, oldest first.
  Task<std::vector<Passenger>> List(std::string account, std::string after, int limit);

  /// Vouches for passengers; names every one that is not there. To wait takes a verified holder or
  /// a member (NOT_VERIFIED).
  Task<Vouching> Vouch(std::string account, std::vector<std::string> ids, bool to_wait);

 private:
  AccountStore& accounts_;
  PassengerStore& passengers_;
  const Pseudonyms& pseudonyms_;
  const Clock& clock_;
  IdSource& ids_;
  SignInPolicy policy_;
};

}  // namespace houbu::account
