/// Reasons that people give and the audit log keeps for good.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

#include "libs/rpc/validate.h"

namespace houbu::account {

/// Requires a reason of at most 200 characters, without what looks like a personal number: the log
/// is never changed, so nothing could be taken out of it again. Gives it.
std::string RequireReason(Violations& violations, absl::string_view field, absl::string_view value);

}  // namespace houbu::account
