/// Erasures in PostgreSQL.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libs/base/id.h"
#include "libs/postgres/pool.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/app/ports_erasure.h"

namespace houbu::account {

/// Turns an erasure into the calls that tell of the state it came to: of its owner, or of those
/// that keep something of them; peers/ knows how. Ids are taken from `ids`.
using EncodeErasure = std::function<std::vector<postgres::OutboxCall>(
    const Erasure& erasure, IdSource& ids, absl::Time now)>;

/// Keeps erasures in table `erasures`, and does them.
class PostgresErasureStore final : public ErasureStore {
 public:
  /// Uses the pool and the ids, which must outlive it.
  PostgresErasureStore(postgres::Pool& pool, IdSource& ids, EncodeErasure encode)
      : pool_(pool), ids_(ids), encode_(std::move(encode)) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<std::optional<Erasure>> Find(std::string account) override;
  Task<std::string> Ask(Erasure erasure, AuditEntry audit, Reply reply, absl::Time now) override;
  Task<std::string> Repeat(Reply reply, absl::Time now) override;
  Task<std::string> Cancel(Erasure erasure, AuditEntry audit, Reply reply, absl::Time now) override;
  Task<std::vector<Erasure>> ListDue(absl::Time now, int limit) override;
  Task<void> Close(Erasure erasure, AuditEntry audit, absl::Time now) override;
  Task<void> Stop(Erasure erasure, AuditEntry audit, absl::Time now) override;
  Task<void> Erase(Erasure erasure, AuditEntry audit, absl::Time now) override;
  Task<ErasureBacklog> CountOpen(absl::Time now) override;

 private:
  Task<void> Tell(postgres::UnitOfWork& work, Erasure erasure, absl::Time now);

  postgres::Pool& pool_;
  IdSource& ids_;
  EncodeErasure encode_;
};

}  // namespace houbu::account
