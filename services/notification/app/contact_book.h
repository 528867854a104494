/// Who is reached how.
#pragma once

#include <string>

#include "libs/base/clock.h"
#include "services/notification/app/ports.h"

namespace houbu::notification {

/// Keeps how accounts are reached.
class ContactBook final {
 public:
  /// Uses the store and the clock, which must outlive it.
  ContactBook(ContactStore& store, const Clock& clock) : store_(store), clock_(clock) {}

  /// Takes the addresses account knows; gives the answer's bytes.
  Task<std::string> UpdateAddresses(std::string account, std::string phone, std::string email,
                                    Mutation<Contact> mutation);

  /// Takes the owner's choice; refuses channels without an address.
  Task<std::string> Choose(std::string account, Preferences preferences,
                           Mutation<Contact> mutation);

  /// Returns the contact; CONTACT_NOT_FOUND when none is known.
  Task<Contact> Get(std::string account);

 private:
  ContactStore& store_;
  const Clock& clock_;
};

}  // namespace houbu::notification
