#include "services/account/storage/postgres_passenger_store.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/domain/audit.h"
#include "services/account/storage/account_rows.h"
#include "services/account/storage/audit_chain.h"
#include "services/account/storage/person_keys.h"
#include "services/account/storage/revocation_rows.h"

namespace houbu::account {
namespace {

constexpr char kName[] = "passengers/full_name";
constexpr char kBirth[] = "passengers/birth";
constexpr char kHolder[] = "passenger_documents/full_name";
constexpr char kNumber[] = "passenger_documents/number";

/// What a document is found again by. Who somebody is, is told once an account; what goes with it
/// (a family's health report) may go with several passengers.
std::string IndexedText(const Passenger& passenger, const Document& document) {
  const std::string identity = IdentityOf(document);
  return Identifies(document.type) ? identity : absl::StrCat(passenger.id, "/", identity);
}

absl::StatusOr<PassengerDocument> DocumentOf(const postgres::Row& row, const PersonKey& key) {
  PassengerDocument held;
  held.id = row.Text("id");
  Document& document = held.document;
  ASSIGN_OR_RETURN(document.type, ParseDocumentType(row.Text("document_type")));
  document.category = row.Text("category");
  ASSIGN_OR_RETURN(document.full_name, key.Open(row.Bytes("full_name"), kHolder, held.id));
  ASSIGN_OR_RETURN(document.number, key.Open(row.Bytes("number"), kNumber, held.id));
  document.country = row.Text("country");
  if (const std::optional<std::string> expires = row.OptionalText("expires")) {
    ASSIGN_OR_RETURN(document.expires, ParseCivilDay(*expires));
    document.has_expiry = true;
  }
  document.blank_pages = static_cast<int>(row.OptionalInt64("blank_pages").value_or(-1));
  held.traveller_key = row.Text("traveller_key");
  held.created_at = row.Time("created_at");
  return held;
}

/// The sealed date of birth, nothing where it is not known.
std::optional<std::string> SealedBirth(const Passenger& passenger, const PersonKey& key) {
  if (!passenger.birth.has_value()) return std::nullopt;
  return key.Seal(FormatCivilDay(*passenger.birth), kBirth, passenger.id);
}

void AddBytesOrNull(postgres::Parameters& parameters, const std::optional<std::string>& bytes) {
  if (bytes.has_value()) {
    parameters.AddBytes(*bytes);
  } else {
    parameters.AddNull();
  }
}

constexpr char kLockAccount[] = R"sql(
  SELECT id FROM accounts WHERE id = $1 FOR UPDATE)sql";

constexpr char kCountPassengers[] = R"sql(
  SELECT count(*) AS passengers FROM passengers WHERE account_id = $1 AND removed_at IS NULL)sql";

/// Holds the account's row, so that passengers added at once are counted one after another.
Task<void> RefuseTooMany(postgres::Transaction& transaction, std::string account) {
  postgres::Parameters locked;
  locked.Add(account);
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kLockAccount, std::move(locked)));
  postgres::Parameters counted;
  counted.Add(account);
  ASSIGN_OR_CO_RETURN(const postgres::Result count,
                      co_await transaction.Execute(kCountPassengers, std::move(counted)));
  co_return count.row(0).Int64("passengers") >= kPassengersMax ? Refuse(kTooManyPassengers)
                                                               : absl::OkStatus();
}

constexpr char kLoadKey[] = R"sql(
  SELECT wrapped FROM person_keys WHERE owner = $1 AND wrapped IS NOT NULL)sql";

}  // namespace

absl::StatusOr<Passenger> PostgresPassengerStore::PassengerOf(const postgres::Row& row,
                                                              const PersonKey& key) const {
  Passenger passenger;
  passenger.id = row.Text("id");
  passenger.account = row.Text("account_id");
  passenger.version = row.Int64("version");
  ASSIGN_OR_RETURN(passenger.full_name, key.Open(row.Bytes("full_name"), kName, passenger.id));
  passenger.type = static_cast<PassengerType>(row.Int32("type"));
  if (const std::optional<std::string> sealed = row.OptionalBytes("birth")) {
    ASSIGN_OR_RETURN(const std::string birth, key.Open(*sealed, kBirth, passenger.id));
    ASSIGN_OR_RETURN(passenger.birth, ParseCivilDay(birth));
  }
  passenger.created_at = row.Time("created_at");
  return passenger;
}

Task<std::optional<std::string>> PostgresPassengerStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

constexpr char kInsertPassenger[] = R"sql(
  INSERT INTO passengers (id, account_id, version, full_name, type, birth, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7))sql";

