/// What account signed and took back: tokens of sessions that ended, everything of accounts that
/// were frozen, statements that are no longer true. Each process keeps what can still matter, which
/// is little: tokens live for a quarter of an hour and statements for minutes.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/refusal.h"
#include "libs/identity/access_token.h"
#include "libs/identity/keys.h"

namespace houbu::identity {

/// Refuses a token whose session ended or whose account was frozen.
inline constexpr Refusal kTokenRevoked{absl::StatusCode::kUnauthenticated, "TOKEN_REVOKED",
                                       "You were signed out; sign in again."};

/// One thing that was taken back, or is no longer as tokens say.
struct Revocation {
  std::string account;  ///< "accounts/ac-..."
  std::string session;  ///< "accounts/ac-.../sessions/ss-..."; empty for the whole account.
  absl::Time tokens_before = absl::InfinitePast();      ///< Of the account.
  absl::Time statements_before = absl::InfinitePast();  ///< Of the account.
  /// What the account may not do from now on, whatever tokens issued before say; nothing where that
  /// did not change.
  std::optional<std::vector<TokenRestriction>> restrictions = {};
};

/// Knows what was taken back. May be used from any thread.
class Revocations final {
 public:
  /// Notes a revocation, heard of at `now`; it may come again.
  void Note(const Revocation& revocation, absl::Time now);

  /// Whether the token's session ended, or its account was frozen since it was issued.
  bool Covers(const AccessClaims& claims) const;

  /// Whether statements of the account issued at `issued` were taken back.
  bool CoversStatement(absl::string_view account, absl::Time issued) const;

  /// What the token's account may not do at `now`: as the token says, or as was heard since.
  std::vector<TokenRestriction> RestrictionsOf(const AccessClaims& claims, absl::Time now) const;

  /// How many entries are kept.
  std::size_t size() const;

 private:
  struct Entry {
    absl::Time tokens_before = absl::InfinitePast();
    absl::Time statements_before = absl::InfinitePast();
    absl::Time heard_at;
    std::vector<TokenRestriction> restrictions;
    absl::Time restrictions_heard_at = absl::InfinitePast();
  };
  using Entries = absl::flat_hash_map<std::string, Entry>;

  void ForgetOld(absl::Time now);  // with mutex_ held

  mutable std::mutex mutex_;
  Entries accounts_;
  Entries sessions_;
  absl::Time swept_at_ = absl::InfinitePast();
};

/// What it takes to believe what account signed: its keys, and what it took back.
struct Trust {
  const KeySet& keys;              ///< Outlives this.
  const Revocations& revocations;  ///< Outlives this.
};

}  // namespace houbu::identity
