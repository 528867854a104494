/// What people may ask of a running account service about their own data.
#pragma once

#include "libs/process/process.h"
#include "services/account/app/data_export.h"
#include "services/account/app/erasures.h"
#include "services/account/peers/erasure_calls.h"
#include "services/account/peers/live_things.h"
#include "services/account/rpc/privacy_handlers.h"
#include "services/account/storage/postgres_erasure_store.h"
#include "services/account/storage/zip_archiver.h"

namespace houbu::account {

/// What an operator sets about privacy.
struct PrivacyConfig {
  ErasurePolicy erasure;

  void Bind(process::Binder& binder) {
    binder.Optional("erasure.thinking", &erasure.thinking,
                    "How long the erasure of an account may be taken back.");
    binder.Optional("erasure.closing", &erasure.closing,
                    "How long nobody signs in before it is erased; longer than any request.");
  }
};

/// Shows how many erasures wait, and how long the next step of one has been due.
inline std::function<void(const ErasureBacklog&)> ShowErasures(process::Environment& env) {
  auto& open = env.metrics().AddGauge("houbu_account_erasures_open",
                                      "Erasures that were asked for and are not done.");
  auto& overdue = env.metrics().AddGauge("houbu_account_erasures_overdue_seconds",
                                         "How long the next step of an erasure has been due.");
  return [&open, &overdue](const ErasureBacklog& backlog) {
    open.Set(backlog.open);
    overdue.Set(absl::ToDoubleSeconds(backlog.overdue));
  };
}

/// Has exports and erasures served, and erasures done.
inline void AddPrivacy(process::Parts& parts, process::Environment& env,
                       const PrivacyConfig& config, const DataExports::Tools& tools) {
  auto& exports = parts.Own<DataExports>(tools);
  const auto& archiver = parts.Own<ZipArchiver>();
  auto& store = parts.Own<PostgresErasureStore>(env.postgres(), env.ids(), CallsOf);
  const std::vector<rpc::Channel> keepers = {env.peer("slot"), env.peer("waitlist"),
                                             env.peer("payment")};
  auto& live_things = parts.Own<AskedServices>(keepers);
  auto& erasures =
      parts.Own<Erasures>(Erasures::Tools{store, live_things, tools.sessions, env.clock(),
                                          env.ids(), config.erasure, ShowErasures(env)});
  parts.Serve<PrivacyHandlers>(env.seam(), exports, archiver, erasures);
  process::Loop loop;
  loop.name = "erasures";
  loop.interval = absl::Seconds(1);
  loop.round = [&erasures] { return erasures.Round(); };
  parts.loops.push_back(std::move(loop));
}

}  // namespace houbu::account
