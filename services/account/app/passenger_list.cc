#include "services/account/app/passenger_list.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

/// Changes a passenger as asked; names what cannot be.
absl::Status Apply(const PassengerChange& change, absl::CivilDay today, Passenger& passenger) {
  Violations violations;
  if (!change.full_name.empty()) {
    const DocumentType type = passenger.document.type;
    const std::string name = NormaliseName(change.full_name, NameScriptOf(type));
    if (const std::string fault = NameFault(name, type); !fault.empty()) {
      violations.Add("full_name", fault);
    }
    for (PassengerDocument& held : passenger.documents) {
      // Where two documents write the name alike, they still do.
      if (held.document.full_name == passenger.full_name) held.document.full_name = name;
    }
    passenger.full_name = name;
  }
  if (change.birth.has_value()) {
    for (const PassengerDocument& held : passenger.documents) {
      const std::optional<absl::CivilDay> told = BirthOf(held.document);
      if (told.has_value() && *told != *change.birth) {
        violations.Add("birth_date", "is not the one that a document's number tells");
        break;
      }
    }
    if (*change.birth > today) {
      violations.Add("birth_date", "is still to come");
    }
    passenger.birth = change.birth;
  }
  passenger.type = change.type.value_or(passenger.type);
  const std::string fault = PassengerTypeFault(passenger.type, passenger.birth, today);
  if (!fault.empty()) {
    violations.Add("type", fault);
  }
  return violations.ToStatus();
}

/// The document in the list that a new one takes the place of, the end where there is none.
std::vector<PassengerDocument>::iterator SameIn(Passenger& passenger, const Document& document) {
  return std::find_if(passenger.documents.begin(), passenger.documents.end(),
                      [&document](const PassengerDocument& held) {
                        return IdentityOf(held.document) == IdentityOf(document);
                      });
}

}  // namespace

absl::CivilDay PassengerList::Today() const {
  return absl::ToCivilDay(clock_.Now(), absl::UTCTimeZone());
}

PassengerDocument PassengerList::Held(Document document, absl::Time now) {
  PassengerDocument held;
  held.id = ids_.Next("pd");
  held.traveller_key = Identifies(document.type) ? pseudonyms_.Of(document) : "";
  held.document = std::move(document);
  held.created_at = now;
  return held;
}

Task<std::string> PassengerList::Add(std::string account, Entry entry,
                                     Mutation<Passenger> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await passengers_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  const absl::Time now = clock_.Now();
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  Violations violations;
  CheckedDocument checked = CheckEntry(entry.document, countries_, today, violations);
  if (!Identifies(checked.document.type)) {
    violations.Add("document_type", "must be a kind that says who somebody is");
  }
  const std::string fault = PassengerTypeFault(entry.type, checked.birth, today);
  if (violations.empty() && !fault.empty()) {
    violations.Add("type", fault);
  }
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Passenger passenger;
  passenger.id = ids_.Next("pg");
  passenger.account = std::move(account);
  passenger.full_name = checked.document.full_name;
  passenger.type = entry.type;
  passenger.birth = checked.birth;
  passenger.created_at = now;
  passenger.documents.push_back(Held(std::move(checked.document), now));
  TakeFirst(passenger);
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(passenger);
  absl::StatusOr<std::string> added =
      co_await passengers_.Add(std::move(passenger), std::move(reply), now);
  co_return co_await StoredInstead(std::move(mutation.key), std::move(added));
}

Task<std::string> PassengerList::Update(std::string account, std::string id, PassengerChange change,
                                        Mutation<Passenger> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await passengers_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Passenger passenger, co_await passengers_.Load(account, id));
  if (change.etag != absl::StrCat(passenger.version)) {
    co_return Refuse(kPassengerChanged);
  }
  CO_RETURN_IF_ERROR(Apply(change, Today(), passenger));
  TakeFirst(passenger);
  const absl::Time now = clock_.Now();
  co_return co_await Record(std::move(passenger), now, std::move(mutation));
}

