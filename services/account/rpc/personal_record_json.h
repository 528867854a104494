/// Personal data as the files of an export.
#pragma once

#include <vector>

#include "services/account/app/data_export.h"
#include "services/account/app/ports_export.h"

namespace houbu::account {

/// Writes the data as JSON files, pretty-printed, times in RFC 3339 UTC.
std::vector<ExportedFile> FilesOf(const PersonalRecord& data);

}  // namespace houbu::account
