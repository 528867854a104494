/// What the referee's constraints mean: each has a name, each name a refusal.
#pragma once

#include "absl/status/status.h"

namespace houbu::slot {

/// Turns a constraint's no into the refusal it stands for; leaves every other failure as it is.
absl::Status RefusalOfConstraint(const absl::Status& failure);

}  // namespace houbu::slot
