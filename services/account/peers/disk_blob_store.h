/// Sealed files on a disk of the machine, or a volume mounted there.
#pragma once

#include <string>
#include <utility>

#include "libs/async/worker_pool.h"
#include "services/account/app/ports_attachments.h"

namespace houbu::account {

/// Keeps each file as <folder>/<last two characters of its name>/<name>, readable by its user only.
/// A file appears whole, by a rename of one that is safely on the disk.
class DiskBlobStore final : public BlobStore {
 public:
  /// Keeps files under `folder`, which is made when it is not there, and works on `workers`, which
  /// must outlive it.
  DiskBlobStore(std::string folder, async::WorkerPool& workers)
      : folder_(std::move(folder)), workers_(workers) {}

  /// Makes the folder, and removes what earlier processes left half-written. Once, before serving.
  Task<void> Prepare();

  Task<void> Put(std::string name, std::shared_ptr<const std::string> bytes) override;
  Task<std::string> Get(std::string name) override;
  Task<bool> Has(std::string name) override;
  Task<void> Remove(std::string name) override;

 private:
  std::string folder_;
  async::WorkerPool& workers_;
};

/// Tells whether a name is fit to name a file: 3 to 63 of a-z, 0-9 and -. Ours all are.
bool IsBlobName(absl::string_view name);

}  // namespace houbu::account
