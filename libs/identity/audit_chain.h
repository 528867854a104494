/// The audit log as a chain: every entry names the hash of the one before it, and from time
/// to time the newest hash is signed. Whoever changes, removes or inserts an entry would have to
/// make all later ones anew, and cannot make the signatures.
///
/// docs/reference/audit.md says the encoding byte by byte; the account service's PostgreSQL makes
/// the hashes (migration 0016), and this finds out whether they hold.
#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "libs/base/audit.h"
#include "libs/identity/keys.h"

namespace houbu::identity {

/// Gives the hash an entry must have: that of all its other fields.
std::string AuditHashOf(const AuditRecord& record);

/// Signs a head; fills in key and signature.
AuditHead SignAuditHead(const Signer& signer, AuditHead head);

/// Finds out whether a log holds. It is given the signed heads first, then every entry in the order
/// of positions, then the end.
class AuditInspection final {
 public:
  /// What was found.
  struct Fault {
    std::int64_t position = 0;  ///< The entry, or where one should be.
    std::string kind;           ///< ALTERED, MISSING, UNLINKED, CUT, HEAD_...: audit.md says all.
    std::string detail;         ///< For people.
  };

  /// Trusts these keys; they must outlive it.
  explicit AuditInspection(const KeySet& keys) : keys_(keys) {}

  /// Takes the heads the service shows, in order of their numbers.
  void TakeHeads(const std::vector<AuditHead>& heads);

  /// Takes heads that were exported before, beyond the reach of whoever administers the database.
  void TakeExported(const std::vector<AuditHead>& heads);

  /// Takes the next entry.
  void Take(const AuditRecord& record);

  /// Ends; `position` and `hash` are what the service says is newest.
  void End(std::int64_t position, absl::string_view hash);

  /// What was found, in the order of finding; nothing when the log holds.
  const std::vector<Fault>& faults() const { return faults_; }

  /// How many entries were taken.
  std::int64_t entries() const { return entries_; }

 private:
  void Note(std::int64_t position, const char* kind, std::string detail);
  bool IsSigned(const AuditHead& head);
  void Expect(const AuditHead& head);
  void CheckHeadsAt(std::int64_t position, absl::string_view hash);

  const KeySet& keys_;
  std::vector<Fault> faults_;
  std::map<std::int64_t, AuditHead> shown_;                      // by number
  std::map<std::int64_t, std::vector<AuditHead>> expectations_;  // by position
  std::int64_t entries_ = 0;
  std::int64_t last_position_ = 0;
  std::string last_hash_ = kAuditStart;
};

}  // namespace houbu::identity
