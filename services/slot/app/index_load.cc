#include "services/slot/app/index_load.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/time/time.h"

#include "libs/async/retry.h"
#include "libs/async/status_macros.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr int kLoadsMax = 4;
constexpr absl::Duration kLoadPause = absl::Milliseconds(5);

}  // namespace

std::int64_t EpochIn(const absl::Status& refusal) {
  const Metadata facts = MetadataOf(refusal);
  const auto found = facts.find("epoch");
  std::int64_t epoch = 0;
  if (found == facts.end() || !absl::SimpleAtoi(found->second, &epoch)) return 0;
  return epoch;
}

Task<void> LoadRecorded(InventoryIndex& index, RunState state,
                        std::function<Task<std::int64_t>()> recorded) {
  for (int loads = 1; loads <= kLoadsMax; ++loads) {
    RunState copy = state;
    const auto loaded = co_await index.Load(std::move(copy));
    if (ReasonOf(loaded.status()) != kStaleIndex.reason) co_return loaded.status();
    const std::int64_t claimed = EpochIn(loaded.status());
    if (claimed > 0) {
      ASSIGN_OR_CO_RETURN(const std::int64_t reached, co_await recorded());
      if (claimed <= reached) co_return absl::OkStatus();
    }
    // Without an epoch it may have been somebody else's load, or a move, that came in between: only
    // what is there again after that is forged.
    if (claimed > 0 || loads > 1) {
      RunEpoch every;
      every.run = state.run;
      every.epoch = kEveryEpoch;
      CO_RETURN_IF_ERROR(co_await index.Remove(std::move(every)));
    }
    CO_RETURN_IF_ERROR(co_await async::Sleep(kLoadPause * loads));
  }
  co_return Refuse(kIndexBusy);
}

}  // namespace houbu::slot
