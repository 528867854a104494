/// Many statements in one journey to the server: what a transaction has to say is sent at once, and
/// its answers come back together. Two hundred bookings cost as many journeys as one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

#include "libs/async/task.h"
#include "libs/postgres/parameters.h"
#include "libs/postgres/pool.h"
#include "libs/postgres/result.h"

namespace houbu::postgres {

/// One transaction whose statements travel in rounds. Destroyed without Commit it is rolled back.
///
///   ASSIGN_OR_CO_RETURN(Pipeline pipeline, co_await pool.BeginPipeline());
///   const int runs = pipeline.Add(kLockRuns, std::move(run_params));
///   const int claims = pipeline.Add(kClaim, std::move(claim_params));
///   ASSIGN_OR_CO_RETURN(const std::vector<Result> seen, co_await pipeline.Run());
///   ... look at seen[runs] and seen[claims] ...
///   pipeline.Add(kInsert, std::move(rows));
///   ASSIGN_OR_CO_RETURN(const std::vector<Result> done, co_await pipeline.Commit());
///
/// BEGIN travels with the first round and COMMIT with the last, so a transaction that need not look
/// back is one round. A statement is parsed once on each connection and told by name afterwards;
/// hand over constants, not texts made up for the occasion.
class Pipeline final {
 public:
  /// Over before it began: to be assigned to.
  Pipeline() = default;
  Pipeline(Lease lease, Isolation isolation);
  Pipeline(Pipeline&&) noexcept = default;
  Pipeline& operator=(Pipeline&&) noexcept = default;

  /// Adds a statement to the next round; gives its place among the round's results, from 0.
  int Add(std::string sql, Parameters params = Parameters());

  /// Sends what was added and gives the results in the order of adding. The first statement that
  /// failed ends the round, with its status; FailedStatementOf() says which it was. After a failure
  /// the transaction can only be abandoned.
  Task<std::vector<Result>> Run();

  /// Sends what was added together with COMMIT, gives the results and the connection back. Nothing
  /// is committed when a statement failed. Not cancelled with its caller. A connection lost before
  /// the server has answered, when COMMIT may have reached it, is kCommitOutcomeUnknown.
  Task<std::vector<Result>> Commit();

  /// Rolls back and gives the connection back; what destruction does, but waited for.
  Task<void> Rollback();

  /// Tells whether statements can still be run.
  bool open() const { return static_cast<bool>(lease_); }

 private:
  /// The statements added, with BEGIN before them in the first round.
  std::vector<Statement> TakeRound();

  Lease lease_;
  Isolation isolation_ = Isolation::kReadCommitted;
  bool begun_ = false;
  std::vector<Statement> added_;
};

/// Returns which statement of a round failed, from 0; nothing when the round failed as a whole.
std::optional<int> FailedStatementOf(const absl::Status& status);

}  // namespace houbu::postgres