Task<std::string> PassengerList::AddDocument(std::string account, std::string id,
                                             DocumentEntry entry, Mutation<Passenger> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await passengers_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Passenger passenger, co_await passengers_.Load(account, id));
  if (TellsOfHealth(entry.document.type)) {
    CO_RETURN_IF_ERROR(co_await consents_.Require(account, ConsentPurpose::kHealthDocuments));
  }
  const absl::Time now = clock_.Now();
  CO_RETURN_IF_ERROR(TakeDocument(passenger, entry, now));
  co_return co_await Record(std::move(passenger), now, std::move(mutation));
}

absl::Status PassengerList::TakeDocument(Passenger& passenger, const DocumentEntry& entry,
                                         absl::Time now) {
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  DocumentEntry given = entry;
  if (given.document.full_name.empty() && given.mrz_lines.empty() &&
      NameFault(passenger.full_name, given.document.type).empty()) {
    given.document.full_name = passenger.full_name;
  }
  Violations violations;
  CheckedDocument checked = CheckEntry(given, countries_, today, violations);
  if (checked.birth.has_value() && passenger.birth.has_value() &&
      *checked.birth != *passenger.birth) {
    violations.Add("document_number", "is of somebody born on another day than this passenger");
  }
  const std::optional<absl::CivilDay> birth =
      checked.birth.has_value() ? checked.birth : passenger.birth;
  const std::string fault = PassengerTypeFault(passenger.type, birth, today);
  if (violations.empty() && !fault.empty()) {
    violations.Add("document_number",
                   absl::StrCat("tells a date of birth with which this kind of passenger ", fault));
  }
  if (!violations.empty()) return violations.ToStatus();
  const auto same = SameIn(passenger, checked.document);
  if (same == passenger.documents.end()) {
    if (static_cast<int>(passenger.documents.size()) >= kDocumentsMax) {
      return Refuse(kTooManyDocuments);
    }
    passenger.documents.push_back(Held(std::move(checked.document), now));
  } else {
    same->document = std::move(checked.document);
  }
  passenger.birth = birth;
  TakeFirst(passenger);
  passenger.full_name = passenger.document.full_name;
  return absl::OkStatus();
}

Task<std::string> PassengerList::RemoveDocument(std::string account, std::string id,
                                                std::string document,
                                                Mutation<Passenger> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await passengers_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Passenger passenger, co_await passengers_.Load(account, id));
  const auto is_it = [&document](const PassengerDocument& held) { return held.id == document; };
  const auto found = std::find_if(passenger.documents.begin(), passenger.documents.end(), is_it);
  if (found == passenger.documents.end()) {
    co_return Refuse(kDocumentNotFound);
  }
  if (Identifies(found->document.type) && IdentifyingDocuments(passenger) == 1) {
    co_return Refuse(kLastDocument);
  }
  passenger.documents.erase(found);
  TakeFirst(passenger);
  passenger.full_name = passenger.document.full_name;
  const absl::Time now = clock_.Now();
  co_return co_await Record(std::move(passenger), now, std::move(mutation));
}

Task<std::string> PassengerList::Record(Passenger passenger, absl::Time now,
                                        Mutation<Passenger> mutation) {
  passenger.version += 1;
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(passenger);
  absl::StatusOr<std::string> saved =
      co_await passengers_.Save(std::move(passenger), std::move(reply), now);
  co_return co_await StoredInstead(std::move(mutation.key), std::move(saved));
}

Task<std::string> PassengerList::StoredInstead(RequestKey key,
                                               absl::StatusOr<std::string> outcome) {
  const absl::string_view reason = ReasonOf(outcome.status());
  if (reason != kPassengerExists.reason && reason != kPassengerChanged.reason) {
    co_return outcome;
  }
  // Done by this very request, sent twice? Then its answer is the answer.
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await passengers_.FindAnswer(std::move(key)));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  co_return outcome;
}

Task<std::string> PassengerList::Remove(std::string account, std::string id,
                                        Mutation<Passenger> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await passengers_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Passenger passenger, co_await passengers_.Load(account, id));
  const absl::Time now = clock_.Now();
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(passenger);
  co_return co_await passengers_.Remove(std::move(passenger), std::move(reply), now);
}

Task<Passenger> PassengerList::Get(std::string account, std::string id) {
  return passengers_.Load(std::move(account), std::move(id));
}

Task<std::vector<Passenger>> PassengerList::List(std::string account, std::string after,
                                                 int limit) {
  return passengers_.List(std::move(account), std::move(after), limit);
}

}  // namespace houbu::account
