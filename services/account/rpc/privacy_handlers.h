/// How people ask about their own data.
#pragma once

#include "libs/rpc/seam.h"
#include "services/account/app/data_export.h"
#include "services/account/app/ports_export.h"

#include "houbu/account/v1/privacy.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.PrivacyService.
class PrivacyHandlers final : public v1::PrivacyService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  PrivacyHandlers(rpc::Seam& seam, DataExports& exports, const Archiver& archiver)
      : seam_(seam), exports_(exports), archiver_(archiver) {}

  grpc::ServerUnaryReactor* ExportData(grpc::CallbackServerContext* context,
                                       const v1::ExportDataRequest* request,
                                       v1::DataExport* response) override {
    return seam_.Run(context, request, response, this, &PrivacyHandlers::Export);
  }

 private:
  Task<v1::DataExport> Export(const rpc::Call& call, const v1::ExportDataRequest& request);

  rpc::Seam& seam_;
  DataExports& exports_;
  const Archiver& archiver_;
};

}  // namespace houbu::account
