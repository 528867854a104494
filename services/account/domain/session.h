/// Sessions: what signing in opens, kept alive by refresh tokens that each serve once (R-01,
/// RFC 9700).
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/refusal.h"

namespace houbu::account {

/// The refresh token is unknown, over, used before, or its session ended: one answer for all.
inline constexpr Refusal kRefreshRefused{absl::StatusCode::kUnauthenticated, "REFRESH_REFUSED",
                                         "The session has ended: sign in again."};
/// Another's, ended, or none.
inline constexpr Refusal kSessionNotFound{absl::StatusCode::kNotFound, "SESSION_NOT_FOUND",
                                          "There is no such session."};

/// How sessions live.
struct SessionPolicy {
  absl::Duration token_life = absl::Minutes(15);      ///< Of an access token.
  absl::Duration idle_max = absl::Hours(24 * 30);     ///< Of a refresh token.
  absl::Duration life_max = absl::Hours(24 * 180);    ///< Of a session.
  absl::Duration repeat_window = absl::Seconds(10);   ///< For a device whose answer got lost.
  absl::Duration recent_sign_in = absl::Minutes(10);  ///< In which credentials can be changed.
};

/// A signed-in session and its present tokens.
struct Session {
  std::string id;                   ///< "ss-...".
  std::string account;              ///< "ac-...".
  std::string device_key;           ///< A digest of the device's own secret; empty for none.
  std::string device_display_name;  ///< Personal.
  absl::Time created_at;            ///< When its holder proved who they are.
  absl::Time last_used_at;
  absl::Time ends_at;    ///< Whatever happens.
  std::string token_id;  ///< Of the refresh token given last: "rt-...".
  absl::Time token_issued_at;
  absl::Time token_expires_at;  ///< Of the access token issued with it.
  absl::Time refresh_expires_at;
};

/// "accounts/ac-.../sessions/ss-...".
std::string NameOf(const Session& session);

/// A session just opened at `now`.
void OpenAt(Session& session, std::string token_id, absl::Time now, const SessionPolicy& policy);

/// The session with its next tokens.
Session Renewed(Session session, std::string token_id, absl::Time now, const SessionPolicy& policy);

/// What is known of a refresh token that was shown.
struct RefreshToken {
  std::string id;  ///< "rt-...".
  std::string session;
  absl::Time expires_at;
  absl::Time used_at = absl::InfiniteFuture();  ///< When the next one was given for it.
  std::string successor;                        ///< That one; empty while unused.
};

/// What to do about it.
enum class RefreshVerdict {
  kRenew,   ///< The first use.
  kRepeat,  ///< The same device again, within seconds: the same next tokens.
  kReuse,   ///< Somebody has a copy: the session ends.
  kRefuse,  ///< Over.
};

/// Judges a refresh token of a live session, shown by a device with the digest `device_key`.
RefreshVerdict Judge(const RefreshToken& token, const Session& session,
                     absl::string_view device_key, absl::Time now, const SessionPolicy& policy);

/// Whether the holder proved who they are within the policy's recent past.
bool IsRecent(const Session& session, absl::Time now, const SessionPolicy& policy);

}  // namespace houbu::account
