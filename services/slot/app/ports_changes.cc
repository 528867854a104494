#include "services/slot/app/ports_changes.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace houbu::slot {

ChangeId ChangeId::Parse(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('-', 1));
  ChangeId id;
  if (!absl::SimpleAtoi(parts.first, &id.time)) return ChangeId();
  if (!absl::SimpleAtoi(parts.second, &id.sequence)) return ChangeId();
  return id;
}

}  // namespace houbu::slot
