/// Where data that others made lies: not in the repository, so it may be missing.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace houbu::oracle {

/// The repository's root. What the compiler knows of this file is absolute, or relative to the
/// build folder, where the program lies.
inline std::filesystem::path RepositoryRoot() {
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe");
  const std::filesystem::path here = (program.parent_path() / __FILE__).lexically_normal();
  return here.parent_path().parent_path().parent_path();
}

/// What the environment variable names; else `name` in the folder HOUBU_TEST_DATA names, or in the
/// one beside the repository.
inline std::filesystem::path SharedData(const char* variable, const std::string& name) {
  if (const char* const named = std::getenv(variable)) return named;
  const char* const data = std::getenv("HOUBU_TEST_DATA");
  if (data != nullptr) return std::filesystem::path(data) / name;
  return RepositoryRoot().parent_path() / "shared/data" / name;
}

/// A number from the environment.
inline int Setting(const char* variable, int otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atoi(text);
}

}  // namespace houbu::oracle
