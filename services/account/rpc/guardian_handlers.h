/// How guardianships are asked for.
#pragma once

#include "libs/rpc/seam.h"
#include "services/account/app/guardians.h"

#include "houbu/account/v1/guardian.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.GuardianService.
class GuardianHandlers final : public v1::GuardianService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  GuardianHandlers(rpc::Seam& seam, Guardians& guardians) : seam_(seam), guardians_(guardians) {}

  grpc::ServerUnaryReactor* ProposeGuardianship(grpc::CallbackServerContext* context,
                                                const v1::ProposeGuardianshipRequest* request,
                                                v1::Guardianship* response) override {
    return seam_.Run(context, request, response, this, &GuardianHandlers::Propose);
  }
  grpc::ServerUnaryReactor* ListGuardianships(grpc::CallbackServerContext* context,
                                              const v1::ListGuardianshipsRequest* request,
                                              v1::ListGuardianshipsResponse* response) override {
    return seam_.Run(context, request, response, this, &GuardianHandlers::ShowList);
  }
  grpc::ServerUnaryReactor* DecideGuardianship(grpc::CallbackServerContext* context,
                                               const v1::DecideGuardianshipRequest* request,
                                               v1::Guardianship* response) override {
    return seam_.Run(context, request, response, this, &GuardianHandlers::Decide);
  }
  grpc::ServerUnaryReactor* EndGuardianship(grpc::CallbackServerContext* context,
                                            const v1::EndGuardianshipRequest* request,
                                            v1::Guardianship* response) override {
    return seam_.Run(context, request, response, this, &GuardianHandlers::End);
  }

 private:
  Task<v1::Guardianship> Propose(const rpc::Call& call,
                                 const v1::ProposeGuardianshipRequest& request);
  Task<v1::ListGuardianshipsResponse> ShowList(const rpc::Call& call,
                                               const v1::ListGuardianshipsRequest& request);
  Task<v1::Guardianship> Decide(const rpc::Call& call,
                                const v1::DecideGuardianshipRequest& request);
  Task<v1::Guardianship> End(const rpc::Call& call, const v1::EndGuardianshipRequest& request);

  rpc::Seam& seam_;
  Guardians& guardians_;
};

}  // namespace houbu::account
