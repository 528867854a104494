#include "services/account/storage/common_passwords.h"

#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace houbu::account {
namespace {

constexpr std::size_t kLeast = 1000;

}  // namespace

absl::StatusOr<CommonPasswords> CommonPasswords::Load(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    return absl::NotFoundError(absl::StrCat("cannot read ", path));
  }
  CommonPasswords common;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && !absl::StartsWith(line, "#!comment:")) {
      common.passwords_.insert(absl::AsciiStrToLower(line));
    }
  }
  if (common.passwords_.size() < kLeast) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " holds fewer than ", kLeast, " passwords"));
  }
  return common;
}

bool CommonPasswords::Contains(absl::string_view password) const {
  return passwords_.contains(password);
}

}  // namespace houbu::account
