/// Zips by libzip.
#pragma once

#include "services/account/app/ports_export.h"

namespace houbu::account {

/// Packs files in memory.
class ZipArchiver final : public Archiver {
 public:
  absl::StatusOr<std::string> Pack(const std::vector<ExportedFile>& files) const override;
};

}  // namespace houbu::account
