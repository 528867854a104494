/// How an account's holder changes what they sign in with.
#pragma once

#include "libs/rpc/seam.h"
#include "services/account/app/address_changes.h"
#include "services/account/app/credential_changes.h"

#include "houbu/account/v1/credential.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.CredentialService.
class CredentialHandlers final : public v1::CredentialService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  CredentialHandlers(rpc::Seam& seam, CredentialChanges& changes, AddressChanges& addresses)
      : seam_(seam), changes_(changes), addresses_(addresses) {}

  grpc::ServerUnaryReactor* GetCredentials(grpc::CallbackServerContext* context,
                                           const v1::GetCredentialsRequest* request,
                                           v1::Credentials* response) override {
    return seam_.Run(context, request, response, this, &CredentialHandlers::Show);
  }
  grpc::ServerUnaryReactor* ChangePassword(grpc::CallbackServerContext* context,
                                           const v1::ChangePasswordRequest* request,
                                           v1::Credentials* response) override {
    return seam_.Run(context, request, response, this, &CredentialHandlers::TakePassword);
  }
  grpc::ServerUnaryReactor* RemovePassword(grpc::CallbackServerContext* context,
                                           const v1::RemovePasswordRequest* request,
                                           v1::Credentials* response) override {
    return seam_.Run(context, request, response, this, &CredentialHandlers::DropPassword);
  }
  grpc::ServerUnaryReactor* EnrolTotp(grpc::CallbackServerContext* context,
                                      const v1::EnrolTotpRequest* request,
                                      v1::TotpEnrolment* response) override {
    return seam_.Run(context, request, response, this, &CredentialHandlers::BeginTotp);
  }
  grpc::ServerUnaryReactor* ConfirmTotp(grpc::CallbackServerContext* context,
                                        const v1::ConfirmTotpRequest* request,
                                        v1::ConfirmTotpResponse* response) override {
    return seam_.Run(context, request, response, this, &CredentialHandlers::TurnTotpOn);
  }
  grpc::ServerUnaryReactor* RemoveTotp(grpc::CallbackServerContext* context,
                                       const v1::RemoveTotpRequest* request,
                                       v1::Credentials* response) override {
    return seam_.Run(context, request, response, this, &CredentialHandlers::TurnTotpOff);
  }
  grpc::ServerUnaryReactor* StartAddressChange(grpc::CallbackServerContext* context,
                                               const v1::StartAddressChangeRequest* request,
                                               v1::AddressChallenge* response) override {
    return seam_.Run(context, request, response, this, &CredentialHandlers::SendCode);
  }
  grpc::ServerUnaryReactor* CompleteAddressChange(grpc::CallbackServerContext* context,
                                                  const v1::CompleteAddressChangeRequest* request,
                                                  v1::Credentials* response) override {
    return seam_.Run(context, request, response, this, &CredentialHandlers::TakeAddress);
  }

 private:
  Task<v1::Credentials> Show(const rpc::Call& call, const v1::GetCredentialsRequest& request);
  Task<v1::Credentials> TakePassword(const rpc::Call& call,
                                     const v1::ChangePasswordRequest& request);
  Task<v1::Credentials> DropPassword(const rpc::Call& call,
                                     const v1::RemovePasswordRequest& request);
  Task<v1::TotpEnrolment> BeginTotp(const rpc::Call& call, const v1::EnrolTotpRequest& request);
  Task<v1::ConfirmTotpResponse> TurnTotpOn(const rpc::Call& call,
                                           const v1::ConfirmTotpRequest& request);
  Task<v1::Credentials> TurnTotpOff(const rpc::Call& call, const v1::RemoveTotpRequest& request);
  Task<v1::AddressChallenge> SendCode(const rpc::Call& call,
                                      const v1::StartAddressChangeRequest& request);
  Task<v1::Credentials> TakeAddress(const rpc::Call& call,
                                    const v1::CompleteAddressChangeRequest& request);

  rpc::Seam& seam_;
  CredentialChanges& changes_;
  AddressChanges& addresses_;
};

}  // namespace houbu::account
