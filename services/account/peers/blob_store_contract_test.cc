// What every blob store keeps to, run on each of them.
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/testing/run_task.h"
#include "services/account/peers/blob_store_subject.h"
#include "services/account/peers/disk_blob_store.h"

namespace houbu::account {
namespace {

std::shared_ptr<const std::string> Bytes(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

/// A folder that goes when the case ends.
class TestFolder final {
 public:
  TestFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "houbu-blobs-XXXXXX").string();
    REQUIRE(mkdtemp(path.data()) != nullptr);
    path_ = path;
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Files on disk.
struct DiskSubject {
  TestFolder folder;
  boost::asio::io_context loop{1};
  async::WorkerPool workers{async::WorkerPoolOptions{}};
  DiskBlobStore store{folder.path() + "/blobs", workers};
};

}  // namespace

TEST_CASE("files on disk are kept as every blob store keeps them",
          "[account][attachments][blobs]") {
  DiskSubject disk;
  REQUIRE(testing::RunTask(disk.loop, disk.store.Prepare()).ok());
  CheckBlobStore(disk.store, disk.loop);
}

TEST_CASE("files on disk are their user's only, and half-written ones never seen",
          "[account][attachments][blobs]") {
  DiskSubject disk;
  REQUIRE(testing::RunTask(disk.loop, disk.store.Prepare()).ok());
  REQUIRE(testing::RunTask(disk.loop, disk.store.Put("fl-1", Bytes("sealed"))).ok());
  const std::string shard = disk.folder.path() + "/blobs/-1";
  struct stat status {};
  REQUIRE(stat((shard + "/fl-1").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  REQUIRE(stat(shard.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0700);
  std::ofstream(shard + "/fl-2.99-1.part") << "half";
  REQUIRE(testing::RunTask(disk.loop, disk.store.Prepare()).ok());
  CHECK_FALSE(std::filesystem::exists(shard + "/fl-2.99-1.part"));
  CHECK(*testing::RunTask(disk.loop, disk.store.Get("fl-1")) == "sealed");
}

TEST_CASE("a disk that is away is an outage, not a missing file", "[account][attachments][blobs]") {
  DiskSubject disk;
  // Nobody prepared the folder.
  CHECK(testing::RunTask(disk.loop, disk.store.Put("fl-1", Bytes("x"))).code() ==
        absl::StatusCode::kUnavailable);
}

}  // namespace houbu::account
