#include "services/account/storage/postgres_passenger_store.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/storage/person_keys.h"

namespace houbu::account {
namespace {

constexpr char kName[] = "passengers/full_name";
constexpr char kNumber[] = "passengers/number";

}  // namespace

absl::StatusOr<Passenger> PostgresPassengerStore::PassengerOf(const postgres::Row& row) const {
  Passenger passenger;
  passenger.id = row.Text("id");
  passenger.account = row.Text("account_id");
  ASSIGN_OR_RETURN(const PersonKey key, vault_.KeyOf(passenger.id, row.Bytes("wrapped")));
  ASSIGN_OR_RETURN(passenger.full_name, key.Open(row.Bytes("full_name"), kName, passenger.id));
  passenger.type = row.Int32("type");
  ASSIGN_OR_RETURN(passenger.document.type, ParseDocumentType(row.Text("document_type")));
  ASSIGN_OR_RETURN(passenger.document.number, key.Open(row.Bytes("number"), kNumber, passenger.id));
  passenger.document.country = row.Text("country");
  if (const std::optional<std::string> expires = row.OptionalText("expires")) {
    ASSIGN_OR_RETURN(passenger.document.expires, ParseCivilDay(*expires));
    passenger.document.has_expiry = true;
  }
  passenger.traveller_key = row.Text("traveller_key");
  passenger.created_at = row.Time("created_at");
  return passenger;
}

Task<std::optional<std::string>> PostgresPassengerStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

constexpr char kInsertPassenger[] = R"sql(
  INSERT INTO passengers (id, account_id, full_name, type, document_type, number, number_index,
                          country, expires, traveller_key, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11))sql";

Task<std::string> PostgresPassengerStore::Add(Passenger passenger, Reply reply, absl::Time now) {
  const Document& document = passenger.document;
  std::optional<std::string> expires;
  if (document.has_expiry) {
    expires = FormatCivilDay(document.expires);
  }
  const PersonKey key = vault_.NewKey(passenger.id);
  postgres::Parameters parameters;
  parameters.Add(passenger.id).Add(passenger.account);
  parameters.AddBytes(key.Seal(passenger.full_name, kName, passenger.id));
  parameters.Add(passenger.type).Add(DocumentTypeName(document.type));
  parameters.AddBytes(key.Seal(document.number, kNumber, passenger.id));
  parameters.Add(vault_.IndexOf(kNumber, IdentityOf(document)));
  parameters.Add(document.country).Add(expires).Add(passenger.traveller_key);
  parameters.Add(passenger.created_at);
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  const absl::StatusOr<postgres::Result> inserted =
      co_await work.transaction().Execute(kInsertPassenger, std::move(parameters));
  if (postgres::ConstraintOf(inserted.status()) == "passengers_document") {
    co_return Refuse(kPassengerExists);
  }
  CO_RETURN_IF_ERROR(inserted.status());
  CO_RETURN_IF_ERROR(co_await InsertKey(work.transaction(), key, now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kLoadPassenger[] = R"sql(
  SELECT id, account_id, full_name, type, document_type, number, country, expires, traveller_key,
         p.created_at, wrapped
  FROM passengers p JOIN person_keys ON owner = id
  WHERE account_id = $1 AND id = $2 AND removed_at IS NULL)sql";

Task<Passenger> PostgresPassengerStore::Load(std::string account, std::string id) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(id);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoadPassenger, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kPassengerNotFound);
  }
  co_return PassengerOf(result.row(0));
}

constexpr char kListPassengers[] = R"sql(
  SELECT id, account_id, full_name, type, document_type, number, country, expires, traveller_key,
         p.created_at, wrapped
  FROM passengers p JOIN person_keys ON owner = id
  WHERE account_id = $1 AND id > $2 AND removed_at IS NULL
  ORDER BY id LIMIT $3)sql";

Task<std::vector<Passenger>> PostgresPassengerStore::List(std::string account, std::string after,
                                                          int limit) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(after).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kListPassengers, std::move(parameters)));
  std::vector<Passenger> passengers;
  for (int i = 0; i < result.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(Passenger passenger, PassengerOf(result.row(i)));
    passengers.push_back(std::move(passenger));
  }
  co_return passengers;
}

constexpr char kRemovePassenger[] = R"sql(
  UPDATE passengers SET removed_at = $3
  WHERE account_id = $1 AND id = $2 AND removed_at IS NULL)sql";

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
  if (removed.affected() == 0) {
    co_return Refuse(kPassengerNotFound);
  }
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

}  // namespace houbu::account
