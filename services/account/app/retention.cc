#include "services/account/app/retention.h"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

constexpr int kBatch = 1000;
constexpr int kBatchesMax = 100;  // a round is bounded; the next one goes on

}  // namespace

async::Task<void> Retention::Round() {
  const absl::Time now = clock_.Now();
  for (int i = 0; i < kBatchesMax; ++i) {
    ASSIGN_OR_CO_RETURN(const int swept, co_await store_.Sweep(policy_, now, kBatch));
    if (swept < kBatch) {
      break;
    }
  }
  co_return absl::OkStatus();
}

}  // namespace houbu::account
