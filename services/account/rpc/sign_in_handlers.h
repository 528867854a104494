/// How people sign in.
#pragma once

#include <string>

#include "libs/identity/keys.h"
#include "libs/rpc/seam.h"
#include "services/account/app/code_sign_in.h"
#include "services/account/app/password_sign_in.h"
#include "services/account/app/sessions.h"
#include "services/account/app/standing.h"

#include "houbu/account/v1/sign_in.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.SignInService.
class SignInHandlers final : public v1::SignInService::CallbackService {
 public:
  /// What it needs; all of it must outlive it.
  struct Tools {
    CodeSignIn& by_code;
    PasswordSignIn& by_password;
    Sessions& sessions;
    Standing& standing;
    const identity::Signer& signer;
    const DerivedSecrets& secrets;
  };

  /// Uses the seam, which must outlive it, and its tools.
  SignInHandlers(rpc::Seam& seam, Tools tools) : seam_(seam), tools_(tools) {}

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
  grpc::ServerUnaryReactor* SignInWithPassword(grpc::CallbackServerContext* context,
                                               const v1::SignInWithPasswordRequest* request,
                                               v1::Session* response) override {
    return seam_.Run(context, request, response, this, &SignInHandlers::OpenByPassword);
  }
  grpc::ServerUnaryReactor* RefreshSession(grpc::CallbackServerContext* context,
                                           const v1::RefreshSessionRequest* request,
                                           v1::Session* response) override {
    return seam_.Run(context, request, response, this, &SignInHandlers::Renew);
  }

 private:
  Task<v1::SignInChallenge> Start(const rpc::Call& call, const v1::StartSignInRequest& request);
  Task<v1::Session> Complete(const rpc::Call& call, const v1::CompleteSignInRequest& request);
  Task<v1::Session> OpenByPassword(const rpc::Call& call,
                                   const v1::SignInWithPasswordRequest& request);
  Task<v1::Session> Renew(const rpc::Call& call, const v1::RefreshSessionRequest& request);

  Task<v1::Session> Answer(std::string kept);

  rpc::Seam& seam_;
  Tools tools_;
};

}  // namespace houbu::account
