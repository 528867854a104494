#include "services/account/peers/disk_blob_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"

namespace houbu::account {
namespace {

constexpr char kPart[] = ".part";
constexpr std::size_t kPiece = std::size_t{256} << 10;

// What the disk says, without the path: names of files are nobody's business in logs.
absl::Status Failure(absl::string_view what) {
  const int error = errno;
  if (error == ENOENT) {
    return absl::NotFoundError("no such blob");
  }
  return absl::UnavailableError(absl::StrCat("blob store: ", what, ": ", std::strerror(error)));
}

// An open file that closes itself.
class File final {
 public:
  explicit File(int number) : number_(number) {}
  ~File() {
    if (number_ >= 0) close(number_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  const int number_;
};

std::string ShardOf(const std::string& folder, absl::string_view name) {
  return absl::StrCat(folder, "/", name.substr(name.size() - 2));
}

std::string PathOf(const std::string& folder, absl::string_view name) {
  return absl::StrCat(ShardOf(folder, name), "/", name);
}

absl::Status WriteAll(const File& file, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failure("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(file.number()) == 0 ? absl::OkStatus() : Failure("fsync");
}

// Makes what a folder lists survive a crash.
absl::Status SyncFolder(const std::string& path) {
  const File folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open() || fsync(folder.number()) != 0) return Failure("fsync of a folder");
  return absl::OkStatus();
}

absl::Status MakeShard(const std::string& folder, const std::string& shard) {
  if (mkdir(shard.c_str(), S_IRWXU) == 0) return SyncFolder(folder);
  return errno == EEXIST ? absl::OkStatus() : Failure("mkdir");
}

// A folder that is gone is trouble of the disk's, not a file that is not there.
absl::Status AsOutage(const absl::Status& failure) {
  return absl::IsNotFound(failure) ? absl::UnavailableError("blob store: its folder is gone")
                                   : failure;
}

absl::Status PutNow(const std::string& folder, const std::string& name, const std::string& bytes) {
  static std::atomic<unsigned> parts{0};
  const std::string shard = ShardOf(folder, name);
  RETURN_IF_ERROR(AsOutage(MakeShard(folder, shard)));
  const std::string path = PathOf(folder, name);
  const std::string part = absl::StrCat(path, ".", getpid(), "-", ++parts, kPart);
  absl::Status put;
  {
    const File file(open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    put = file.is_open() ? WriteAll(file, bytes) : Failure("create");
  }
  if (put.ok() && std::rename(part.c_str(), path.c_str()) != 0) put = Failure("rename");
  if (!put.ok()) {
    unlink(part.c_str());
    return AsOutage(put);
  }
  return SyncFolder(shard);
}

absl::StatusOr<std::string> GetNow(const std::string& folder, const std::string& name) {
  const File file(open(PathOf(folder, name).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return Failure("open");
  std::string bytes;
  while (true) {
    const std::size_t size = bytes.size();
    bytes.resize(size + kPiece);
    const ssize_t got = read(file.number(), bytes.data() + size, kPiece);
    bytes.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno != EINTR) return Failure("read");
    if (got == 0) return bytes;
  }
}

absl::StatusOr<bool> HasNow(const std::string& folder, const std::string& name) {
  if (access(PathOf(folder, name).c_str(), F_OK) == 0) return true;
  if (errno == ENOENT) return false;
  return Failure("access");
}

absl::Status RemoveNow(const std::string& folder, const std::string& name) {
  if (unlink(PathOf(folder, name).c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return Failure("unlink");
}

absl::Status PrepareNow(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::UnavailableError(absl::StrCat("blob store: ", folder, ": ", error.message()));
  }
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  std::filesystem::recursive_directory_iterator files(folder, error);
  for (const std::filesystem::recursive_directory_iterator end; !error && files != end;
       files.increment(error)) {
    std::error_code ignored;
    if (files->path().extension() == kPart) std::filesystem::remove(files->path(), ignored);
  }
  if (error) return absl::UnavailableError(absl::StrCat("blob store: ", error.message()));
  return absl::OkStatus();
}

absl::Status CheckName(const std::string& name) {
  if (IsBlobName(name)) return absl::OkStatus();
  return absl::InternalError("blob store: this names no blob");
}

}  // namespace

bool IsBlobName(absl::string_view name) {
  const auto fits = [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-';
  };
  return name.size() >= 3 && name.size() <= 63 && std::all_of(name.begin(), name.end(), fits);
}

Task<void> DiskBlobStore::Prepare() {
  std::function<absl::Status()> work = [folder = folder_] { return PrepareNow(folder); };
  return async::OnPool<void>(workers_, std::move(work));
}

Task<void> DiskBlobStore::Put(std::string name, std::shared_ptr<const std::string> bytes) {
  std::function<absl::Status()> work = [folder = folder_, name = std::move(name),
                                        bytes = std::move(bytes)]() -> absl::Status {
    RETURN_IF_ERROR(CheckName(name));
    return PutNow(folder, name, *bytes);
  };
  return async::OnPool<void>(workers_, std::move(work));
}

Task<std::string> DiskBlobStore::Get(std::string name) {
  std::function<absl::StatusOr<std::string>()> work =
      [folder = folder_, name = std::move(name)]() -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(CheckName(name));
    return GetNow(folder, name);
  };
  return async::OnPool<std::string>(workers_, std::move(work));
}

Task<bool> DiskBlobStore::Has(std::string name) {
  std::function<absl::StatusOr<bool>()> work = [folder = folder_,
                                                name = std::move(name)]() -> absl::StatusOr<bool> {
    RETURN_IF_ERROR(CheckName(name));
    return HasNow(folder, name);
  };
  return async::OnPool<bool>(workers_, std::move(work));
}

Task<void> DiskBlobStore::Remove(std::string name) {
  std::function<absl::Status()> work = [folder = folder_,
                                        name = std::move(name)]() -> absl::Status {
    RETURN_IF_ERROR(CheckName(name));
    return RemoveNow(folder, name);
  };
  return async::OnPool<void>(workers_, std::move(work));
}

}  // namespace houbu::account
