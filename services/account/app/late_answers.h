/// Answers of the identity provider that come late: those it brings, and those that are fetched
/// because what it brings gets lost.
#pragma once

#include <functional>

#include "libs/base/clock.h"
#include "services/account/app/check_ending.h"
#include "services/account/app/ports_verification.h"

namespace houbu::account {

/// Sees every check that is open to its end.
class LateAnswers final {
 public:
  /// What it works with; all outlive it.
  struct Tools {
    CheckStore& checks;
    IdentityProvider& provider;
    CheckEndings& endings;
    const Clock& clock;
    CheckPolicy policy;
    std::function<void(const OpenChecks&)> show;
  };

  /// Works with `tools`.
  explicit LateAnswers(Tools tools) : tools_(std::move(tools)) {}

  /// Takes a callback, once: REPLAYED. CHECK_NOT_FOUND for a check that is none of ours; one that
  /// has ended is taken and changes nothing.
  Task<void> Take(CheckNotice notice);

  /// One round: asks after checks that are due, and ends those nobody answered for too long.
  Task<void> Round();

 private:
  Task<void> AskAfter(IdentityCheck check);

  Tools tools_;
};

}  // namespace houbu::account
