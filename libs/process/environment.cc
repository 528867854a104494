#include "libs/process/environment.h"

#include <cstdlib>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "libs/base/random_id_source.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/identity/proven_tokens.h"
#include "libs/observe/log.h"
#include "libs/process/call_log.h"
#include "libs/process/clock_file.h"
#include "libs/process/followed_staff.h"
#include "libs/process/read_file.h"
#include "libs/rpc/authentication.h"
#include "libs/rpc/metrics.h"
#include "libs/rpc/staff_guard.h"
#include "libs/secrets/keys.h"

namespace houbu::process {
namespace {

constexpr char kTokenRelay[] = "gateway";

[[noreturn]] void Bug(const char* what) {
  observe::Log(observe::Level::kError, "bug", {observe::Field("what", what)});
  std::abort();
}

// Names the setting a failure came from.
template <class T>
absl::StatusOr<T> Of(absl::string_view setting, absl::StatusOr<T> outcome) {
  if (outcome.ok()) return outcome;
  return absl::Status(outcome.status().code(),
                      absl::StrCat(setting, ": ", outcome.status().message()));
}

absl::StatusOr<std::string> ReadServiceConfig(const std::string& path) {
  if (path.empty()) return std::string();
  std::optional<std::string> text = ReadFile(path);
  if (!text.has_value()) {
    return absl::NotFoundError(absl::StrCat("peers.service_config: cannot read ", path));
  }
  return *std::move(text);
}

rpc::TokenCheck CheckBy(identity::ProvenTokens& tokens, const identity::Revocations& revocations,
                        const Clock& clock) {
  return [&tokens, &revocations,
          &clock](absl::string_view token) -> absl::StatusOr<rpc::TokenSubject> {
    const absl::Time now = clock.Now();
    ASSIGN_OR_RETURN(const identity::AccessClaims claims, tokens.Verify(token, now));
    if (revocations.Covers(claims)) return Refuse(identity::kTokenRevoked);
    rpc::TokenSubject subject;
    subject.account = claims.account;
    subject.session = claims.session;
    for (identity::TokenRestriction& each : revocations.RestrictionsOf(claims, now)) {
      subject.restrictions.push_back({std::move(each.level), each.until});
    }
    return subject;
  };
}

/// Of "mei support": who has which role on a stack without account.
identity::RolesOfPersons RolesIn(const std::vector<std::string>& pairs) {
  identity::RolesOfPersons roles;
  for (const std::string& pair : pairs) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(pair, absl::MaxSplits(' ', 1));
    roles[parts.first].push_back(parts.second);
  }
  return roles;
}

postgres::PoolOptions PoolOptionsOf(const std::string& service, const CommonConfig& config) {
  postgres::PoolOptions options;
  options.conninfo = config.postgres_conninfo;
  options.size = config.postgres_pool_size;
  options.application_name = absl::StrCat("houbu-", service);
  return options;
}

absl::StatusOr<redis::Options> RedisOptionsOf(const CommonConfig& config) {
  redis::Options options;
  options.host = config.redis_host;
  options.port = config.redis_port;
  options.password = config.redis_password;
  options.call_timeout = config.redis_call_timeout;
  // Found again soon enough for readiness to follow within two seconds.
  options.backoff_max = absl::Seconds(1);
  const bool single = config.redis_mode == "single";
  if (single != config.redis_addresses.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("redis.addresses: ", single ? "not for" : "missing for", " redis.mode \"",
                     config.redis_mode, "\""));
  }
  if ((config.redis_mode == "sentinel") != !config.redis_sentinel_master.empty()) {
    return absl::InvalidArgumentError(
        "redis.sentinel_master: goes with redis.mode \"sentinel\", and only with that");
  }
  if (!single) {
    options.mode = config.redis_mode == "cluster" ? redis::Mode::kCluster : redis::Mode::kSentinel;
    options.sentinel_master = config.redis_sentinel_master;
    ASSIGN_OR_RETURN(options.addresses,
                     Of("redis.addresses", redis::ParseAddresses(config.redis_addresses)));
  }
  return options;
}

absl::StatusOr<rpc::SeamOptions> SeamOptionsOf(const CommonConfig& config) {
  rpc::SeamOptions options;
  if (!config.request_key_file.empty()) {
    ASSIGN_OR_RETURN(const secrets::Key key,
                     Of("secrets.request_key_file", secrets::LoadKeyFile(config.request_key_file)));
    options.fingerprint_key.assign(reinterpret_cast<const char*>(key.bytes()),
                                   secrets::Key::kBytes);
  }
  return options;
}

}  // namespace

// Declared in the order they are built; destroyed the other way round, the event loop nearly last.
struct Environment::Members {
  Members(std::string the_service, const CommonConfig& the_config, rpc::Tls the_tls,
          std::unique_ptr<identity::KeySet> the_keys, rpc::SeamOptions seam_options)
      : service(std::move(the_service)),
        config(the_config),
        tls(std::move(the_tls)),
        keys(std::move(the_keys)),
        tokens(*keys),
        clock(system_clock),
        ids(clock),
        server_metrics(*metrics.registry(), rpc::CallMetrics::Side::kServer),
        client_metrics(*metrics.registry(), rpc::CallMetrics::Side::kClient),
        io_context(1),
        workers(async::WorkerPoolOptions()),
        http(workers, http::ClientOptions()),
        seam(io_context.get_executor(),
             rpc::Authenticator(CheckBy(tokens, revocations, clock),
                                std::vector<std::string>{kTokenRelay}),
             server_metrics, call_log, std::move(seam_options)),
        staff(staff_roles),
        guard(staff),
        postgres(io_context.get_executor(), PoolOptionsOf(service, config)) {
    seam.GuardRoles(guard);
    if (!config.roles.empty()) staff_roles.Learn(RolesIn(config.roles));
  }

