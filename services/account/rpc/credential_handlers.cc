#include "services/account/rpc/credential_handlers.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/answering.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/account/rpc/ownership.h"
#include "services/account/rpc/sign_in_wire.h"

namespace houbu::account {
namespace {

constexpr int kSecondFactorMax = 40;

v1::Credentials RenderCredentials(const Credentials& credentials) { return ToWire(credentials); }

Mutation<Credentials> Changing(const rpc::Call& call) {
  return rpc::Answering<Credentials>(call, RenderCredentials);
}

/// The calling account and its session; kAccountNotFound unless `name` is its credentials.
absl::StatusOr<CredentialChanges::Asker> AskerOf(const rpc::Call& call, absl::string_view name) {
  CredentialChanges::Asker asker;
  ASSIGN_OR_RETURN(asker.account, OwnCredentials(call, "name", name, kAccountNotFound));
  asker.session = CallerSessionId(call);
  return asker;
}

v1::AddressChallenge RenderChallenge(const Challenge& challenge) {
  v1::AddressChallenge wire;
  wire.set_name(absl::StrCat("accounts/", challenge.account, "/addressChallenges/", challenge.id));
  *wire.mutable_expire_time() = rpc::ToWire(challenge.expires_at);
  return wire;
}

}  // namespace

Task<v1::Credentials> CredentialHandlers::Show(const rpc::Call& call,
                                               const v1::GetCredentialsRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string account,
                      OwnCredentials(call, "name", request.name(), kAccountNotFound));
  ASSIGN_OR_CO_RETURN(const Credentials credentials, co_await changes_.Get(std::move(account)));
  co_return ToWire(credentials);
}

Task<v1::Credentials> CredentialHandlers::TakePassword(const rpc::Call& call,
                                                       const v1::ChangePasswordRequest& request) {
  ASSIGN_OR_CO_RETURN(CredentialChanges::Asker asker, AskerOf(call, request.name()));
  Violations violations;
  std::string password = ReadPassword(violations, request.password());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Credentials> mutation = Changing(call);
  ASSIGN_OR_CO_RETURN(
      const std::string answer,
      co_await changes_.SetPassword(std::move(asker), std::move(password), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Credentials>(answer);
}

Task<v1::Credentials> CredentialHandlers::DropPassword(const rpc::Call& call,
                                                       const v1::RemovePasswordRequest& request) {
  ASSIGN_OR_CO_RETURN(CredentialChanges::Asker asker, AskerOf(call, request.name()));
  Mutation<Credentials> mutation = Changing(call);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await changes_.RemovePassword(std::move(asker), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Credentials>(answer);
}

Task<v1::TotpEnrolment> CredentialHandlers::BeginTotp(const rpc::Call& call,
                                                      const v1::EnrolTotpRequest& request) {
  ASSIGN_OR_CO_RETURN(CredentialChanges::Asker asker, AskerOf(call, request.name()));
  std::string account = asker.account;
  Mutation<Credentials> mutation = Changing(call);
  CO_RETURN_IF_ERROR(co_await changes_.BeginTotp(std::move(asker), std::move(mutation)));
  // The stored answer holds no secret: it is read from where it is kept, sealed.
  ASSIGN_OR_CO_RETURN(const Credentials credentials, co_await changes_.Get(std::move(account)));
  v1::TotpEnrolment enrolment;
  enrolment.set_secret(credentials.totp_secret);
  enrolment.set_uri(absl::StrCat("otpauth://totp/Houbu:", MaskedPhone(credentials.phone),
                                 "?secret=", credentials.totp_secret, "&issuer=Houbu"));
  co_return enrolment;
}

Task<v1::ConfirmTotpResponse> CredentialHandlers::TurnTotpOn(
    const rpc::Call& call, const v1::ConfirmTotpRequest& request) {
  ASSIGN_OR_CO_RETURN(CredentialChanges::Asker asker, AskerOf(call, request.name()));
  Violations violations;
  std::string code = ReadCode(violations, request.code());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  std::string account = asker.account;
  Mutation<Credentials> mutation = Changing(call);
  CO_RETURN_IF_ERROR(
      co_await changes_.ConfirmTotp(std::move(asker), std::move(code), std::move(mutation)));
  ASSIGN_OR_CO_RETURN(const Credentials credentials, co_await changes_.Get(std::move(account)));
  v1::ConfirmTotpResponse response;
  for (std::string& code_of_recovery : changes_.RecoveryCodesOf(credentials)) {
    response.add_recovery_codes(std::move(code_of_recovery));
  }
  co_return response;
}

Task<v1::Credentials> CredentialHandlers::TurnTotpOff(const rpc::Call& call,
                                                      const v1::RemoveTotpRequest& request) {
  ASSIGN_OR_CO_RETURN(CredentialChanges::Asker asker, AskerOf(call, request.name()));
  Violations violations;
  rpc::RequireText(violations, "second_factor", request.second_factor(), kSecondFactorMax);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Credentials> mutation = Changing(call);
  ASSIGN_OR_CO_RETURN(
      const std::string answer,
      co_await changes_.RemoveTotp(std::move(asker), request.second_factor(), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Credentials>(answer);
}

Task<v1::AddressChallenge> CredentialHandlers::SendCode(
    const rpc::Call& call, const v1::StartAddressChangeRequest& request) {
  ASSIGN_OR_CO_RETURN(const CredentialChanges::Asker asker, AskerOf(call, request.name()));
  Violations violations;
  AddressChanges::Wish wish;
  wish.account = asker.account;
  wish.session = asker.session;
  wish.address = ReadIdentifier(violations, "address", request.address());
  if (wish.address.kind == Identifier::Kind::kResidentId) {
    violations.Add("address", "must be a phone number or an e-mail address");
  }
  wish.language = ReadLanguage(violations, request.language_code());
  wish.client_address = call.caller.client_address;
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Challenge> mutation = rpc::Answering<Challenge>(call, RenderChallenge);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await addresses_.Start(std::move(wish), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::AddressChallenge>(answer);
}

Task<v1::Credentials> CredentialHandlers::TakeAddress(
    const rpc::Call& call, const v1::CompleteAddressChangeRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string challenge,
                      OwnAddressChallenge(call, "name", request.name(), kCodeRefused));
  Violations violations;
  std::string code = ReadCode(violations, request.code());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Credentials> mutation = Changing(call);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await addresses_.Complete(CallerId(call), std::move(challenge),
                                                   std::move(code), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Credentials>(answer);
}

}  // namespace houbu::account
