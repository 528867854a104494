/// What signing in needs of the outside: its record, hashing, authenticators, who carries codes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "services/account/app/ports.h"
#include "services/account/domain/challenge.h"
#include "services/account/domain/identifier.h"
#include "services/account/domain/restriction.h"
#include "services/account/domain/session.h"

namespace houbu::account {

/// From where somebody signs in.
struct Origin {
  std::string device_key;           ///< A digest of the device's own secret; empty for none.
  std::string device_display_name;  ///< What its owner calls it.
  std::string address;              ///< The network address the edge saw; empty where it saw none.
};

/// What an account signs in with.
struct Credentials {
  std::string account;  ///< "ac-...".
  std::int64_t version = 1;
  std::string phone;          ///< E.164; personal.
  std::string email;          ///< Empty for none; personal.
  bool resident_id = false;   ///< Whether the verified holder's number signs in.
  std::string password_hash;  ///< Empty for none.
  bool password_stands_alone = false;
  absl::Time password_at;
  std::string totp_secret;  ///< Begun where totp_on is false. Empty for none.
  bool totp_on = false;
  absl::Time totp_at;  ///< When it was begun, then when it was turned on.
  int recovery_codes_left = 0;
};

/// How many codes were asked for, and by whom.
struct CodeCount {
  std::string identifier;   ///< In its normal form.
  std::string destination;  ///< Empty for none.
  std::string address;      ///< Empty where unknown.
};

/// Where one-time codes are kept. See AccountStore for replies.
class ChallengeStore : public Answers {
 public:
  /// Counts the codes asked for within an hour and a day before `now`.
  virtual Task<CodesAsked> CountAsked(CodeCount count, absl::Time now) = 0;

  /// Records a challenge asked for by `count.identifier`.
  virtual Task<std::string> Add(Challenge challenge, CodeCount count, Reply reply,
                                absl::Time now) = 0;

  /// Returns a challenge; CODE_REFUSED when there is none.
  virtual Task<Challenge> Load(std::string id) = 0;

  /// Counts one more attempt; returns how many there were before. CODE_REFUSED when there is none.
  virtual Task<int> CountAttempt(std::string id) = 0;

  /// Returns open challenges whose code is still to be sent, oldest first.
  virtual Task<std::vector<Challenge>> ListUnsent(absl::Time now, int limit) = 0;

  /// Notes that the code was sent.
  virtual Task<void> MarkSent(std::string id, absl::Time now) = 0;
};

/// Where credentials are kept. See AccountStore for replies.
class CredentialStore : public Answers {
 public:
  /// Returns the credentials of who signs in by the identifier, nothing where nobody does.
  virtual Task<std::optional<Credentials>> Find(Identifier identifier) = 0;

  /// Returns an account's credentials; ACCOUNT_NOT_FOUND.
  virtual Task<Credentials> Load(std::string account) = 0;

  /// Replaces credentials under their version (they carry the next one), else ACCOUNT_CHANGED;
  /// `recovery_hashes` replace the recovery codes where given. Ends all other sessions than
  /// `kept_session` unless that is empty. Audited as `act`.
  virtual Task<std::string> Save(Credentials credentials,
                                 std::optional<std::vector<std::string>> recovery_hashes,
                                 std::string kept_session, std::string act, Reply reply,
                                 absl::Time now) = 0;

  /// Uses a challenge up and gives the account its destination. CODE_REFUSED when it was used
  /// meanwhile, ADDRESS_TAKEN when another account has the address.
  virtual Task<std::string> TakeAddress(Challenge challenge, Reply reply, absl::Time now) = 0;

  /// Replaces a password's hash by one that costs more, unless it changed meanwhile.
  virtual Task<void> Rehash(std::string account, std::string old_hash, std::string new_hash) = 0;

  /// Uses a step of the authenticator; false when it or a later one was used.
  virtual Task<bool> UseTotpStep(std::string account, std::int64_t step) = 0;

  /// Uses a recovery code; false when there is none like it.
  virtual Task<bool> UseRecoveryCode(std::string account, std::string hash) = 0;
};

/// A refresh token with its session.
struct ShownToken {
  RefreshToken token;
  Session session;
};

/// Where sessions are kept. See AccountStore for replies.
class SessionStore : public Answers {
 public:
  /// Opens a session; with it uses up the challenge, and opens the account, where there are.
  /// CODE_REFUSED when the challenge was used meanwhile, ACCOUNT_RESTRICTED for who may not sign
  /// in.
  virtual Task<std::string> Open(Session session, std::optional<Challenge> challenge,
                                 std::optional<Account> opened, Reply reply, absl::Time now) = 0;

  /// Returns a live session of an account; SESSION_NOT_FOUND.
  virtual Task<Session> Load(std::string account, std::string id, absl::Time now) = 0;

  /// Returns an account's live sessions, newest first, those older than `before`; "" for all.
  virtual Task<std::vector<Session>> List(std::string account, std::string before, int limit,
                                          absl::Time now) = 0;

