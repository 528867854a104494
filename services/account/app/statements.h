/// The statements by which account vouches for travellers, so that nobody has to ask it.
#pragma once

#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "services/account/app/ports.h"
#include "services/account/app/ports_guardian.h"
#include "services/account/app/ports_restriction.h"

namespace houbu::account {

/// Who may travel, for a few minutes.
struct Vouching {
  Account account;
  std::vector<Passenger> travellers;
  absl::Time issued_at;
  absl::Time expires_at;
};

/// Vouches for passengers.
class Statements final {
 public:
  /// Uses what it is given, which must outlive it.
  Statements(AccountStore& accounts, PassengerStore& passengers, ActiveRestrictions& restrictions,
             AcceptedWards& wards, const Clock& clock, StatementPolicy policy,
             GuardianRule guardian_rule)
      : accounts_(accounts),
        passengers_(passengers),
        restrictions_(restrictions),
        wards_(wards),
        clock_(clock),
        policy_(policy),
        guardian_rule_(guardian_rule) {}

  /// Vouches for passengers; names every one that is not there. To wait takes a verified holder or
  /// a member (NOT_VERIFIED). Nobody is vouched for to a restricted account (ACCOUNT_RESTRICTED),
  /// and nobody who needs a guardian without an accepted one (GUARDIAN_REQUIRED).
  Task<Vouching> Vouch(std::string account, std::vector<std::string> ids, bool to_wait);

 private:
  AccountStore& accounts_;
  PassengerStore& passengers_;
  ActiveRestrictions& restrictions_;
  AcceptedWards& wards_;
  const Clock& clock_;
  StatementPolicy policy_;
  GuardianRule guardian_rule_;
};

}  // namespace houbu::account
