#include "services/account/rpc/account_wire.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/account/domain/identifier.h"

namespace houbu::account {
absl::StatusOr<Entry> FromWire(const v1::CreatePassengerRequest& request) {
  Violations violations;
  rpc::RequireName(violations, "parent", request.parent(), "accounts/{account}");
  rpc::RequireText(violations, "full_name", request.full_name(), 200);
  rpc::RequireEnum<type::v1::PassengerType>(violations, "type", request.type(),
                                            type::v1::PassengerType_IsValid);
  rpc::RequireEnum<v1::DocumentType>(violations, "document_type", request.document_type(),
                                     v1::DocumentType_IsValid);
  rpc::RequireText(violations, "document_number", request.document_number(), 60);
  rpc::AllowText(violations, "country_code", request.country_code(), 2);
  Entry entry;
  if (request.has_expire_date()) {
    entry.document.expires =
        rpc::RequireDate(violations, "expire_date", true, request.expire_date());
    entry.document.has_expiry = true;
  }
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  entry.type = request.type();
  entry.document.number = request.document_number();
  const bool card = request.document_type() == v1::DOCUMENT_TYPE_RESIDENT_ID;
  entry.document.type = card ? DocumentType::kResidentId : DocumentType::kPassport;
  entry.document.country = request.country_code();
  entry.document.full_name = request.full_name();
  NormaliseDocument(entry.document);
  entry.full_name = entry.document.full_name;
  return entry;
}

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

v1::Passenger ToWire(const Passenger& passenger) {
  v1::Passenger wire;
  wire.set_name(NameOf(passenger));
  wire.set_etag("1");  // a passenger never changes: a new document is a new passenger
  *wire.mutable_create_time() = rpc::ToWire(passenger.created_at);
  wire.set_masked_full_name(MaskedName(passenger.full_name));
  wire.set_type(static_cast<type::v1::PassengerType>(passenger.type));
  wire.set_document_type(passenger.document.type == DocumentType::kResidentId
                             ? v1::DOCUMENT_TYPE_RESIDENT_ID
                             : v1::DOCUMENT_TYPE_PASSPORT);
  wire.set_masked_document_number(MaskedNumber(passenger.document.number));
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
