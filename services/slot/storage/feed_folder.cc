#include "services/slot/storage/feed_folder.h"

#include <zip.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr std::uint64_t kFileBytesMax = 512ULL << 20;

absl::Status Unreadable(absl::string_view path, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", why));
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return Unreadable(path, "cannot read the file");
  if (size > kFileBytesMax) return Unreadable(path, "the file is larger than 512 MiB");
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(text.size()))) {
    return Unreadable(path, "cannot read the file");
  }
  return text;
}

absl::StatusOr<FeedFiles> ReadFolder(const std::string& path) {
  FeedFiles files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    const std::string name = entry.path().filename().string();
    if (!IsFeedFile(name)) continue;
    ASSIGN_OR_RETURN(files[name], ReadFile(entry.path().string()));
  }
  if (error) return Unreadable(path, "cannot read the folder");
  return files;
}

struct ZipDiscarder {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, ZipDiscarder>;
using ArchiveFile = std::unique_ptr<zip_file_t, ZipDiscarder>;

absl::StatusOr<std::string> ReadEntry(zip_t* archive, const zip_stat_t& entry,
                                      const std::string& path) {
  if (entry.size > kFileBytesMax) {
    return Unreadable(path, absl::StrCat(entry.name, " is larger than 512 MiB"));
  }
  const ArchiveFile file(zip_fopen_index(archive, entry.index, 0));
  std::string text(static_cast<std::size_t>(entry.size), '\0');
  // What is read is what the directory promised, whatever the packed bytes would give.
  if (!file ||
      zip_fread(file.get(), text.data(), entry.size) != static_cast<zip_int64_t>(entry.size)) {
    return Unreadable(path, absl::StrCat("cannot unpack ", entry.name));
  }
  return text;
}

// Files may stand in one folder of the archive, as when a whole folder was packed.
absl::StatusOr<FeedFiles> ReadZip(const std::string& path) {
  int error = 0;
  const Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &error));
  if (!archive) return Unreadable(path, "is neither a folder nor a zip file that can be read");
  FeedFiles files;
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t entry;
    if (zip_stat_index(archive.get(), static_cast<zip_uint64_t>(i), 0, &entry) != 0) {
      return Unreadable(path, "cannot read its directory");
    }
    const std::string name = std::filesystem::path(entry.name).filename().string();
    if (!IsFeedFile(name)) continue;
    if (files.contains(name)) return Unreadable(path, absl::StrCat("holds two files ", name));
    ASSIGN_OR_RETURN(files[name], ReadEntry(archive.get(), entry, path));
  }
  return files;
}

absl::StatusOr<FeedFiles> ReadFeed(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return Unreadable(path, "there is no such file");
  ASSIGN_OR_RETURN(FeedFiles files,
                   std::filesystem::is_directory(path, error) ? ReadFolder(path) : ReadZip(path));
  if (files.empty()) return Unreadable(path, "holds no GTFS files (stops.txt, trips.txt, ...)");
  return files;
}

}  // namespace

Task<FeedFiles> FeedFolder::ReadGtfs(std::string path) {
  std::function<absl::StatusOr<FeedFiles>()> work = [path = std::move(path)] {
    return ReadFeed(path);
  };
  co_return co_await async::OnPool<FeedFiles>(workers_, std::move(work));
}

Task<std::string> FeedFolder::ReadText(std::string path) {
  std::function<absl::StatusOr<std::string>()> work = [path = std::move(path)] {
    return ReadFile(path);
  };
  co_return co_await async::OnPool<std::string>(workers_, std::move(work));
}

}  // namespace houbu::slot
