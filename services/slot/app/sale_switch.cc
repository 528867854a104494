#include "services/slot/app/sale_switch.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "libs/async/status_macros.h"
#include "services/slot/app/placement.h"

namespace houbu::slot {

using async::Task;

namespace {

constexpr int kTellsMax = 5;

}  // namespace

Task<std::string> SaleSwitch::Turn(SaleChange change, Mutation<SaleChange> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> before,
                      co_await tools_.record.FindAnswer(mutation.key));
  if (before.has_value()) co_return *std::move(before);
  std::string bytes = mutation.render(change);
  StoredAnswer answer;
  answer.key = mutation.key;
  answer.bytes = bytes;
  const auto committed =
      co_await tools_.inventory.SetSale(change, std::move(answer), tools_.clock.Now());
  if (!committed.ok()) {
    co_return co_await StoredAnswerOr(tools_.record, mutation.key, committed.status());
  }
  // It is so, whatever the index says now: the debt leads to a rebuild.
  const absl::Status ignored = co_await TellIndex(std::move(change), *committed);
  co_return bytes;
}

// Who closes and who opens may overtake each other on the way: whoever tells the index looks once
// more whether the record still says so, and the last one to tell has told what is so.
Task<void> SaleSwitch::TellIndex(SaleChange change, Committed committed) {
  RunEpoch epoch;
  epoch.run = change.run.value();
  epoch.epoch = committed.epoch;
  for (int tells = 0; tells < kTellsMax; ++tells) {
    CO_RETURN_IF_ERROR(co_await tools_.fresh_index.SetSale(epoch, change.sale));
    ASSIGN_OR_CO_RETURN(const Sale now, co_await tools_.inventory.ReadSale(change.run));
    if (now == change.sale) {
      std::vector<std::int64_t> debts(1, committed.debt);
      co_return co_await tools_.inventory.Settle(change.run, std::move(debts));
    }
    change.sale = now;
  }
  co_return Refuse(kIndexBusy);
}

}  // namespace houbu::slot
