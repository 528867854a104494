/// The files of an import, read from folders and zip files.
#pragma once

#include <string>

#include "libs/async/task.h"
#include "libs/async/worker_pool.h"
#include "services/slot/app/ports_catalogue.h"

namespace houbu::slot {

/// Reads on the worker pool. A file larger than 512 MiB, packed or not, is refused.
class FeedFolder final : public FeedSource {
 public:
  /// `workers` must outlive this.
  explicit FeedFolder(async::WorkerPool& workers) : workers_(workers) {}

  async::Task<FeedFiles> ReadGtfs(std::string path) override;
  async::Task<std::string> ReadText(std::string path) override;

 private:
  async::WorkerPool& workers_;
};

}  // namespace houbu::slot
