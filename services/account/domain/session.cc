#include "services/account/domain/session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace houbu::account {
namespace {

/// Tokens say times in whole seconds.
absl::Time WholeSecond(absl::Time time) { return absl::FromUnixSeconds(absl::ToUnixSeconds(time)); }

}  // namespace

std::string NameOf(const Session& session) {
  return absl::StrCat("accounts/", session.account, "/sessions/", session.id);
}

void OpenAt(Session& session, std::string token_id, absl::Time now, const SessionPolicy& policy) {
  session.created_at = now;
  session.ends_at = now + policy.life_max;
  session = Renewed(std::move(session), std::move(token_id), now, policy);
}

Session Renewed(Session session, std::string token_id, absl::Time now,
                const SessionPolicy& policy) {
  session.last_used_at = now;
  session.token_id = std::move(token_id);
  session.token_issued_at = WholeSecond(now);
  session.token_expires_at =
      std::min(session.token_issued_at + policy.token_life, WholeSecond(session.ends_at));
  session.refresh_expires_at = std::min(now + policy.idle_max, session.ends_at);
  return session;
}

RefreshVerdict Judge(const RefreshToken& token, const Session& session,
                     absl::string_view device_key, absl::Time now, const SessionPolicy& policy) {
  if (!token.successor.empty()) {
    const bool same_device = !device_key.empty() && device_key == session.device_key;
    const bool at_once = now - token.used_at < policy.repeat_window;
    const bool latest = token.successor == session.token_id;
    return same_device && at_once && latest ? RefreshVerdict::kRepeat : RefreshVerdict::kReuse;
  }
  return now < token.expires_at && now < session.ends_at ? RefreshVerdict::kRenew
                                                         : RefreshVerdict::kRefuse;
}

bool IsRecent(const Session& session, absl::Time now, const SessionPolicy& policy) {
  return now - session.created_at < policy.recent_sign_in;
}

}  // namespace houbu::account
