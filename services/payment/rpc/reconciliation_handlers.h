/// ReconciliationService on the wire.
#pragma once

#include "libs/async/task.h"
#include "libs/rpc/call.h"
#include "libs/rpc/seam.h"
#include "services/payment/app/reconciling.h"

#include "houbu/payment/v1/reconciliation.grpc.pb.h"

namespace houbu::payment {

/// Serves ReconciliationService.
class ReconciliationHandlers final : public v1::ReconciliationService::CallbackService {
 public:
  /// Answers through `seam`; all outlive the handlers.
  ReconciliationHandlers(rpc::Seam& seam, Reconciling& reconciling, CaseStore& cases)
      : seam_(seam), reconciling_(reconciling), cases_(cases) {}

  grpc::ServerUnaryReactor* RunReconciliation(grpc::CallbackServerContext* context,
                                              const v1::RunReconciliationRequest* request,
                                              v1::Reconciliation* response) override;
  grpc::ServerUnaryReactor* GetReconciliation(grpc::CallbackServerContext* context,
                                              const v1::GetReconciliationRequest* request,
                                              v1::Reconciliation* response) override;
  grpc::ServerUnaryReactor* ListReconciliations(grpc::CallbackServerContext* context,
                                                const v1::ListReconciliationsRequest* request,
                                                v1::ListReconciliationsResponse* response) override;
  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context,
                                    const v1::GetCaseRequest* request, v1::Case* response) override;
  grpc::ServerUnaryReactor* ListCases(grpc::CallbackServerContext* context,
                                      const v1::ListCasesRequest* request,
                                      v1::ListCasesResponse* response) override;

 private:
  Task<v1::Reconciliation> RunOne(const rpc::Call& call,
                                  const v1::RunReconciliationRequest& request);
  Task<v1::Reconciliation> Get(const rpc::Call& call, const v1::GetReconciliationRequest& request);
  Task<v1::ListReconciliationsResponse> List(const rpc::Call& call,
                                             const v1::ListReconciliationsRequest& request);
  Task<v1::Case> ShowCase(const rpc::Call& call, const v1::GetCaseRequest& request);
  Task<v1::ListCasesResponse> ShowCases(const rpc::Call& call, const v1::ListCasesRequest& request);

  rpc::Seam& seam_;
  Reconciling& reconciling_;
  CaseStore& cases_;
};

}  // namespace houbu::payment
