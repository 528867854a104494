/// The audit log as values: its entries, each naming the hash of the one before it, and the
/// signed heads that say how it stood. libs/identity/audit_chain.h finds out whether they hold.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace houbu {

/// What the first entry names as the hash before it: 32 zero bytes.
inline constexpr char kAuditStart[] =
    "0000000000000000000000000000000000000000000000000000000000000000";

/// Holds one entry of the audit log. Hashes are SHA-256 in lower-case hex.
struct AuditRecord {
  std::int64_t position = 0;  ///< 1, 2, 3, ... without gaps.
  absl::Time at;              ///< Whole microseconds.
  std::string actor;          ///< Who: "operators/mei".
  std::string act;            ///< What: "MEMBERSHIP_ACTIVATED".
  std::string subject;        ///< To what: "accounts/ac-1".
  std::string reason;         ///< Why, as the actor said.
  std::string detail;         ///< A JSON object, as it is kept.
  std::string previous_hash;
  std::string hash;
};

/// Says that the log stood thus, signed by the account service.
struct AuditHead {
  std::int64_t number = 0;    ///< 1, 2, 3, ... in the order of signing.
  std::int64_t position = 0;  ///< Of the newest entry; 0 while there was none.
  std::string hash;           ///< Its hash; kAuditStart while there was none.
  absl::Time at;              ///< When it was signed, whole microseconds.
  std::string key_id;         ///< By which key.
  std::string signature;      ///< 64 bytes.
};

}  // namespace houbu
