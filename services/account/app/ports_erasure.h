/// What erasures need of the outside: the record, and whoever keeps live things of accounts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/account/app/ports.h"
#include "services/account/domain/erasure.h"

namespace houbu::account {

/// Erasures under way, for their figures.
struct ErasureBacklog {
  int open = 0;
  absl::Duration overdue = absl::ZeroDuration();  ///< How long the next step of one has been due.
};

/// Where erasures are kept and done.
class ErasureStore : public Answers {
 public:
  /// Returns an account's last erasure, nothing when it never had one.
  virtual Task<std::optional<Erasure>> Find(std::string account) = 0;

  /// Records that an account is to be erased: its sessions end, its owner is told. Returns the
  /// answer that stands. ERASURE_CHANGED when one is open.
  virtual Task<std::string> Ask(Erasure erasure, AuditEntry audit, Reply reply, absl::Time now) = 0;

  /// Stores the answer to a request that changes nothing. Returns the one that stands.
  virtual Task<std::string> Repeat(Reply reply, absl::Time now) = 0;

  /// Records that its owner took one back. Returns the answer that stands. ERASURE_NOT_ASKED when
  /// it has gone on meanwhile.
  virtual Task<std::string> Cancel(Erasure erasure, AuditEntry audit, Reply reply,
                                   absl::Time now) = 0;

  /// Returns erasures whose next step is due, the longest due first.
  virtual Task<std::vector<Erasure>> ListDue(absl::Time now, int limit) = 0;

  /// Closes an account that was asked about: sessions end, what was signed is revoked, nobody signs
  /// in. ERASURE_CHANGED when another process went on with it.
  virtual Task<void> Close(Erasure erasure, AuditEntry audit, absl::Time now) = 0;

  /// Gives an erasure up, tells its owner. ERASURE_CHANGED.
  virtual Task<void> Stop(Erasure erasure, AuditEntry audit, absl::Time now) = 0;

  /// Destroys the keys of an account and of its passengers and removes what they sealed, all at
  /// once, and has the other services told. ERASURE_CHANGED.
  virtual Task<void> Erase(Erasure erasure, AuditEntry audit, absl::Time now) = 0;

  /// Returns how many wait.
  virtual Task<ErasureBacklog> CountOpen(absl::Time now) = 0;
};

/// The services that keep live things of accounts.
class LiveThings {
 public:
  virtual ~LiveThings() = default;

  /// Returns all that is under way for "accounts/ac-..."; UNAVAILABLE when one of the services is
  /// away, since what it would say is not known.
  virtual Task<std::vector<ErasureBlocker>> ListOf(std::string account) = 0;
};

}  // namespace houbu::account
