#include "services/slot/domain/inventory.h"

namespace houbu::slot {

bool StandsBefore(const WaitingDemand& a, const WaitingDemand& b) {
  const std::int64_t a_micros = absl::ToUnixMicros(a.effective_time);
  const std::int64_t b_micros = absl::ToUnixMicros(b.effective_time);
  return a_micros != b_micros ? a_micros < b_micros : a.demand < b.demand;
}

}  // namespace houbu::slot
