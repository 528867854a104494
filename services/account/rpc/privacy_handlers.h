/// How people ask about their own data.
#pragma once

#include "libs/rpc/seam.h"
#include "services/account/app/data_export.h"
#include "services/account/app/erasures.h"
#include "services/account/app/ports_export.h"

#include "houbu/account/v1/privacy.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.PrivacyService.
class PrivacyHandlers final : public v1::PrivacyService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  PrivacyHandlers(rpc::Seam& seam, DataExports& exports, const Archiver& archiver,
                  Erasures& erasures)
      : seam_(seam), exports_(exports), archiver_(archiver), erasures_(erasures) {}

  grpc::ServerUnaryReactor* ExportData(grpc::CallbackServerContext* context,
                                       const v1::ExportDataRequest* request,
                                       v1::DataExport* response) override {
    return seam_.Run(context, request, response, this, &PrivacyHandlers::Export);
  }
  grpc::ServerUnaryReactor* GetErasure(grpc::CallbackServerContext* context,
                                       const v1::GetErasureRequest* request,
                                       v1::Erasure* response) override {
    return seam_.Run(context, request, response, this, &PrivacyHandlers::ShowErasure);
  }
  grpc::ServerUnaryReactor* EraseAccount(grpc::CallbackServerContext* context,
                                         const v1::EraseAccountRequest* request,
                                         v1::Erasure* response) override {
    return seam_.Run(context, request, response, this, &PrivacyHandlers::Erase);
  }
  grpc::ServerUnaryReactor* CancelErasure(grpc::CallbackServerContext* context,
                                          const v1::CancelErasureRequest* request,
                                          v1::Erasure* response) override {
    return seam_.Run(context, request, response, this, &PrivacyHandlers::Cancel);
  }

 private:
  Task<v1::DataExport> Export(const rpc::Call& call, const v1::ExportDataRequest& request);
  Task<v1::Erasure> ShowErasure(const rpc::Call& call, const v1::GetErasureRequest& request);
  Task<v1::Erasure> Erase(const rpc::Call& call, const v1::EraseAccountRequest& request);
  Task<v1::Erasure> Cancel(const rpc::Call& call, const v1::CancelErasureRequest& request);

  rpc::Seam& seam_;
  DataExports& exports_;
  const Archiver& archiver_;
  Erasures& erasures_;
};

}  // namespace houbu::account
