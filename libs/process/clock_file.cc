#include "libs/process/clock_file.h"

#include <cstdint>
#include <cstdio>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace houbu::process {

absl::StatusOr<absl::Duration> ReadClockFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::ZeroDuration();
  std::string text;
  std::getline(file, text);
  std::int64_t micros = 0;
  if (!absl::SimpleAtoi(absl::StripAsciiWhitespace(text), &micros) || micros < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("development.clock_file: ", path, " holds no offset in microseconds"));
  }
  return absl::Microseconds(micros);
}

absl::Status WriteClockFile(const std::string& path, absl::Duration offset) {
  const std::string fresh = absl::StrCat(path, ".new");
  std::ofstream file(fresh, std::ios::trunc);
  file << absl::ToInt64Microseconds(offset) << "\n";
  file.close();
  if (!file || std::rename(fresh.c_str(), path.c_str()) != 0) {
    return absl::InternalError(absl::StrCat("cannot write ", path));
  }
  return absl::OkStatus();
}

}  // namespace houbu::process
