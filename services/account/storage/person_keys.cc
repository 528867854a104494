#include "services/account/storage/person_keys.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::account {

constexpr char kInsertKey[] = R"sql(
  INSERT INTO person_keys (owner, wrapped, created_at) VALUES ($1, $2, $3))sql";

async::Task<void> InsertKey(postgres::Transaction& transaction, const PersonKey& key,
                            absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(key.owner()).AddBytes(key.wrapped()).Add(now);
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kInsertKey, std::move(parameters)));
  co_return absl::OkStatus();
}

constexpr char kListStaleKeys[] = R"sql(
  SELECT owner, wrapped FROM person_keys
  WHERE wrapped IS NOT NULL AND get_byte(wrapped, 1) <> $1 ORDER BY owner LIMIT $2)sql";

// Unless it was destroyed meanwhile.
constexpr char kRewrapKey[] = R"sql(
  UPDATE person_keys SET wrapped = $3 WHERE owner = $1 AND wrapped = $2)sql";

async::Task<int> RewrapKeys(postgres::Pool& pool, const Vault& vault, int master, int limit) {
  postgres::Parameters which;
  which.Add(master).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result stale,
                      co_await pool.Query(kListStaleKeys, std::move(which)));
  for (int i = 0; i < stale.rows(); ++i) {
    const std::string owner = stale.row(i).Text("owner");
    const std::string wrapped = stale.row(i).Bytes("wrapped");
    ASSIGN_OR_CO_RETURN(const std::string rewrapped, vault.Rewrap(owner, wrapped));
    postgres::Parameters parameters;
    parameters.Add(owner).AddBytes(wrapped).AddBytes(rewrapped);
    CO_RETURN_IF_ERROR(co_await pool.Query(kRewrapKey, std::move(parameters)));
  }
  co_return stale.rows();
}

constexpr char kCountStaleKeys[] = R"sql(
  SELECT count(*) AS stale FROM person_keys
  WHERE wrapped IS NOT NULL AND get_byte(wrapped, 1) <> $1)sql";

async::Task<std::int64_t> CountStaleKeys(postgres::Pool& pool, int master) {
  postgres::Parameters parameters;
  parameters.Add(master);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool.Query(kCountStaleKeys, std::move(parameters)));
  co_return result.row(0).Int64("stale");
}

}  // namespace houbu::account
