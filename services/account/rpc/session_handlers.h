/// How an account's holder sees and ends sessions.
#pragma once

#include "libs/rpc/seam.h"
#include "services/account/app/sessions.h"

#include "houbu/account/v1/session.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.SessionService.
class SessionHandlers final : public v1::SessionService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  SessionHandlers(rpc::Seam& seam, Sessions& sessions) : seam_(seam), sessions_(sessions) {}

  grpc::ServerUnaryReactor* ListSessions(grpc::CallbackServerContext* context,
                                         const v1::ListSessionsRequest* request,
                                         v1::ListSessionsResponse* response) override {
    return seam_.Run(context, request, response, this, &SessionHandlers::ShowList);
  }
  grpc::ServerUnaryReactor* RevokeSession(grpc::CallbackServerContext* context,
                                          const v1::RevokeSessionRequest* request,
                                          v1::Session* response) override {
    return seam_.Run(context, request, response, this, &SessionHandlers::End);
  }
  grpc::ServerUnaryReactor* RevokeAllSessions(grpc::CallbackServerContext* context,
                                              const v1::RevokeAllSessionsRequest* request,
                                              v1::RevokeAllSessionsResponse* response) override {
    return seam_.Run(context, request, response, this, &SessionHandlers::EndAll);
  }

 private:
  Task<v1::ListSessionsResponse> ShowList(const rpc::Call& call,
                                          const v1::ListSessionsRequest& request);
  Task<v1::Session> End(const rpc::Call& call, const v1::RevokeSessionRequest& request);
  Task<v1::RevokeAllSessionsResponse> EndAll(const rpc::Call& call,
                                             const v1::RevokeAllSessionsRequest& request);

  rpc::Seam& seam_;
  Sessions& sessions_;
};

}  // namespace houbu::account
