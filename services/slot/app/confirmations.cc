#include "services/slot/app/confirmations.h"

#include <utility>

#include "libs/async/join.h"
#include "libs/async/status_macros.h"

namespace houbu::slot {

using async::Task;

void Confirmations::Add(std::string run, std::string token) {
  waiting_.With([&](Waiting& waiting) {
    if (waiting.count >= waiting_max_) return;
    ++waiting.count;
    waiting.tokens[std::move(run)].push_back(std::move(token));
  });
}

Task<int> Confirmations::Flush() {
  Waiting told = waiting_.With([](Waiting& waiting) { return std::exchange(waiting, Waiting()); });
  std::vector<Task<void>> calls;
  calls.reserve(told.tokens.size());
  for (auto& [run, tokens] : told.tokens) {
    calls.push_back(index_.Confirm(run, std::move(tokens)));
  }
  ASSIGN_OR_CO_RETURN(const std::vector<absl::Status> outcomes,
                      co_await async::Join<void>(std::move(calls)));
  for (const absl::Status& outcome : outcomes) {
    if (!outcome.ok()) co_return outcome;
  }
  co_return told.count;
}

}  // namespace houbu::slot
