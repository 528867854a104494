#include "services/account/app/standing.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::account {

Task<std::vector<Bar>> Standing::BarsOf(std::string account) {
  const absl::Time now = clock_.Now();
  ASSIGN_OR_CO_RETURN(const std::vector<Restriction> active,
                      co_await restrictions_.ActiveOf(std::move(account), now));
  co_return account::BarsOf(active);
}

}  // namespace houbu::account
