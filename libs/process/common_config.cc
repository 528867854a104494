#include "libs/process/common_config.h"

#include "absl/strings/str_cat.h"

#include "libs/base/text.h"

namespace houbu::process {
namespace {

constexpr Range kPort{.least = 1, .most = 65535};
constexpr Range kPoolSize{.least = 2, .most = 512};

}  // namespace

void CommonConfig::Bind(Binder& binder) {
  binder.Optional("server.address", &server_address, "Where gRPC is served, host:port; mTLS.");
  binder.Optional("admin.address", &admin_address, "Where probes and metrics are served, HTTP.");
  binder.File("tls.ca", &tls_ca, "The certificate authority peers are checked against, PEM.");
  binder.File("tls.certificate", &tls_certificate, "This service's certificate, PEM.");
  binder.File("tls.key", &tls_key, "The certificate's private key, PEM.");
  binder.RequiredSecret("postgres.conninfo", &postgres_conninfo,
                        "How to reach this service's database, in libpq's form.");
  binder.Optional("postgres.pool_size", &postgres_pool_size, "Most connections at a time.",
                  kPoolSize);
  binder.OptionalFile("peers.service_config", &peers_service_config,
                      "gRPC service config for calls to peers: retries, load balancing.");
  binder.File("identity.keys_file", &identity_keys_file,
              "The public keys account signs with, a JWKS; read again when it changes.");
  binder.Optional("identity.address", &identity_address,
                  "Where account answers: its keys and what it revoked are followed from there.");
  binder.Choice("log.level", &log_level,
                std::vector<std::string>{"debug", "info", "warning", "error"},
                "Least level written.");
  binder.Optional("shutdown.drain_delay", &drain_delay,
                  "Pause between saying NOT_SERVING and closing the door.");
  binder.Optional("shutdown.grace", &shutdown_grace, "Time for calls and loops to end.");
  binder.Optional("development.clock_control", &clock_control,
                  "Whether an operator may move the service's clock; never in production.");
  binder.Optional(
      "development.roles", &roles,
      "Roles of operators on a stack without account, \"mei support\"; never in production.");
  binder.Optional("development.echo", &echo,
                  "Whether an empty method answers, to measure others against; never in "
                  "production.");
  binder.Optional("development.clock_file", &clock_file,
                  "Where the moved clock's offset is kept over restarts.");
}

void CommonConfig::BindRedis(Binder& binder) {
  redis_wanted = true;
  binder.Choice("redis.mode", &redis_mode,
                std::vector<std::string>{"single", "sentinel", "cluster"},
                "How the Redis of the index is run.");
  binder.Optional("redis.host", &redis_host, "Host of a single Redis.");
  binder.Optional("redis.port", &redis_port, "Port of a single Redis.", kPort);
  binder.Optional("redis.addresses", &redis_addresses,
                  "All Sentinels, or some nodes of the cluster, each host:port.");
  binder.Optional("redis.sentinel_master", &redis_sentinel_master,
                  "The name the Sentinels know the index by.");
  binder.Optional("redis.call_timeout", &redis_call_timeout,
                  "How long the index may take to answer.");
  binder.Secret("redis.password", &redis_password, "Password of the index.");
}

void CommonConfig::BindRequestKey(Binder& binder) {
  binder.File("secrets.request_key_file", &request_key_file,
              "32 bytes in hex that key the stored fingerprints of requests.");
}

void CommonConfig::BindPeer(Binder& binder, absl::string_view name) {
  std::string& address = peer_addresses[std::string(ToStd(name))];
  binder.Required(absl::StrCat("peers.", name, ".address"), &address,
                  absl::StrCat("gRPC target of ", name, ", host:port or dns:///host:port."));
}

}  // namespace houbu::process