  /// Returns the refresh token with its live session; REFRESH_REFUSED.
  virtual Task<ShownToken> FindToken(std::string refresh_token, absl::Time now) = 0;

  /// Gives the session its next tokens for `token`; nothing when that was used meanwhile.
  virtual Task<std::optional<std::string>> Renew(RefreshToken token, Session renewed, Reply reply,
                                                 absl::Time now) = 0;

  /// Stores the reply to a request that changes nothing.
  virtual Task<std::string> Repeat(Reply reply, absl::Time now) = 0;

  /// Ends a session whose refresh token somebody has a copy of; audited.
  virtual Task<void> EndStolen(Session session, absl::Time now) = 0;

  /// Ends a session; SESSION_NOT_FOUND when it ended meanwhile.
  virtual Task<std::string> End(Session session, Reply reply, absl::Time now) = 0;

  /// Ends all sessions of an account but `kept`; the answer is made of how many.
  virtual Task<std::string> EndAll(std::string account, std::string kept, Mutation<int> mutation,
                                   absl::Time now) = 0;

  /// Whether the device signed in to the account since `since`, and was not found stolen.
  virtual Task<bool> KnowsDevice(std::string account, std::string device_key, absl::Time since) = 0;
};

/// One thing that was taken back; see identity::Revocation for what its times mean.
struct Revoked {
  std::int64_t position = 0;
  std::string account;  ///< "ac-...".
  std::string session;  ///< "ss-..."; empty for all of the account.
  std::optional<absl::Time> tokens_before;
  std::optional<absl::Time> statements_before;
  std::optional<std::vector<Bar>> bars;  ///< All there are now; nothing where none changed.
};

/// Where what was taken back is read.
class RevocationLog {
 public:
  virtual ~RevocationLog() = default;

  /// Returns what was taken back or restricted after a position and since a time, in order.
  virtual Task<std::vector<Revoked>> After(std::int64_t position, absl::Time since, int limit) = 0;
};

/// How often somebody failed to prove who they are.
struct FailureCount {
  std::string key;                     ///< What is counted: "identifier/+86...", personal.
  std::vector<absl::Duration> pauses;  ///< After the first, second, ... failure.
  absl::Duration forgotten_after;
};

/// Where failures are counted.
class FailureCounts {
 public:
  virtual ~FailureCounts() = default;

  /// Counts one failure ahead of the attempt, so that attempts side by side are counted too; gives
  /// until when it is too early to try, at most `now` where it may be tried.
  virtual Task<absl::Time> Count(FailureCount count, absl::Time now) = 0;

  /// Forgets all failures of a key: who is meant proved it.
  virtual Task<void> Forget(std::string key) = 0;

  /// Takes one count back: the attempt succeeded, what others tried from there stands.
  virtual Task<void> TakeBack(std::string key, absl::Time now) = 0;
};

/// Hashes passwords, on few threads: each takes 19 MiB while it works.
class PasswordHasher {
 public:
  virtual ~PasswordHasher() = default;

  /// The hash to keep. RESOURCE_EXHAUSTED with a delay when too many wait.
  virtual Task<std::string> Hash(std::string password) = 0;

  /// Whether the password is the hash's. An empty hash fits none and takes as long.
  virtual Task<bool> Fits(std::string hash, std::string password) = 0;

  /// Whether the hash costs less to guess than a new one.
  virtual bool IsStale(const std::string& hash) const = 0;
};

/// Knows authenticators (TOTP, RFC 6238: SHA-1, 6 digits, 30 seconds).
class Authenticators {
 public:
  virtual ~Authenticators() = default;

  /// A new secret, in base32.
  virtual std::string NewSecret() const = 0;

  /// The step a code belongs to, one before and after `now` allowed; nothing where it does not fit.
  virtual std::optional<std::int64_t> StepOf(const std::string& secret, const std::string& code,
                                             absl::Time now) const = 0;
};

/// What follows from ids and secret keys, so that it is kept nowhere and repeated requests get the
/// same.
class DerivedSecrets {
 public:
  virtual ~DerivedSecrets() = default;

  /// The code of a challenge: six decimal digits.
  virtual std::string CodeOf(absl::string_view challenge_id) const = 0;

  /// Whether it is the code of the challenge; its time does not tell how much of it fits.
  virtual bool CodeFits(absl::string_view challenge_id, absl::string_view typed) const = 0;

  /// The refresh token of an id.
  virtual std::string RefreshTokenOf(absl::string_view token_id) const = 0;

  /// The recovery codes of an account's authenticator begun at `begun_at`.
  virtual std::vector<std::string> RecoveryCodesOf(absl::string_view account,
                                                   absl::Time begun_at) const = 0;

  /// A digest by which a secret is known again.
  virtual std::string DigestOf(absl::string_view secret) const = 0;
};

}  // namespace houbu::account
