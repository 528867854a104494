#include "services/slot/app/index_rebuild.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "libs/async/retry.h"
#include "libs/async/status_macros.h"
#include "libs/async/together.h"
#include "services/slot/app/index_load.h"

namespace houbu::slot {

using async::Task;

/// What the workers of one rebuild share.
struct IndexRebuild::Progress {
  std::vector<RunId> runs;
  std::size_t next = 0;
  Rebuilt done;
  absl::Status failure;
};

Task<Rebuilt> IndexRebuild::Rebuild(std::vector<RunId> runs) {
  auto progress = std::make_shared<Progress>();
  progress->runs = std::move(runs);
  std::vector<std::function<Task<void>()>> workers;
  for (int i = 0; i < tools_.policy.parallel; ++i) {
    workers.emplace_back([this, progress] { return Work(progress); });
  }
  CO_RETURN_IF_ERROR(co_await async::Together(std::move(workers)));
  if (!progress->failure.ok()) co_return progress->failure;
  co_return progress->done;
}

Task<void> IndexRebuild::Work(std::shared_ptr<Progress> progress) {
  const auto page_size = static_cast<std::size_t>(tools_.policy.page);
  while (progress->next < progress->runs.size() && !absl::IsUnavailable(progress->failure)) {
    const std::size_t first = progress->next;
    progress->next = std::min(first + page_size, progress->runs.size());
    const std::vector<RunId> page(
        progress->runs.begin() + static_cast<std::ptrdiff_t>(first),
        progress->runs.begin() + static_cast<std::ptrdiff_t>(progress->next));
    async::RetryPolicy policy;
    std::function<Task<Rebuilt>()> attempt = [this, page] { return RebuildPage(page); };
    const absl::StatusOr<Rebuilt> done = co_await async::Retry<Rebuilt>(policy, std::move(attempt));
    if (!done.ok()) {
      // An outage is worth more to know than a run that cannot be.
      if (progress->failure.ok() || absl::IsUnavailable(done.status())) {
        progress->failure = done.status();
      }
      continue;
    }
    progress->done.runs += done->runs;
    progress->done.rows += done->rows;
  }
  co_return absl::OkStatus();
}

Task<std::int64_t> IndexRebuild::EpochOf(RunId run) {
  std::vector<RunId> runs(1, std::move(run));
  ASSIGN_OR_CO_RETURN(const std::vector<RecordedRun> now,
                      co_await tools_.source.Read(std::move(runs)));
  co_return now.empty() ? 0 : now.front().state.epoch;
}

Task<Rebuilt> IndexRebuild::RebuildPage(std::vector<RunId> page) {
  const auto began = std::chrono::steady_clock::now();
  ASSIGN_OR_CO_RETURN(std::vector<RecordedRun> runs,
                      co_await tools_.source.RaiseAndRead(std::move(page)));
  Rebuilt done;
  std::vector<std::int64_t> paid;
  absl::Status failure;
  for (RecordedRun& run : runs) {
    const auto rows = static_cast<std::int64_t>(run.state.taken.size() + run.state.waiting.size());
    std::function<Task<std::int64_t>()> recorded = [this, id = RunId(run.state.run)] {
      return EpochOf(id);
    };
    const auto loaded =
        co_await LoadRecorded(tools_.index, std::move(run.state), std::move(recorded));
    if (absl::IsUnavailable(loaded)) co_return loaded;
    if (!loaded.ok()) {
      failure = loaded;
      continue;
    }
    paid.insert(paid.end(), run.debts.begin(), run.debts.end());
    ++done.runs;
    done.rows += rows;
  }
  CO_RETURN_IF_ERROR(co_await tools_.source.SettleAll(std::move(paid)));
  if (!failure.ok()) co_return failure;
  const auto took = absl::FromChrono(std::chrono::steady_clock::now() - began);
  if (tools_.watch) tools_.watch(took, done.runs);
  co_return done;
}

}  // namespace houbu::slot
