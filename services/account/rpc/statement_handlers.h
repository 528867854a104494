/// How account vouches for passengers.
#pragma once

#include "libs/identity/keys.h"
#include "libs/rpc/seam.h"
#include "services/account/app/statements.h"

#include "houbu/account/v1/statement.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.StatementService.
class StatementHandlers final : public v1::StatementService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  StatementHandlers(rpc::Seam& seam, Statements& statements, const identity::Signer& signer)
      : seam_(seam), statements_(statements), signer_(signer) {}

  grpc::ServerUnaryReactor* IssueTravelStatement(grpc::CallbackServerContext* context,
                                                 const v1::IssueTravelStatementRequest* request,
                                                 type::v1::SignedStatement* response) override {
    return seam_.Run(context, request, response, this, &StatementHandlers::Vouch);
  }

 private:
  Task<type::v1::SignedStatement> Vouch(const rpc::Call& call,
                                        const v1::IssueTravelStatementRequest& request);

  rpc::Seam& seam_;
  Statements& statements_;
  const identity::Signer& signer_;
};

}  // namespace houbu::account