  const std::string service;
  const CommonConfig& config;
  const rpc::Tls tls;
  const std::unique_ptr<identity::KeySet> keys;
  identity::ProvenTokens tokens;
  identity::Revocations revocations;
  identity::StaffRoles staff_roles;
  SystemClock system_clock;
  MovableClock clock;
  RandomIdSource ids;
  observe::Metrics metrics;
  rpc::CallMetrics server_metrics;
  rpc::CallMetrics client_metrics;
  CallLog call_log;
  boost::asio::io_context io_context;
  async::WorkerPool workers;
  http::Client http;
  rpc::Seam seam;
  FollowedStaff staff;
  rpc::StaffGuard guard;
  postgres::Pool postgres;
  std::unique_ptr<redis::Client> redis;
  std::map<std::string, rpc::Channel> peers;
  std::optional<rpc::Channel> account;
  outbox::AnswerHooks answer_hooks;
  std::function<void()> outbox_nudge;
};

absl::StatusOr<std::unique_ptr<Environment>> Environment::Create(absl::string_view service,
                                                                 const CommonConfig& config) {
  rpc::TlsFiles files;
  files.ca = config.tls_ca;
  files.certificate = config.tls_certificate;
  files.key = config.tls_key;
  ASSIGN_OR_RETURN(rpc::Tls tls, Of("tls", rpc::LoadTls(files)));
  ASSIGN_OR_RETURN(std::unique_ptr<identity::KeySet> keys,
                   Of("identity.keys_file", identity::KeySet::Open(config.identity_keys_file)));
  ASSIGN_OR_RETURN(const std::string service_config,
                   ReadServiceConfig(config.peers_service_config));
  ASSIGN_OR_RETURN(rpc::SeamOptions seam_options, SeamOptionsOf(config));
  auto members = std::make_unique<Members>(std::string(ToStd(service)), config, std::move(tls),
                                           std::move(keys), std::move(seam_options));
  if (config.clock_control && !config.clock_file.empty()) {
    ASSIGN_OR_RETURN(const absl::Duration offset, ReadClockFile(config.clock_file));
    members->clock.set_offset(offset);
  }
  rpc::ChannelOptions channel_options;
  channel_options.metrics = &members->client_metrics;
  channel_options.observer = &members->call_log;
  for (const auto& [name, address] : config.peer_addresses) {
    members->peers.emplace(name,
                           rpc::Channel(address, members->tls, service_config, channel_options));
  }
  if (!config.identity_address.empty()) {
    members->account.emplace(config.identity_address, members->tls, service_config,
                             channel_options);
  }
  if (config.redis_wanted) {
    ASSIGN_OR_RETURN(redis::Options options, RedisOptionsOf(config));
    members->redis =
        std::make_unique<redis::Client>(members->io_context.get_executor(), std::move(options));
  }
  return std::unique_ptr<Environment>(new Environment(std::move(members)));
}

Environment::Environment(std::unique_ptr<Members> members) : members_(std::move(members)) {}

Environment::~Environment() = default;

const std::string& Environment::service() const { return members_->service; }

const CommonConfig& Environment::config() const { return members_->config; }

boost::asio::io_context& Environment::io_context() { return members_->io_context; }

boost::asio::any_io_executor Environment::executor() { return members_->io_context.get_executor(); }

MovableClock& Environment::clock() { return members_->clock; }

IdSource& Environment::ids() { return members_->ids; }

postgres::Pool& Environment::postgres() { return members_->postgres; }

redis::Client& Environment::redis() {
  if (members_->redis == nullptr) Bug("a service without BindRedis() asks for Redis");
  return *members_->redis;
}

rpc::Seam& Environment::seam() { return members_->seam; }

identity::KeySet& Environment::keys() { return *members_->keys; }

identity::Revocations& Environment::revocations() { return members_->revocations; }

identity::StaffRoles& Environment::staff_roles() { return members_->staff_roles; }

identity::Trust Environment::trust() {
  return identity::Trust{*members_->keys, members_->revocations};
}

const rpc::Channel* Environment::account_channel() const {
  return members_->account.has_value() ? &*members_->account : nullptr;
}

rpc::Channel& Environment::peer(absl::string_view name) {
  const auto found = members_->peers.find(std::string(ToStd(name)));
  if (found == members_->peers.end()) Bug("a service asks for a peer without BindPeer()");
  return found->second;
}

http::Client& Environment::http() { return members_->http; }

async::WorkerPool& Environment::workers() { return members_->workers; }

observe::Metrics& Environment::metrics() { return members_->metrics; }

void Environment::AddAnswerHook(absl::string_view method, outbox::AnswerHook hook) {
  members_->answer_hooks[std::string(ToStd(method))] = std::move(hook);
}

void Environment::NudgeOutbox() {
  if (members_->outbox_nudge != nullptr) members_->outbox_nudge();
}

const rpc::Tls& Environment::tls() const { return members_->tls; }

outbox::Channels Environment::outbox_channels() const {
  outbox::Channels channels;
  for (const auto& [name, channel] : members_->peers) channels[name] = channel.grpc_channel();
  return channels;
}

const outbox::AnswerHooks& Environment::answer_hooks() const { return members_->answer_hooks; }

void Environment::SetOutboxNudge(std::function<void()> nudge) {
  members_->outbox_nudge = std::move(nudge);
}

}  // namespace houbu::process
