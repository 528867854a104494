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

}  // namespace houbu::account
