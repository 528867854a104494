#include "services/account/peers/confined_inspector.h"

#include "services/account/domain/attachment_verdict.h"
#include "services/account/peers/cell.h"

namespace houbu::account {
namespace {

async::WorkerPoolOptions PoolOf(const InspectorOptions& options) {
  async::WorkerPoolOptions pool;
  pool.threads = options.at_once;
  pool.waiting_max = options.waiting_max;
  return pool;
}

// Blocks; runs on the pool.
absl::StatusOr<CleanFile> InspectNow(const InspectorOptions& options, const std::string& bytes,
                                     const InspectionCounter& count) {
  const CellBounds bounds{options.time_max, kVerdictLineMax + kCleanBytesMax};
  CellEnd end = RunCell(options.program, bytes, bounds);
  switch (end.kind) {
    case CellEnd::Kind::kAnswered: {
      absl::StatusOr<CleanFile> verdict = ParseVerdict(std::move(end.said));
      count(verdict.ok() ? "CLEAN" : "REFUSED");
      return verdict;
    }
    case CellEnd::Kind::kCrashed:
      count("CRASHED");
      return Refuse(kAttachmentUnreadable);
    case CellEnd::Kind::kTimedOut:
      count("TIMED_OUT");
      return Refuse(kAttachmentUnreadable);
    case CellEnd::Kind::kNotStarted:
      break;
  }
  count("FAILED");
  return absl::UnavailableError("houbu-inspect cannot be started, or cannot confine itself");
}

}  // namespace

ConfinedInspector::ConfinedInspector(InspectorOptions options, InspectionCounter count)
    : options_(std::move(options)), count_(std::move(count)), cells_(PoolOf(options_)) {}

Task<CleanFile> ConfinedInspector::Inspect(std::shared_ptr<const std::string> bytes) {
  std::function<absl::StatusOr<CleanFile>()> work = [this, bytes = std::move(bytes)] {
    return InspectNow(options_, *bytes, count_);
  };
  return async::OnPool<CleanFile>(cells_, std::move(work));
}

}  // namespace houbu::account
