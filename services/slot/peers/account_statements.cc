#include "services/slot/peers/account_statements.h"

#include <string>

#include "libs/base/status_macros.h"
#include "libs/identity/travel_statement.h"

namespace houbu::slot {

absl::StatusOr<std::vector<Traveller>> AccountStatements::Verify(const SignedStatement& statement,
                                                                 absl::string_view account,
                                                                 absl::Time now) const {
  type::v1::SignedStatement wire;
  wire.set_key_id(statement.key_id);
  wire.set_payload(statement.payload);
  wire.set_signature(statement.signature);
  identity::StatementUse use;
  use.account = std::string(account);
  use.purpose = type::v1::PURPOSE_BOOK;
  ASSIGN_OR_RETURN(const type::v1::TravelStatement verified,
                   identity::VerifyTravelStatement(trust_, wire, now, use));
  std::vector<Traveller> travellers;
  for (const type::v1::Traveller& traveller : verified.travellers()) {
    travellers.push_back(
        Traveller{traveller.traveller_key(), traveller.passenger(), traveller.masked_name()});
  }
  return travellers;
}

}  // namespace houbu::slot
