#include "services/slot/app/index_diff.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <utility>
#include <vector>

#include "libs/async/status_macros.h"

namespace houbu::slot {
namespace {

using async::Task;

std::set<std::string> WordsOf(const InventoryAudit& audit, const IndexState& index) {
  std::set<std::string> words(audit.differences.begin(), audit.differences.end());
  if (audit.oversold > 0) words.insert("oversold");
  // Of those who wait in the index itself: somebody may just be on the way there.
  if (audit.servable_waiting > 0 && Audit(index.state, index).servable_waiting > 0) {
    words.insert("somebody waits for what is free");
  }
  return words;
}

}  // namespace

Task<int> IndexDiff::Round(int count) {
  ASSIGN_OR_CO_RETURN(std::vector<RunId> runs,
                      co_await tools_.inventory.RunsInUse(looked_to_, count));
  looked_to_ = static_cast<int>(runs.size()) < count ? "" : runs.back().value();
  const absl::Time due = tools_.clock.Now() - kDifferenceAge;
  for (const auto& [run, suspicion] : suspicions_) {
    if (suspicion.since <= due) runs.emplace_back(run);
  }
  std::sort(runs.begin(), runs.end());
  runs.erase(std::unique(runs.begin(), runs.end()), runs.end());
  if (runs.empty()) co_return 0;
  ASSIGN_OR_CO_RETURN(std::vector<RecordedRun> recorded, co_await tools_.source.Read(runs));
  std::vector<RunId> wrong;
  for (RecordedRun& run : recorded) {
    CO_RETURN_IF_ERROR(co_await LookAt(std::move(run), wrong));
  }
  const int found = static_cast<int>(wrong.size());
  std::int64_t error = 0;
  for (const auto& [run, each] : errors_) error += std::abs(each);
  if (tools_.watch.conservation) tools_.watch.conservation(error);
  if (wrong.empty()) co_return found;
  std::vector<RunId> repaired = wrong;
  const auto rebuilt = co_await tools_.rebuild.Rebuild(std::move(wrong));
  if (!rebuilt.ok()) co_return rebuilt.status();
  for (const RunId& run : repaired) Clear(run.value());
  if (tools_.watch.conservation) tools_.watch.conservation(0);
  co_return found;
}

Task<void> IndexDiff::LookAt(RecordedRun run, std::vector<RunId>& wrong) {
  const std::string id = run.state.run;
  // Whoever pays the debt puts everything right.
  if (!run.debts.empty()) {
    Clear(id);
    co_return absl::OkStatus();
  }
  const absl::StatusOr<IndexState> index = co_await tools_.index.FullState(id);
  if (absl::IsUnavailable(index.status())) co_return index.status();
  if (ReasonOf(index.status()) == kStaleIndex.reason) {
    wrong.emplace_back(id);
    co_return absl::OkStatus();
  }
  InventoryAudit audit;
  std::set<std::string> words;
  if (index.ok()) {
    audit = Audit(run.state, *index);
    words = WordsOf(audit, *index);
  } else {
    words.insert("unreadable");
  }
  if (words.empty()) {
    Clear(id);
    co_return absl::OkStatus();
  }
  if (!IsConfirmed(id, run.state.epoch, std::move(words))) co_return absl::OkStatus();
  errors_[id] = audit.conservation_error();
  if (tools_.watch.differs) tools_.watch.differs(id, audit.kinds);
  wrong.emplace_back(id);
  co_return absl::OkStatus();
}

bool IndexDiff::IsConfirmed(const std::string& run, std::int64_t epoch,
                            std::set<std::string> found) {
  const absl::Time now = tools_.clock.Now();
  Suspicion& suspicion = suspicions_[run];
  std::set<std::string> lasting;
  if (suspicion.epoch == epoch) {
    std::set_intersection(found.begin(), found.end(), suspicion.differences.begin(),
                          suspicion.differences.end(), std::inserter(lasting, lasting.end()));
  }
  if (lasting.empty()) {
    suspicion.epoch = epoch;
    suspicion.since = now;
    suspicion.differences = std::move(found);
    return false;
  }
  suspicion.differences = std::move(lasting);
  return now - suspicion.since >= kDifferenceAge;
}

void IndexDiff::Clear(const std::string& run) {
  suspicions_.erase(run);
  errors_.erase(run);
}

}  // namespace houbu::slot
