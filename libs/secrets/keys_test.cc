#include "libs/secrets/keys.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/status/status.h"
#include <catch2/catch.hpp>

#include "libs/secrets/bytes.h"

namespace houbu::secrets {
namespace {

// A file with `content`, gone with this object.
class TemporaryFile final {
 public:
  explicit TemporaryFile(const std::string& content) {
    path_ = std::filesystem::temp_directory_path() / ("houbu-key-" + ToHex(RandomBytes(8)));
    std::ofstream(path_) << content;
  }
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("a key file holds 64 hex digits", "[secrets][keys]") {
  const std::string hex = ToHex(RandomBytes(Key::kBytes));
  const TemporaryFile file(hex + "\n");
  const absl::StatusOr<Key> key = LoadKeyFile(file.path());
  REQUIRE(key.ok());
  const absl::string_view bytes(reinterpret_cast<const char*>(key->bytes()), Key::kBytes);
  CHECK(ToHex(bytes) == hex);
}

TEST_CASE("a key file that is none is refused without telling its content", "[secrets][keys]") {
  CHECK(absl::IsNotFound(LoadKeyFile("/nonexistent/key").status()));
  for (const std::string& content : {std::string(), std::string(62, 'a'), std::string(66, 'a'),
                                     std::string(64, 'g'), std::string(32, 'k')}) {
    const TemporaryFile file(content);
    const absl::Status status = LoadKeyFile(file.path()).status();
    CAPTURE(content);
    CHECK(absl::IsInvalidArgument(status));
    CHECK((content.empty() || status.message().find(content) == absl::string_view::npos));
  }
}

}  // namespace houbu::secrets
