/// How people sign in.
#pragma once

#include "libs/identity/keys.h"
#include "libs/rpc/seam.h"
#include "services/account/app/sign_in.h"

#include "houbu/account/v1/sign_in.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.SignInService.
class SignInHandlers final : public v1::SignInService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it. `policy.token_life` is the life of the tokens.
  SignInHandlers(rpc::Seam& seam, SignIn& sign_in, const identity::Signer& signer,
                 SignInPolicy policy)
      : seam_(seam), sign_in_(sign_in), signer_(signer), policy_(policy) {}

  grpc::ServerUnaryReactor* StartSignIn(grpc::CallbackServerContext* context,
                                        const v1::StartSignInRequest* request,
                                        v1::SignInChallenge* response) override {
    return seam_.Run(context, request, response, this, &SignInHandlers::Start);
  }
  grpc::ServerUnaryReactor* CompleteSignIn(grpc::CallbackServerContext* context,
                                           const v1::CompleteSignInRequest* request,
                                           v1::Session* response) override {
    return seam_.Run(context, request, response, this, &SignInHandlers::Complete);
  }

 private:
  Task<v1::SignInChallenge> Start(const rpc::Call& call, const v1::StartSignInRequest& request);
  Task<v1::Session> Complete(const rpc::Call& call, const v1::CompleteSignInRequest& request);

  rpc::Seam& seam_;
  SignIn& sign_in_;
  const identity::Signer& signer_;
  SignInPolicy policy_;
};

}  // namespace houbu::account
