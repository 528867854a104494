/// What people may ask of a running account service about their own data.
#pragma once

#include "libs/process/process.h"
#include "services/account/app/data_export.h"
#include "services/account/rpc/privacy_handlers.h"
#include "services/account/storage/zip_archiver.h"

namespace houbu::account {

/// Has exports served.
inline void AddPrivacy(process::Parts& parts, process::Environment& env,
                       const DataExports::Tools& tools) {
  auto& exports = parts.Own<DataExports>(tools);
  const auto& archiver = parts.Own<ZipArchiver>();
  parts.Serve<PrivacyHandlers>(env.seam(), exports, archiver);
}

}  // namespace houbu::account
