/// The people an account books for: what kind of passenger they are, and their
/// documents.
///
/// | kind | who |
/// |---|---|
/// | adult | 14 years and more |
/// | child | under 14; a date of birth must be known |
/// | student | 14 years and more |
/// | disabled serviceman | 14 years and more |
/// | elder | 60 years and more; a date of birth must be known |
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/base/refusal.h"
#include "services/account/domain/document.h"

namespace houbu::account {

/// Another's, or none.
inline constexpr Refusal kPassengerNotFound{absl::StatusCode::kNotFound, "PASSENGER_NOT_FOUND",
                                            "There is no such passenger."};
/// Another's, or none.
inline constexpr Refusal kDocumentNotFound{absl::StatusCode::kNotFound, "DOCUMENT_NOT_FOUND",
                                           "There is no such document."};
/// The document is in the list already.
inline constexpr Refusal kPassengerExists{absl::StatusCode::kAlreadyExists, "PASSENGER_EXISTS",
                                          "This document is among your passengers already."};
/// Somebody else changed it meanwhile.
inline constexpr Refusal kPassengerChanged{absl::StatusCode::kAborted, "PASSENGER_CHANGED",
                                           "The passenger changed meanwhile: read it again."};
/// An account books for so many people and no more.
inline constexpr Refusal kTooManyPassengers{
    absl::StatusCode::kResourceExhausted, "TOO_MANY_PASSENGERS",
    "An account has 15 passengers at most: remove one first."};
/// A passenger has so many documents and no more.
inline constexpr Refusal kTooManyDocuments{
    absl::StatusCode::kResourceExhausted, "TOO_MANY_DOCUMENTS",
    "A passenger has 6 documents at most: remove one first."};
/// Who somebody is must stay known.
inline constexpr Refusal kLastDocument{
    absl::StatusCode::kFailedPrecondition, "LAST_DOCUMENT",
    "This is the only document that says who the passenger is: add another one first."};

/// How many passengers an account has at most.
inline constexpr int kPassengersMax = 15;
/// How many documents a passenger has at most.
inline constexpr int kDocumentsMax = 6;

/// The kind of a passenger; the numbers are those of houbu.type.v1.PassengerType.
enum class PassengerType {
  kAdult = 1,
  kChild = 2,
  kStudent = 3,
  kDisabledServiceman = 4,
  kElder = 5
};

/// Full years from `birth` to `day`; who is born on 29 February turns a year older on 1 March where
/// there is none.
int AgeOn(absl::CivilDay birth, absl::CivilDay day);

/// Says why somebody born on `birth` (nothing where that is not known) cannot travel as `type` on
/// `day`, "" when they can.
std::string PassengerTypeFault(PassengerType type, std::optional<absl::CivilDay> birth,
                               absl::CivilDay day);

/// A document in a passenger's list.
struct PassengerDocument {
  std::string id;  ///< "pd-...".
  Document document;
  std::string traveller_key;  ///< The holder's pseudonym; empty where it does not say who that is.
  absl::Time created_at;
};

/// A person an account books for.
struct Passenger {
  std::string id;       ///< "pg-...".
  std::string account;  ///< "ac-...".
  std::int64_t version = 1;
  std::string full_name;  ///< Personal. As in the first document.
  PassengerType type = PassengerType::kAdult;
  std::optional<absl::CivilDay> birth;       ///< Personal.
  std::vector<PassengerDocument> documents;  ///< Oldest first.
  Document document;                         ///< The first that says who it is; see TakeFirst().
  std::string traveller_key;                 ///< The pseudonym outside account, of that document.
  absl::Time created_at;
};

/// "accounts/ac-.../passengers/pg-...".
std::string NameOf(const Passenger& passenger);

/// "accounts/ac-.../passengers/pg-.../documents/pd-...".
std::string NameOf(const Passenger& passenger, const PassengerDocument& document);

/// Sets document and traveller_key to those of the oldest document that says who the passenger is;
/// call it whenever the list changed.
void TakeFirst(Passenger& passenger);

/// The oldest document of a kind, null when there is none. Lives as long as the passenger.
const PassengerDocument* FindDocument(const Passenger& passenger, DocumentType type);

/// What the provider compares a face with: number and name of the resident ID. Empty where there is
/// none. While it stays the same, whoever was verified by it stays verified.
std::string HolderCardOf(const Passenger& passenger);

/// How many documents say who the passenger is.
int IdentifyingDocuments(const Passenger& passenger);

}  // namespace houbu::account