Task<std::string> PostgresPassengerStore::Add(Passenger passenger, Reply reply, absl::Time now) {
  const PersonKey key = vault_.NewKey(passenger.id);
  postgres::Parameters parameters;
  parameters.Add(passenger.id).Add(passenger.account).Add(passenger.version);
  parameters.AddBytes(key.Seal(passenger.full_name, kName, passenger.id));
  parameters.Add(static_cast<int>(passenger.type));
  AddBytesOrNull(parameters, SealedBirth(passenger, key));
  parameters.Add(passenger.created_at);
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  CO_RETURN_IF_ERROR(co_await RefuseTooMany(work.transaction(), passenger.account));
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kInsertPassenger, std::move(parameters)));
  CO_RETURN_IF_ERROR(co_await InsertKey(work.transaction(), key, now));
  CO_RETURN_IF_ERROR(co_await WriteDocuments(work.transaction(), passenger, key));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kWriteDocument[] = R"sql(
  INSERT INTO passenger_documents (id, passenger_id, account_id, document_type, category,
                                   full_name, number, number_index, country, expires, blank_pages,
                                   traveller_key, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
  ON CONFLICT (id) DO UPDATE SET
    category = excluded.category, full_name = excluded.full_name, number = excluded.number,
    country = excluded.country, expires = excluded.expires, blank_pages = excluded.blank_pages)sql";

Task<void> PostgresPassengerStore::WriteDocuments(postgres::Transaction& transaction,
                                                  Passenger passenger, PersonKey key) {
  for (std::size_t i = 0; i < passenger.documents.size(); ++i) {
    const PassengerDocument& held = passenger.documents[i];
    const Document& document = held.document;
    std::optional<std::string> expires;
    if (document.has_expiry) {
      expires = FormatCivilDay(document.expires);
    }
    std::optional<int> blank_pages;
    if (document.blank_pages >= 0) {
      blank_pages = document.blank_pages;
    }
    postgres::Parameters parameters;
    parameters.Add(held.id).Add(passenger.id).Add(passenger.account);
    parameters.Add(DocumentTypeName(document.type)).Add(document.category);
    parameters.AddBytes(key.Seal(document.full_name, kHolder, held.id));
    parameters.AddBytes(key.Seal(document.number, kNumber, held.id));
    parameters.Add(vault_.IndexOf(kNumber, IndexedText(passenger, document)));
    parameters.Add(document.country).Add(expires).Add(blank_pages);
    parameters.Add(held.traveller_key).Add(held.created_at);
    const absl::StatusOr<postgres::Result> written =
        co_await transaction.Execute(kWriteDocument, std::move(parameters));
    if (postgres::ConstraintOf(written.status()) == "passenger_documents_number") {
      co_return Refuse(kPassengerExists);
    }
    CO_RETURN_IF_ERROR(written.status());
  }
  co_return absl::OkStatus();
}

// `$3` is the index of the card as it is now; NULL where the passenger has none, or is no more.
constexpr char kDoubtHolder[] = R"sql(
  UPDATE accounts SET verification = 'UNVERIFIED', verification_reason = 'HOLDER_CHANGED',
                      holder_index = NULL, holder_passenger = NULL, holder_card_index = NULL,
                      version = version + 1
  WHERE id = $1 AND holder_passenger = $2 AND holder_card_index IS DISTINCT FROM $3)sql";

/// Holds an account no longer for verified when the card of its holder is another now: what it
/// vouched for is over.
Task<void> DoubtHolder(postgres::Transaction& transaction, Passenger passenger,
                       std::optional<std::string> card_index, RequestKey key, absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(passenger.account).Add(passenger.id).Add(card_index);
  ASSIGN_OR_CO_RETURN(const postgres::Result doubted,
                      co_await transaction.Execute(kDoubtHolder, std::move(parameters)));
  if (doubted.affected() == 0) {
    co_return absl::OkStatus();
  }
  AuditEntry audit;
  audit.actor = ActorOf(key);
  audit.act = "IDENTITY_UNVERIFIED";
  audit.subject = absl::StrCat("accounts/", passenger.account);
  audit.reason = "HOLDER_CHANGED";
  CO_RETURN_IF_ERROR(co_await AppendAudit(transaction, std::move(audit), now));
  co_return co_await RevokeStatements(transaction, passenger.account, now);
}

constexpr char kUpdatePassenger[] = R"sql(
  UPDATE passengers SET version = $3, full_name = $4, type = $5, birth = $6
  WHERE account_id = $1 AND id = $2 AND version = $3 - 1 AND removed_at IS NULL)sql";

constexpr char kRemoveOthers[] = R"sql(
  UPDATE passenger_documents SET removed_at = $3
  WHERE passenger_id = $1 AND id <> ALL ($2::text[]) AND removed_at IS NULL)sql";

