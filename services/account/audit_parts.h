/// The audit log as a part of the account service: its settings, and what they become.
#pragma once

#include "libs/identity/audit_chain.h"
#include "libs/identity/keys.h"
#include "libs/observe/log.h"
#include "libs/process/process.h"
#include "libs/secrets/bytes.h"
#include "services/account/app/audit_trail.h"
#include "services/account/rpc/audit_handlers.h"
#include "services/account/storage/audit_chain.h"

namespace houbu::account {

/// The settings of the audit log.
struct AuditConfig {
  absl::Duration signing_interval = absl::Hours(24);

  /// Binds audit.*.
  void Bind(process::Binder& binder) {
    binder.Optional("audit.signing_interval", &signing_interval,
                    "How often the head of the audit log is signed.");
  }
};

/// Says a signed head where others keep what is said: logs leave the reach of whoever administers
/// the database, and so do figures.
inline std::function<void(const AuditHead&)> TellHead(observe::Metrics& metrics) {
  prometheus::Gauge& position = metrics.AddGauge(
      "houbu_account_audit_head_position", "The newest entry of the audit log that is signed.");
  prometheus::Gauge& time = metrics.AddGauge("houbu_account_audit_head_time_seconds",
                                             "When the audit log was signed last.");
  return [&position, &time](const AuditHead& head) {
    position.Set(static_cast<double>(head.position));
    time.Set(static_cast<double>(absl::ToUnixSeconds(head.at)));
    observe::Log(observe::Level::kInfo, "audit_head",
                 {observe::Field("number", head.number), observe::Field("position", head.position),
                  observe::Field("time_micros", absl::ToUnixMicros(head.at)),
                  observe::Field("hash", head.hash), observe::Field("key_id", head.key_id),
                  observe::Field("signature", secrets::ToHex(head.signature))});
  };
}

/// Adds the log; gives its store.
inline PostgresAuditStore& AddAudit(process::Parts& parts, process::Environment& env,
                                    const AuditConfig& config, const identity::Signer& signer) {
  auto& store = parts.Own<PostgresAuditStore>(env.postgres());
  HeadSigner sign = [&signer](AuditHead head) {
    return identity::SignAuditHead(signer, std::move(head));
  };
  auto& trail = parts.Own<AuditTrail>(store, env.clock(), config.signing_interval, std::move(sign),
                                      TellHead(env.metrics()));
  parts.Serve<AuditHandlers>(env.seam(), trail);
  process::Loop loop;
  loop.name = "audit_heads";
  loop.interval = absl::Seconds(30);
  loop.round = [&trail] { return trail.SignWhenDue(); };
  parts.loops.push_back(std::move(loop));
  return store;
}

}  // namespace houbu::account
