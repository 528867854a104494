#include "libs/process/read_file.h"

#include <fstream>
#include <iterator>

namespace houbu::process {

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  // A folder opens; only reading it fails.
  file.peek();
  if (file.bad()) return std::nullopt;
  file.clear();
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) return std::nullopt;
  return text;
}

}  // namespace houbu::process
