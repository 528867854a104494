/// What exports of personal data need of the outside.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace houbu::account {

/// A file of an export.
struct ExportedFile {
  std::string name;     ///< "passengers.json".
  std::string content;  ///< Personal.
};

/// Packs files into one.
class Archiver {
 public:
  virtual ~Archiver() = default;

  /// Returns a zip of the files.
  virtual absl::StatusOr<std::string> Pack(const std::vector<ExportedFile>& files) const = 0;
};

}  // namespace houbu::account
