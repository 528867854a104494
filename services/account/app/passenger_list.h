/// The people an account books for.
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

/// Keeps passengers.
class PassengerList final {
 public:
  /// Uses what it is given, which must outlive it.
  PassengerList(PassengerStore& passengers, const Pseudonyms& pseudonyms, const Clock& clock,
                IdSource& ids)
      : passengers_(passengers), pseudonyms_(pseudonyms), clock_(clock), ids_(ids) {}

  /// Checks and adds a passenger; gives the answer's bytes. Every fault of the entry is named.
  Task<std::string> Add(std::string account, Entry entry, Mutation<Passenger> mutation);

  /// Removes a passenger; gives the answer's bytes. PASSENGER_NOT_FOUND.
  Task<std::string> Remove(std::string account, std::string id, Mutation<Passenger> mutation);

  /// Returns a passenger; PASSENGER_NOT_FOUND.
  Task<Passenger> Get(std::string account, std::string id);

  /// Returns passengers, oldest first.
  Task<std::vector<Passenger>> List(std::string account, std::string after, int limit);

 private:
  PassengerStore& passengers_;
  const Pseudonyms& pseudonyms_;
  const Clock& clock_;
  IdSource& ids_;
};

}  // namespace houbu::account
