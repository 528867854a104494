#include "services/slot/storage/postgres_record.h"

#include <utility>
#include <vector>

#include "libs/postgres/unit_of_work.h"
#include "services/slot/storage/change_committer.h"

namespace houbu::slot {

using async::Task;

namespace {

/// Writes batches with a committer that lives as long as any is written.
postgres::GroupCommit<PendingChange, Committed>::Write WriteWith(postgres::Pool& pool,
                                                                 EncodeEffect encode) {
  auto committer = std::make_shared<ChangeCommitter>(pool, std::move(encode));
  return [committer = std::move(committer)](std::vector<PendingChange> changes) {
    return committer->Commit(std::move(changes));
  };
}

}  // namespace

PostgresRecord::PostgresRecord(postgres::Pool& pool, EncodeEffect encode,
                               postgres::GroupCommitOptions options)
    : pool_(pool),
      serials_(pool),
      commits_(pool.executor(), std::move(options), WriteWith(pool, std::move(encode))) {}

Task<std::optional<std::string>> PostgresRecord::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

Task<std::int64_t> PostgresRecord::NextSerial() { return serials_.Next(); }

Task<Committed> PostgresRecord::Commit(Change change) {
  return commits_.Submit(std::make_shared<const Change>(std::move(change)));
}

}  // namespace houbu::slot
