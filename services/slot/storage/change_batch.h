/// Writes changes that touch nothing in common in one transaction: all of them or none.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "libs/async/task.h"
#include "libs/postgres/pipeline.h"
#include "libs/postgres/pool.h"
#include "services/slot/storage/change_keys.h"
#include "services/slot/storage/change_sums.h"
#include "services/slot/storage/change_verdicts.h"
#include "services/slot/storage/encode_effect.h"

namespace houbu::slot {

/// What became of a batch. Nothing is committed unless all passed; then each has an answer.
struct BatchOutcome {
  ChangeVerdicts verdicts;
  std::vector<Committed> answers;
};

/// One batch in one transaction. Used once.
///
/// Everything that may be refused goes first, in guarded multi-row statements that tell which rows
/// passed; once all did, the rest goes with COMMIT. Rows are written in the order of their keys, so
/// that two batches wait for each other in one direction only.
class ChangeBatch final {
 public:
  /// `pool` must outlive this; the changes must be one wave (see TakeWave).
  ChangeBatch(postgres::Pool& pool, std::vector<PendingChange> changes, const EncodeEffect& encode);

  /// Writes, and commits when all pass. Fails as a whole, nothing committed, where the server
  /// refuses a statement; kCommitOutcomeUnknown when the connection was lost during COMMIT.
  async::Task<BatchOutcome> Write();

 private:
  /// A statement of the guards' round, and whom its missing rows refuse.
  struct Asked {
    int place;  ///< Among the round's results.
    Guard guard;
    absl::Status refusal;
    GuardedRows rows;
  };

  async::Task<void> FindFreed();
  async::Task<void> AskGuards();
  async::Task<void> NameJourneys();
  async::Task<void> FindRaced();
  async::Task<BatchOutcome> GiveUp();
  async::Task<BatchOutcome> Complete();
  void LockRuns();
  void AskRuns();
  void AskAnswers();
  void AskDemands();
  void AskBookings();
  void LockTravellers();
  void AskJourneys();
  void AskUnits();
  void AskCounts();
  void AskTurns();
  void AskLinks();
  void Ask(std::string sql, Guard guard, const Refusal& refusal, GuardedRows rows);
  void JudgeRuns(const postgres::Result& rows);
  void Judge(const Asked& asked, const postgres::Result& rows);
  void RefuseSharers(const std::vector<std::size_t>& sharers, Guard guard,
                     const absl::Status& refusal);
  void AddRows();
  void AddDebts();
  void AddEffects();
  bool frees_any() const;

  postgres::Pool& pool_;
  const std::vector<PendingChange> changes_;
  const EncodeEffect& encode_;
  postgres::Pipeline pipeline_;
  ChangeVerdicts verdicts_;
  std::vector<Committed> answers_;
  std::vector<BatchClaim> taken_;
  std::vector<BatchClaim> freed_;
  std::vector<Asked> asked_;
  std::vector<std::size_t> answering_;              ///< Changes with an answer.
  std::map<std::string, std::size_t> conflicting_;  ///< Travellers who travel already.
  std::map<std::string, std::int64_t> epochs_;      ///< By run.
  std::vector<std::size_t> owing_;                  ///< Changes with a debt.
  int runs_at_ = -1;                                ///< Places in the guards' round.
  int answers_at_ = -1;
  int debts_at_ = -1;        ///< Place in the last round.
  bool some_raced_ = false;  ///< Requests of the batch that were answered before.
  bool enqueued_ = false;
};

}  // namespace houbu::slot
