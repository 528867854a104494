/// The record in PostgreSQL: changes in flight share their commits.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "libs/async/task.h"
#include "libs/postgres/group_commit.h"
#include "libs/postgres/pool.h"
#include "services/slot/app/ports.h"
#include "services/slot/storage/change_keys.h"
#include "services/slot/storage/encode_effect.h"
#include "services/slot/storage/serial_block.h"

namespace houbu::slot {

/// Commits changes.
class PostgresRecord final : public Record {
 public:
  /// `pool` must outlive this and all changes under way.
  PostgresRecord(postgres::Pool& pool, EncodeEffect encode,
                 postgres::GroupCommitOptions options = postgres::GroupCommitOptions());

  async::Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  async::Task<std::int64_t> NextSerial() override;
  async::Task<Committed> Commit(Change change) override;

 private:
  postgres::Pool& pool_;
  SerialBlock serials_;
  postgres::GroupCommit<PendingChange, Committed> commits_;
};

}  // namespace houbu::slot
