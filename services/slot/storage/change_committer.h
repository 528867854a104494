/// Commits many changes at once; a refused one fails none of its neighbours.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "services/slot/storage/change_batch.h"
#include "services/slot/storage/change_keys.h"
#include "services/slot/storage/encode_effect.h"

namespace houbu::slot {

/// Commits changes in as few batches as their refusals leave.
///
/// What touches the same thing goes in one batch after another, in the order given. A batch that
/// was refused something is rolled back and written again without those refused; where several
/// share what was refused, and where the server refuses a statement, halves of it are written until
/// each stands alone. Each change so has the answer it would have had by itself.
class ChangeCommitter final {
 public:
  /// What became of each change, in their order.
  using Answers = std::vector<absl::StatusOr<Committed>>;

  /// `pool` must outlive this.
  ChangeCommitter(postgres::Pool& pool, EncodeEffect encode)
      : pool_(pool), encode_(std::move(encode)) {}

  /// Commits; never fails as a whole.
  async::Task<Answers> Commit(std::vector<PendingChange> changes);

 private:
  postgres::Pool& pool_;
  const EncodeEffect encode_;
};

}  // namespace houbu::slot
