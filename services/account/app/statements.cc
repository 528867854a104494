#include "services/account/app/statements.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::account {

Task<Vouching> Statements::Vouch(std::string account, std::vector<std::string> ids, bool to_wait) {
  Vouching vouching;
  ASSIGN_OR_CO_RETURN(vouching.account, co_await accounts_.Load(account));
  Violations violations;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    absl::StatusOr<Passenger> passenger = co_await passengers_.Load(account, ids[i]);
    if (passenger.ok()) {
      vouching.travellers.push_back(*std::move(passenger));
      continue;
    }
    if (ReasonOf(passenger.status()) != kPassengerNotFound.reason) {
      co_return std::move(passenger).status();
    }
    violations.Add(absl::StrCat("passengers[", i, "]"), "is not one of your passengers");
  }
  CO_RETURN_IF_ERROR(violations.ToStatus());
  vouching.issued_at = clock_.Now();
  ASSIGN_OR_CO_RETURN(const std::vector<Restriction> active,
                      co_await restrictions_.ActiveOf(account, vouching.issued_at));
  // Who may not pay takes no places that wait for being paid.
  const std::vector<RestrictionLevel> levels = {
      RestrictionLevel::kBooking, RestrictionLevel::kPayment, RestrictionLevel::kSignIn};
  CO_RETURN_IF_ERROR(CheckUnrestricted(active, levels));
  ASSIGN_OR_CO_RETURN(const std::vector<std::string> wards, co_await wards_.WardsOf(account));
  const absl::CivilDay today = ChinaDay(vouching.issued_at);
  CO_RETURN_IF_ERROR(MayActFor(guardian_rule_, vouching.travellers, wards, today));
  if (to_wait && !MayWait(vouching.account)) {
    co_return Refuse(kNotVerified);
  }
  vouching.expires_at = vouching.issued_at + policy_.life;
  co_return vouching;
}

}  // namespace houbu::account
