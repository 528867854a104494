/// Erasing accounts for good.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/account/app/ports_erasure.h"
#include "services/account/app/sessions.h"

namespace houbu::account {

/// How the erasure of an account stands.
struct ErasureStanding {
  std::optional<Erasure> last;           ///< Nothing when none was ever asked for.
  std::vector<ErasureBlocker> blockers;  ///< What is under way now.
};

/// Takes erasures, takes them back and carries them out.
class Erasures final {
 public:
  /// What it needs; all of it must outlive it.
  struct Tools {
    ErasureStore& store;
    LiveThings& live_things;
    Sessions& sessions;
    const Clock& clock;
    IdSource& ids;
    ErasurePolicy policy;
    std::function<void(const ErasureBacklog&)> show;  ///< Shows how much waits.
  };

  /// Uses its tools.
  explicit Erasures(Tools tools) : tools_(std::move(tools)) {}

  /// Returns how the erasure of an account stands.
  Task<ErasureStanding> Find(std::string account);

  /// Has an account erased, asked for from one of its sessions; gives the answer's bytes.
  /// RECENT_SIGN_IN_REQUIRED; ERASURE_BLOCKED with all that blocks; UNAVAILABLE when it cannot be
  /// known what does.
  Task<std::string> Ask(std::string account, std::string session, Mutation<Erasure> mutation);

  /// Takes an erasure back; gives the answer's bytes. ERASURE_NOT_ASKED.
  Task<std::string> Cancel(std::string account, Mutation<Erasure> mutation);

  /// One round: does the next step of those that are due. One that cannot go on, because a service
  /// is away, holds up no other.
  Task<void> Round();

 private:
  Task<void> Step(Erasure erasure);
  Task<void> EraseOrStop(Erasure erasure, absl::Time now);

  Tools tools_;
};

}  // namespace houbu::account
