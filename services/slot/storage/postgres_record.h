/// The record in PostgreSQL: every change is one transaction.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "libs/postgres/unit_of_work.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Turns an effect into the call that brings it about; made in peers/.
using EncodeEffect =
    std::function<postgres::OutboxCall(const Effect& effect, const EffectContext& context)>;

/// Commits changes.
class PostgresRecord final : public Record {
 public:
  /// `pool` must outlive this.
  PostgresRecord(postgres::Pool& pool, EncodeEffect encode)
      : pool_(pool), encode_(std::move(encode)) {}

  async::Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  async::Task<std::int64_t> NextSerial() override;
  async::Task<Committed> Commit(Change change) override;

 private:
  postgres::Pool& pool_;
  EncodeEffect encode_;
};

}  // namespace houbu::slot
