#include "libs/redis/identity.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "libs/base/text.h"

namespace houbu::redis {

std::string Identity::Text() const { return absl::StrCat(server, "/", history); }

std::vector<std::string> IdentityCommand() { return {"INFO", "SERVER", "REPLICATION"}; }

absl::StatusOr<Identity> ParseIdentity(absl::string_view info, Address address) {
  Identity identity;
  identity.address = std::move(address);
  absl::string_view role;
  for (absl::string_view line : absl::StrSplit(info, '\n')) {
    line = absl::StripSuffix(line, "\r");
    if (absl::ConsumePrefix(&line, "run_id:")) {
      identity.server = std::string(ToStd(line));
    } else if (absl::ConsumePrefix(&line, "master_replid:")) {
      identity.history = std::string(ToStd(line));
    } else if (absl::ConsumePrefix(&line, "role:")) {
      role = line;
    }
  }
  if (identity.server.empty() || identity.history.empty() || role.empty()) {
    return absl::InternalError("INFO does not say who the server is.");
  }
  identity.master = role == "master";
  return identity;
}

}  // namespace houbu::redis
