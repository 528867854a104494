#include "services/account/app/code_dispatch.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

constexpr int kBatch = 100;

}  // namespace

Task<void> CodeDispatch::Round() {
  const absl::Time now = clock_.Now();
  ASSIGN_OR_CO_RETURN(const std::vector<Challenge> unsent, co_await store_.ListUnsent(now, kBatch));
  for (const Challenge& challenge : unsent) {
    std::string code = secrets_.CodeOf(challenge.id);
    const absl::Status sent = co_await messenger_.SendCode(challenge, std::move(code));
    // What the messenger will never take must not hold up everybody else's codes: it counts as
    // sent, and its owner asks for another one.
    if (!sent.ok() && !absl::IsInvalidArgument(sent)) {
      co_return sent;
    }
    CO_RETURN_IF_ERROR(co_await store_.MarkSent(challenge.id, now));
  }
  co_return absl::OkStatus();
}

}  // namespace houbu::account
