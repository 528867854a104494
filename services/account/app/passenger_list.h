/// The people an account books for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/account/app/ports.h"
#include "services/account/app/ports_consent.h"
#include "services/account/domain/country.h"
#include "services/account/domain/document_entry.h"

namespace houbu::account {

/// A passenger as it was given.
struct Entry {
  PassengerType type = PassengerType::kAdult;
  DocumentEntry document;
};

/// What to change of a passenger; nothing stays as it is.
struct PassengerChange {
  std::string etag;
  std::string full_name;  ///< As typed; empty to leave it.
  std::optional<PassengerType> type;
  std::optional<absl::CivilDay> birth;
};

/// Keeps passengers. Every mutation gives the answer's bytes; every fault of what is given is named
/// at once.
class PassengerList final {
 public:
  /// Uses what it is given, which must outlive it.
  PassengerList(PassengerStore& passengers, ConsentCheck& consents, const Pseudonyms& pseudonyms,
                const CountryBook& countries, const Clock& clock, IdSource& ids)
      : passengers_(passengers),
        consents_(consents),
        pseudonyms_(pseudonyms),
        countries_(countries),
        clock_(clock),
        ids_(ids) {}

  /// Checks and adds a passenger. PASSENGER_EXISTS, TOO_MANY_PASSENGERS.
  Task<std::string> Add(std::string account, Entry entry, Mutation<Passenger> mutation);

  /// Changes a passenger. PASSENGER_NOT_FOUND, PASSENGER_CHANGED.
  Task<std::string> Update(std::string account, std::string id, PassengerChange change,
                           Mutation<Passenger> mutation);

  /// Removes a passenger. PASSENGER_NOT_FOUND.
  Task<std::string> Remove(std::string account, std::string id, Mutation<Passenger> mutation);

  /// Adds a document, or replaces the one of the same kind and number. PASSENGER_NOT_FOUND,
  /// PASSENGER_EXISTS, TOO_MANY_DOCUMENTS; CONSENT_REQUIRED for what tells of health.
  Task<std::string> AddDocument(std::string account, std::string id, DocumentEntry entry,
                                Mutation<Passenger> mutation);

  /// Removes a document. PASSENGER_NOT_FOUND, DOCUMENT_NOT_FOUND, LAST_DOCUMENT.
  Task<std::string> RemoveDocument(std::string account, std::string id, std::string document,
                                   Mutation<Passenger> mutation);

  /// Returns a passenger; PASSENGER_NOT_FOUND.
  Task<Passenger> Get(std::string account, std::string id);

  /// Returns passengers, oldest first.
  Task<std::vector<Passenger>> List(std::string account, std::string after, int limit);

  /// The day it is (UTC): by it documents hold or are over.
  absl::CivilDay Today() const;

 private:
  PassengerDocument Held(Document document, absl::Time now);
  absl::Status TakeDocument(Passenger& passenger, const DocumentEntry& entry, absl::Time now);
  Task<std::string> Record(Passenger passenger, absl::Time now, Mutation<Passenger> mutation);
  Task<std::string> StoredInstead(RequestKey key, absl::StatusOr<std::string> outcome);

  PassengerStore& passengers_;
  ConsentCheck& consents_;
  const Pseudonyms& pseudonyms_;
  const CountryBook& countries_;
  const Clock& clock_;
  IdSource& ids_;
};

}  // namespace houbu::account
