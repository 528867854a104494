/// The life of sessions: kept alive by refresh tokens, listed, ended.
#pragma once

#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/account/app/ports_sign_in.h"

namespace houbu::account {

/// Renews, lists and ends sessions.
class Sessions final {
 public:
  /// Uses what it is given, which must outlive it.
  Sessions(SessionStore& store, const Clock& clock, IdSource& ids, SessionPolicy policy)
      : store_(store), clock_(clock), ids_(ids), policy_(policy) {}

  /// Exchanges a refresh token for the next; gives the answer's bytes. REFRESH_REFUSED, and the
  /// session ends, when the token was used before by another device or longer ago than seconds.
  Task<std::string> Renew(std::string refresh_token, std::string device_key,
                          Mutation<Session> mutation);

  /// Returns live sessions, newest first.
  Task<std::vector<Session>> List(std::string account, std::string before, int limit);

  /// Ends one; gives the answer's bytes. SESSION_NOT_FOUND.
  Task<std::string> End(std::string account, std::string id, Mutation<Session> mutation);

  /// Ends all but `kept`, "" for all; the answer is made of how many.
  Task<std::string> EndAll(std::string account, std::string kept, Mutation<int> mutation);

  /// RECENT_SIGN_IN_REQUIRED unless the session was opened within the last minutes.
  Task<void> RequireRecent(std::string account, std::string id);

 private:
  SessionStore& store_;
  const Clock& clock_;
  IdSource& ids_;
  SessionPolicy policy_;
};

}  // namespace houbu::account
