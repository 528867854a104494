/// The settings every service has. A service's own config structure holds a CommonConfig as its
/// first member and binds it first:
///
///     struct SlotConfig {
///       process::CommonConfig common;
///       int shards = 16;
///
///       void Bind(process::Binder& binder) {
///         common.Bind(binder);
///         common.BindRedis(binder);
///         common.BindPeer(binder, "payment");
///         binder.Optional("inventory.shards", &shards, "Shards of the inventory.",
///                         process::Range{.least = 1, .most = 256});
///       }
///     };
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/process/config.h"

namespace houbu::process {

/// The settings all five services share.
struct CommonConfig {
  std::string server_address = "0.0.0.0:7400";  ///< server.address: where gRPC is served, mTLS.
  std::string admin_address = "0.0.0.0:7500";   ///< admin.address: probes and metrics, plain HTTP.

  std::string tls_ca;           ///< tls.ca: the certificates we trust, PEM.
  std::string tls_certificate;  ///< tls.certificate: who we are, PEM, SAN spiffe://houbu/<name>.
  std::string tls_key;          ///< tls.key: its private key, PEM.

  std::string postgres_conninfo;  ///< postgres.conninfo: libpq's; may carry a password: secret.
  int postgres_pool_size = 16;    ///< postgres.pool_size: connections at most.

  std::string request_key_file;  ///< secrets.request_key_file, see BindRequestKey().

  bool redis_wanted = false;                 ///< Set by BindRedis(): this service has a Redis.
  std::string redis_mode = "single";         ///< redis.mode: single, sentinel or cluster.
  std::string redis_host = "127.0.0.1";      ///< redis.host: of a single one.
  int redis_port = 6379;                     ///< redis.port: of a single one.
  std::vector<std::string> redis_addresses;  ///< redis.addresses: Sentinels, or cluster nodes.
  std::string redis_sentinel_master;         ///< redis.sentinel_master
  std::string redis_password;                ///< redis.password or redis.password_file
  absl::Duration redis_call_timeout = absl::Seconds(2);  ///< redis.call_timeout

  std::map<std::string, std::string> peer_addresses;  ///< peers.<name>.address, see BindPeer().
  std::string peers_service_config;                   ///< peers.service_config: a JSON file.

  std::string identity_keys_file;  ///< identity.keys_file: account's public keys, a JWKS.
  std::string identity_address;    ///< identity.address: account itself, followed from then on.

  std::string log_level = "info";                     ///< log.level
  absl::Duration drain_delay = absl::ZeroDuration();  ///< shutdown.drain_delay
  absl::Duration shutdown_grace = absl::Seconds(20);  ///< shutdown.grace

  bool clock_control = false;      ///< development.clock_control: an operator may move the clock.
  std::vector<std::string> roles;  ///< development.roles: who has which, where account is not.
  bool echo = false;       ///< development.echo: an empty method answers, to measure against.
  std::string clock_file;  ///< development.clock_file: keeps the offset over restarts.

  /// Binds the settings above, except Redis and the peers.
  void Bind(Binder& binder);

  /// Binds redis.*: this service keeps its index there.
  void BindRedis(Binder& binder);

  /// Binds secrets.request_key_file: this service's requests hold personal data.
  void BindRequestKey(Binder& binder);

  /// Binds peers.<name>.address: this service calls that one.
  void BindPeer(Binder& binder, absl::string_view name);
};

}  // namespace houbu::process
