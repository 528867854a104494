/// How the audit log is read.
#pragma once

#include "libs/rpc/seam.h"
#include "services/account/app/audit_trail.h"

#include "houbu/account/v1/audit.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.AuditService.
class AuditHandlers final : public v1::AuditService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  AuditHandlers(rpc::Seam& seam, AuditTrail& trail) : seam_(seam), trail_(trail) {}

  grpc::ServerUnaryReactor* ListAuditEntries(grpc::CallbackServerContext* context,
                                             const v1::ListAuditEntriesRequest* request,
                                             v1::ListAuditEntriesResponse* response) override {
    return seam_.Run(context, request, response, this, &AuditHandlers::ShowEntries);
  }
  grpc::ServerUnaryReactor* ListAuditHeads(grpc::CallbackServerContext* context,
                                           const v1::ListAuditHeadsRequest* request,
                                           v1::ListAuditHeadsResponse* response) override {
    return seam_.Run(context, request, response, this, &AuditHandlers::ShowHeads);
  }

 private:
  Task<v1::ListAuditEntriesResponse> ShowEntries(const rpc::Call& call,
                                                 const v1::ListAuditEntriesRequest& request);
  Task<v1::ListAuditHeadsResponse> ShowHeads(const rpc::Call& call,
                                             const v1::ListAuditHeadsRequest& request);

  rpc::Seam& seam_;
  AuditTrail& trail_;
};

}  // namespace houbu::account
