/// What verifying holders needs of the outside: the record of checks, the identity provider and its
/// callbacks.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "services/account/app/ports.h"
#include "services/account/domain/identity_check.h"

namespace houbu::account {

/// How a check ends, and what that changes.
struct CheckEnding {
  IdentityCheck check;
  Verdict verdict;
  /// As it is afterwards, with the next version; nothing where the check ends without effect.
  std::optional<Account> account;
  /// Where the verdict is about the card, `account->holder` has it as it is now, and this is the
  /// passenger's version with which it was read.
  std::int64_t holder_version = 0;
  AuditEntry audit;
  std::optional<Reply> reply;  ///< Where a request waits for it.
  bool is_told = false;        ///< The holder gets a message.
};

/// How many checks wait for the provider.
struct OpenChecks {
  int count = 0;
  absl::Duration oldest_age = absl::ZeroDuration();
};

/// Where checks are kept. An account has at most one that is open.
class CheckStore {
 public:
  virtual ~CheckStore() = default;

  /// How many checks of an account came to a result since `since`.
  virtual Task<int> Count(std::string account, absl::Time since) = 0;

  /// Returns the check that the request asked for, REQUEST_ID_REUSED where it had other content;
  /// else the account's open one; else nothing.
  virtual Task<std::optional<IdentityCheck>> Find(std::string account, RequestKey key) = 0;

  /// Returns a check; CHECK_NOT_FOUND.
  virtual Task<IdentityCheck> Load(std::string id) = 0;

  /// Records a check that is about to be asked for, about `card`: replaces the account under its
  /// version, else ACCOUNT_CHANGED, and ends a check that was open as SUPERSEDED.
  virtual Task<void> Begin(Account account, IdentityCheck check, std::string card) = 0;

  /// Records until when a call that asks for it may be under way; nothing: it failed.
  virtual Task<void> MarkAsking(std::string id, std::optional<absl::Time> until) = 0;

  /// Records that the provider answers later, with the answer to the request that waits, if one
  /// does; CHECK_DECIDED.
  virtual Task<void> MarkTaken(std::string id, std::optional<Reply> reply, absl::Time now) = 0;

  /// Ends a check, all or nothing: its result, the account, the audit log, the reply, the message.
  /// Returns the answer that stands. CHECK_DECIDED where it has ended, ACCOUNT_CHANGED or
  /// PASSENGER_CHANGED where what it was built on has changed, HOLDER_CHANGED where the card is not
  /// the one that was shown or its passenger is no more, HOLDER_HAS_ACCOUNT.
  virtual Task<std::string> End(CheckEnding ending, absl::Time now) = 0;

  /// Records an answer that changes nothing else; returns the one that stands.
  virtual Task<std::string> Answer(Reply reply, absl::Time now) = 0;

  /// Takes open checks that are to be asked after now, at most `limit`, each for one caller, and
  /// puts off their next time: the longer the older they are.
  virtual Task<std::vector<IdentityCheck>> TakeDue(absl::Time now, absl::Duration interval,
                                                   int limit) = 0;

  /// Says how many are open.
  virtual Task<OpenChecks> CountOpen(absl::Time now) = 0;

  /// Takes the nonce of a callback; false when it was taken before.
  virtual Task<bool> TakeNonce(std::string nonce, absl::Time now) = 0;

  /// Forgets nonces taken before `before`.
  virtual Task<void> ForgetNonces(absl::Time before) = 0;
};

/// What the identity provider says of a check.
struct Finding {
  /// How far it is.
  enum class Stage { kDecided, kLater, kUnknown };

  bool match = false;
  std::string reason;  ///< MISMATCH, LIVENESS_FAILED; empty for a match.
  Stage stage = Stage::kDecided;
};

/// Who compares person, name and number (人证核验).
class IdentityProvider {
 public:
  virtual ~IdentityProvider() = default;

  /// Asks for a check: the same one is compared once however often it is asked for. UNAVAILABLE
  /// when the provider is away, DEADLINE_EXCEEDED when it is not known whether it took it.
  virtual Task<Finding> Compare(IdentityCheck check, Passenger holder, std::string face_token) = 0;

  /// Asks what came of a check; UNAVAILABLE when the provider is away.
  virtual Task<Finding> Ask(std::string check) = 0;
};

/// A late answer that came by itself, proven by its signature.
struct CheckNotice {
  std::string check;
  Finding finding;  ///< Decided.
  std::string nonce;
};

/// How long a signed callback is believed, before and after the moment it names.
inline constexpr absl::Duration kNoticeFreshness = absl::Minutes(5);

/// It has no signature, or one that is not written as one.
inline constexpr Refusal kNoticeUnsigned{absl::StatusCode::kUnauthenticated, "UNSIGNED",
                                         "The callback is not signed."};
/// Signed by somebody else, or altered.
inline constexpr Refusal kNoticeForged{absl::StatusCode::kUnauthenticated, "FORGED",
                                       "The callback's signature does not match."};
/// Signed too long ago, or in times to come.
inline constexpr Refusal kNoticeStale{absl::StatusCode::kUnauthenticated, "STALE",
                                      "The callback was not signed just now."};
/// Taken before.
inline constexpr Refusal kNoticeReplayed{absl::StatusCode::kAlreadyExists, "REPLAYED",
                                         "The callback was taken before."};
/// Signed well, and not understood.
inline constexpr Refusal kNoticeMalformed{absl::StatusCode::kInvalidArgument, "MALFORMED",
                                          "The callback is not understood."};

/// Reads callbacks: believes nothing before the signature over the raw body holds.
class NoticeReader {
 public:
  virtual ~NoticeReader() = default;

  /// Reads a callback; `headers` by lower-case name. UNSIGNED, FORGED, STALE, MALFORMED.
  virtual absl::StatusOr<CheckNotice> Read(const std::map<std::string, std::string>& headers,
                                           absl::string_view body, absl::Time now) const = 0;
};

/// Told how each check ended: OutcomeOf its verdict.
using CheckCounter = std::function<void(absl::string_view outcome)>;

}  // namespace houbu::account
