/// Windows of a border station and what is left of them; where a day has nothing left, others that
/// have.
#pragma once

#include <string>
#include <vector>

#include "libs/async/task.h"
#include "services/slot/app/fresh_index.h"
#include "services/slot/app/ports.h"
#include "services/slot/domain/rules.h"

namespace houbu::slot {

/// Finds windows.
class WindowSearch final : public WindowFinder {
 public:
  /// What the search works with; everything must outlive it.
  struct Tools {
    WindowStore& windows;
    RunStore& runs;
    FreshIndex& fresh_index;
    BookingPolicy policy;
  };
  explicit WindowSearch(Tools tools) : tools_(tools) {}

  async::Task<WindowDay> Find(std::string station, ClassCode class_code, absl::CivilDay day,
                              absl::Time now) override;

 private:
  async::Task<WindowOffer> Describe(RunId id, ClassCode class_code, absl::Time now);

  Tools tools_;
};

}  // namespace houbu::slot
