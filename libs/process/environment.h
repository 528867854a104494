/// What a process gives its service to build on: event loop, clock, database, peers. main.cc takes
/// references from here; they outlive everything the service builds.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

#include "libs/async/worker_pool.h"
#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "libs/http/client.h"
#include "libs/identity/keys.h"
#include "libs/identity/revocations.h"
#include "libs/identity/staff_roles.h"
#include "libs/observe/metrics.h"
#include "libs/observe/readiness.h"
#include "libs/outbox/dispatcher.h"
#include "libs/postgres/pool.h"
#include "libs/process/common_config.h"
#include "libs/redis/client.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/seam.h"
#include "libs/rpc/tls.h"

namespace houbu::process {

/// The surroundings of one service in one process. Everything in it exists when the service is
/// built; whether PostgreSQL, Redis or a peer answers yet is another matter.
class Environment final {
 public:
  /// Builds the surroundings without any network traffic. Fails with one line for the operator when
  /// a key or certificate does not parse.
  static absl::StatusOr<std::unique_ptr<Environment>> Create(absl::string_view service,
                                                             const CommonConfig& config);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  /// Gives the name of the service, "slot".
  const std::string& service() const;
  /// Gives the settings all services share.
  const CommonConfig& config() const;
  /// Gives the process's event loop; one thread runs it.
  boost::asio::io_context& io_context();
  /// Gives the event loop's executor.
  boost::asio::any_io_executor executor();
  /// Gives the service's clock: the only source of business time.
  MovableClock& clock();
  /// Gives the source of new ids.
  IdSource& ids();
  /// Gives the service's database.
  postgres::Pool& postgres();
  /// Gives the service's Redis. Only for services that called CommonConfig::BindRedis().
  redis::Client& redis();
  /// Gives what turns calls into coroutines; handlers are built around it.
  rpc::Seam& seam();
  /// Gives the keys account signs with.
  identity::KeySet& keys();
  /// Gives what account took back of what it signed.
  identity::Revocations& revocations();

  /// What account says of the roles of staff.
  identity::StaffRoles& staff_roles();
  /// Gives both, to check statements with.
  identity::Trust trust();
  /// Gives the channel by which account is followed; null where it is not.
  const rpc::Channel* account_channel() const;
  /// Gives the channel to another service. Only for those bound by CommonConfig::BindPeer().
  rpc::Channel& peer(absl::string_view name);
  /// Gives the client for counterparties that speak HTTP.
  http::Client& http();
  /// Gives the threads for work that blocks: password hashing, files, libcurl.
  async::WorkerPool& workers();
  /// Gives the process's figures.
  observe::Metrics& metrics();

  /// Registers what happens when an outbox call of this method was answered, before its row is
  /// deleted. Only while the service is built; one hook a method.
  void AddAnswerHook(absl::string_view method, outbox::AnswerHook hook);

  /// Has the dispatcher look for due outbox rows now. Commits through postgres::UnitOfWork do this
  /// by themselves; for rows written otherwise.
  void NudgeOutbox();

  /// Gives what is shown to peers and trusted of them; for the process itself.
  const rpc::Tls& tls() const;
  /// Gives the channels of all peers by name; for the process itself.
  outbox::Channels outbox_channels() const;
  /// Gives the registered hooks; for the process itself.
  const outbox::AnswerHooks& answer_hooks() const;
  /// Says how NudgeOutbox() is done; for the process itself.
  void SetOutboxNudge(std::function<void()> nudge);

 private:
  struct Members;

  explicit Environment(std::unique_ptr<Members> members);

  std::unique_ptr<Members> members_;
};

}  // namespace houbu::process
