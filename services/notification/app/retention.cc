#include "services/notification/app/retention.h"

#include "libs/async/status_macros.h"

namespace houbu::notification {
namespace {

constexpr int kBatch = 1000;
constexpr int kBatchesMax = 100;  // a round is bounded; the next one goes on

}  // namespace

Task<void> Retention::Round() {
  const absl::Time before = clock_.Now() - deliveries_;
  for (int i = 0; i < kBatchesMax; ++i) {
    ASSIGN_OR_CO_RETURN(const int removed, co_await store_.RemoveEnded(before, kBatch));
    if (removed < kBatch) {
      break;
    }
  }
  co_return absl::OkStatus();
}

}  // namespace houbu::notification
