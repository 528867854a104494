/// What signed-in accounts may not do: what their access tokens say.
#pragma once

#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "services/account/app/ports_restriction.h"

namespace houbu::account {

/// Tells what accounts may not do now.
class Standing final {
 public:
  /// Both must outlive this.
  Standing(ActiveRestrictions& restrictions, const Clock& clock)
      : restrictions_(restrictions), clock_(clock) {}

  /// All an account is kept from, each level once.
  Task<std::vector<Bar>> BarsOf(std::string account);

 private:
  ActiveRestrictions& restrictions_;
  const Clock& clock_;
};

}  // namespace houbu::account