Task<std::string> PostgresPassengerStore::Save(Passenger passenger, Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  postgres::Parameters owner;
  owner.Add(passenger.id);
  ASSIGN_OR_CO_RETURN(const postgres::Result kept,
                      co_await work.transaction().Execute(kLoadKey, std::move(owner)));
  if (kept.empty()) {
    co_return Refuse(kPassengerNotFound);
  }
  ASSIGN_OR_CO_RETURN(const PersonKey key,
                      vault_.KeyOf(passenger.id, kept.row(0).Bytes("wrapped")));
  postgres::Parameters parameters;
  parameters.Add(passenger.account).Add(passenger.id).Add(passenger.version);
  parameters.AddBytes(key.Seal(passenger.full_name, kName, passenger.id));
  parameters.Add(static_cast<int>(passenger.type));
  AddBytesOrNull(parameters, SealedBirth(passenger, key));
  ASSIGN_OR_CO_RETURN(const postgres::Result updated,
                      co_await work.transaction().Execute(kUpdatePassenger, std::move(parameters)));
  if (updated.affected() == 0) {
    co_return Refuse(kPassengerChanged);
  }
  std::vector<std::string> ids;
  for (const PassengerDocument& held : passenger.documents) {
    ids.push_back(held.id);
  }
  postgres::Parameters others;
  others.Add(passenger.id).AddTextArray(ids).Add(now);
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kRemoveOthers, std::move(others)));
  CO_RETURN_IF_ERROR(co_await WriteDocuments(work.transaction(), passenger, key));
  const std::string card = HolderCardOf(passenger);
  std::optional<std::string> card_index;
  if (!card.empty()) {
    card_index = HolderCardIndex(vault_, card);
  }
  CO_RETURN_IF_ERROR(
      co_await DoubtHolder(work.transaction(), passenger, card_index, reply.key, now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kDocumentsOf[] = R"sql(
  SELECT id, passenger_id, document_type, category, full_name, number, country, expires,
         blank_pages, traveller_key, created_at
  FROM passenger_documents
  WHERE passenger_id = ANY ($1::text[]) AND removed_at IS NULL
  ORDER BY passenger_id, created_at, id)sql";

/// Reads passengers with their documents: two statements however many there are.
Task<std::vector<Passenger>> PostgresPassengerStore::Read(postgres::Result rows) {
  std::vector<std::string> ids;
  for (int i = 0; i < rows.rows(); ++i) {
    ids.push_back(rows.row(i).Text("id"));
  }
  postgres::Parameters parameters;
  parameters.AddTextArray(ids);
  ASSIGN_OR_CO_RETURN(const postgres::Result documents,
                      co_await pool_.Query(kDocumentsOf, std::move(parameters)));
  std::map<std::string, std::vector<postgres::Row>> by_passenger;
  for (int i = 0; i < documents.rows(); ++i) {
    by_passenger[documents.row(i).Text("passenger_id")].push_back(documents.row(i));
  }
  std::vector<Passenger> passengers;
  for (int i = 0; i < rows.rows(); ++i) {
    const postgres::Row row = rows.row(i);
    ASSIGN_OR_CO_RETURN(const PersonKey key, vault_.KeyOf(row.Text("id"), row.Bytes("wrapped")));
    ASSIGN_OR_CO_RETURN(Passenger passenger, PassengerOf(row, key));
    for (const postgres::Row& document : by_passenger[passenger.id]) {
      ASSIGN_OR_CO_RETURN(PassengerDocument held, DocumentOf(document, key));
      passenger.documents.push_back(std::move(held));
    }
    TakeFirst(passenger);
    passengers.push_back(std::move(passenger));
  }
  co_return passengers;
}

constexpr char kLoadPassenger[] = R"sql(
  SELECT id, account_id, version, full_name, type, birth, p.created_at, wrapped
  FROM passengers p JOIN person_keys ON owner = id
  WHERE account_id = $1 AND id = $2 AND removed_at IS NULL)sql";

Task<Passenger> PostgresPassengerStore::Load(std::string account, std::string id) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(id);
  ASSIGN_OR_CO_RETURN(postgres::Result result,
                      co_await pool_.Query(kLoadPassenger, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kPassengerNotFound);
  }
  ASSIGN_OR_CO_RETURN(std::vector<Passenger> passengers, co_await Read(std::move(result)));
  co_return std::move(passengers.front());
}

constexpr char kListPassengers[] = R"sql(
  SELECT id, account_id, version, full_name, type, birth, p.created_at, wrapped
  FROM passengers p JOIN person_keys ON owner = id
  WHERE account_id = $1 AND id > $2 AND removed_at IS NULL
  ORDER BY id LIMIT $3)sql";

Task<std::vector<Passenger>> PostgresPassengerStore::List(std::string account, std::string after,
                                                          int limit) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(after).Add(limit);
  ASSIGN_OR_CO_RETURN(postgres::Result result,
                      co_await pool_.Query(kListPassengers, std::move(parameters)));
  co_return co_await Read(std::move(result));
}

constexpr char kRemovePassenger[] = R"sql(
  WITH removed AS (
    UPDATE passengers SET removed_at = $3
    WHERE account_id = $1 AND id = $2 AND removed_at IS NULL RETURNING id),
  documents AS (
    UPDATE passenger_documents d SET removed_at = $3
    FROM removed r WHERE d.passenger_id = r.id AND d.removed_at IS NULL)
  SELECT id FROM removed)sql";

Task<std::string> PostgresPassengerStore::Remove(Passenger passenger, Reply reply, absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(passenger.account).Add(passenger.id).Add(now);
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  ASSIGN_OR_CO_RETURN(const postgres::Result removed,
                      co_await work.transaction().Execute(kRemovePassenger, std::move(parameters)));
  if (removed.empty()) {
    co_return Refuse(kPassengerNotFound);
  }
  CO_RETURN_IF_ERROR(
      co_await DoubtHolder(work.transaction(), passenger, std::nullopt, reply.key, now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

}  // namespace houbu::account
