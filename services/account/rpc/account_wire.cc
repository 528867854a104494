#include "services/account/rpc/account_wire.h"

#include "absl/strings/str_cat.h"

#include "libs/rpc/wire.h"
#include "services/account/domain/identifier.h"

namespace houbu::account {

v1::Account ToWire(const Account& account) {
  v1::Account wire;
  wire.set_name(NameOf(account));
  wire.set_etag(absl::StrCat(account.version));
  *wire.mutable_create_time() = rpc::ToWire(account.created_at);
  wire.set_masked_phone(MaskedPhone(account.phone));
  v1::Account::VerificationState state = v1::Account::VERIFICATION_STATE_UNSPECIFIED;
  v1::Account::VerificationState_Parse(
      absl::StrCat("VERIFICATION_STATE_", VerificationName(account.verification)), &state);
  wire.set_verification_state(state);
  wire.set_verification_reason(account.verification_reason);
  wire.set_member(account.member);
  wire.set_may_wait(MayWait(account));
  return wire;
}

type::v1::TravelStatement ToWire(const Vouching& vouching, type::v1::Purpose purpose) {
  type::v1::TravelStatement statement;
  statement.set_account(NameOf(vouching.account));
  statement.set_purpose(purpose);
  for (const Passenger& passenger : vouching.travellers) {
    type::v1::Traveller& traveller = *statement.add_travellers();
    traveller.set_traveller_key(passenger.traveller_key);
    traveller.set_passenger(NameOf(passenger));
    traveller.set_masked_name(MaskedName(passenger.full_name));
    traveller.set_type(static_cast<type::v1::PassengerType>(passenger.type));
  }
  *statement.mutable_issue_time() = rpc::ToWire(vouching.issued_at);
  *statement.mutable_expire_time() = rpc::ToWire(vouching.expires_at);
  return statement;
}

}  // namespace houbu::account
