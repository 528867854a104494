#include "services/slot/storage/change_verdicts.h"

#include <utility>

namespace houbu::slot {

void ChangeVerdicts::Refuse(std::size_t change, Guard guard, absl::Status refusal) {
  all_passed_ = false;
  std::optional<Verdict>& verdict = verdicts_[change];
  if (verdict.has_value()) {
    if (verdict->guard < guard) return;
    // Of one guard a refusal says more than a doubt.
    if (verdict->guard == guard && !verdict->refusal.ok()) return;
  }
  verdict = Verdict{guard, std::move(refusal)};
}

}  // namespace houbu::slot
