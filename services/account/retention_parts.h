/// How long a running account service keeps what it no longer needs.
#pragma once

#include <utility>

#include "libs/process/process.h"
#include "services/account/app/retention.h"
#include "services/account/storage/postgres_retention_store.h"

namespace houbu::account {

/// What an operator sets about retention.
struct RetentionConfig {
  RetentionPolicy policy;

  void Bind(process::Binder& binder) {
    binder.Optional("retention.codes", &policy.codes, "How long codes asked for are kept.");
    binder.Optional("retention.failures", &policy.failures, "How long wrong passwords are.");
    binder.Optional("retention.refresh_tokens", &policy.refresh_tokens,
                    "How long refresh tokens are after their end.");
    binder.Optional("retention.sessions", &policy.sessions,
                    "How long sessions are after their end.");
    binder.Optional("retention.revocations", &policy.revocations,
                    "How long revocations are; longer than anything signed lives.");
    binder.Optional("retention.removed", &policy.removed,
                    "How long removed passengers and documents are.");
    binder.Optional("retention.marks", &policy.marks,
                    "How long the marks of an erased person are, unless a restriction holds.");
  }
};

/// Has retention swept once a minute.
inline void AddRetention(process::Parts& parts, process::Environment& env,
                         const RetentionConfig& config) {
  auto& store = parts.Own<PostgresRetentionStore>(env.postgres());
  auto& retention = parts.Own<Retention>(store, env.clock(), config.policy);
  process::Loop loop;
  loop.name = "retention";
  loop.interval = absl::Minutes(1);
  loop.round = [&retention] { return retention.Round(); };
  parts.loops.push_back(std::move(loop));
}

}  // namespace houbu::account
