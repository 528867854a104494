/// How accounts are asked about.
#pragma once

#include <string>

#include "libs/rpc/seam.h"
#include "services/account/app/verification.h"

#include "houbu/account/v1/account.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.AccountService.
class AccountHandlers final : public v1::AccountService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it. `jwks` are the public keys.
  AccountHandlers(rpc::Seam& seam, Verifications& verifications, std::string jwks)
      : seam_(seam), verifications_(verifications), jwks_(std::move(jwks)) {}

  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context,
                                       const v1::GetAccountRequest* request,
                                       v1::Account* response) override {
    return seam_.Run(context, request, response, this, &AccountHandlers::Show);
  }
  grpc::ServerUnaryReactor* VerifyIdentity(grpc::CallbackServerContext* context,
                                           const v1::VerifyIdentityRequest* request,
                                           v1::Account* response) override {
    return seam_.Run(context, request, response, this, &AccountHandlers::Verify);
  }
  grpc::ServerUnaryReactor* ActivateMembership(grpc::CallbackServerContext* context,
                                               const v1::ActivateMembershipRequest* request,
                                               v1::Account* response) override {
    return seam_.Run(context, request, response, this, &AccountHandlers::MakeMember);
  }
  grpc::ServerUnaryReactor* GetKeySet(grpc::CallbackServerContext* context,
                                      const v1::GetKeySetRequest* request,
                                      v1::KeySet* response) override {
    return seam_.Run(context, request, response, this, &AccountHandlers::ShowKeys);
  }

 private:
  Task<v1::Account> Show(const rpc::Call& call, const v1::GetAccountRequest& request);
  Task<v1::Account> Verify(const rpc::Call& call, const v1::VerifyIdentityRequest& request);
  Task<v1::Account> MakeMember(const rpc::Call& call, const v1::ActivateMembershipRequest& request);
  Task<v1::KeySet> ShowKeys(const rpc::Call& call, const v1::GetKeySetRequest& request);

  rpc::Seam& seam_;
  Verifications& verifications_;
  std::string jwks_;
};

}  // namespace houbu::account
