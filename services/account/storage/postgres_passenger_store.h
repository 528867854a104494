/// Passengers in PostgreSQL; names and numbers encrypted.
#pragma once

#include "libs/postgres/pool.h"
#include "services/account/app/ports.h"
#include "services/account/storage/vault.h"

namespace houbu::account {

/// Keeps passengers in tables `passengers` and `passenger_documents`.
class PostgresPassengerStore final : public PassengerStore {
 public:
  /// Uses the pool and the vault, which must outlive it.
  PostgresPassengerStore(postgres::Pool& pool, const Vault& vault) : pool_(pool), vault_(vault) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<std::string> Add(Passenger passenger, Reply reply, absl::Time now) override;
  Task<Passenger> Load(std::string account, std::string id) override;
  Task<std::vector<Passenger>> List(std::string account, std::string after, int limit) override;
  Task<std::string> Save(Passenger passenger, Reply reply, absl::Time now) override;
  Task<std::string> Remove(Passenger passenger, Reply reply, absl::Time now) override;

 private:
  absl::StatusOr<Passenger> PassengerOf(const postgres::Row& row, const PersonKey& key) const;
  Task<std::vector<Passenger>> Read(postgres::Result passengers);
  Task<void> WriteDocuments(postgres::Transaction& transaction, Passenger passenger, PersonKey key);

  postgres::Pool& pool_;
  const Vault& vault_;
};

}  // namespace houbu::account
