/// The running of one service: from its parts to its last call.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "libs/async/task.h"
#include "libs/http/server.h"
#include "libs/observe/admin.h"
#include "libs/observe/readiness.h"
#include "libs/outbox/dispatcher.h"
#include "libs/process/environment.h"
#include "libs/process/loops.h"
#include "libs/process/outbox_figures.h"
#include "libs/process/process.h"
#include "libs/process/trust_follower.h"
#include "libs/rpc/development_clock.h"
#include "libs/rpc/development_echo.h"
#include "libs/rpc/server.h"

namespace houbu::process {

/// Serves one built service until a signal comes.
class Host final {
 public:
  /// Everything given must outlive the host.
  Host(const Program& program, Environment& env, Parts parts);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// Blocks until the service has ended; gives the exit code.
  ExitCode Run();

 private:
  async::Task<void> Live();
  async::Task<void> Serve();
  async::Task<void> Shutdown();
  async::Task<void> Prepare();
  async::Task<void> KeepTrying(Preparation preparation);
  async::Task<void> KeepClock(absl::Duration offset);
  async::Task<void> Drain(absl::Duration grace);
  boost::asio::awaitable<void> Pause(absl::Duration length);
  absl::Status OpenDoors();
  void AddChecks();
  void AddClock();
  void StartLoops();
  void WatchSignals();
  void Stop(const std::string& why);
  void GiveUp();

  const Program& program_;
  Environment& env_;
  Parts parts_;
  observe::Readiness readiness_;
  observe::Startup startup_;
  http::Server admin_;
  OutboxFigures outbox_figures_;
  outbox::Dispatcher dispatcher_;
  RunningLoops checks_;  // Outlive the service's loops: a draining service still says so.
  RunningLoops loops_;
  std::optional<TrustFollower> trust_;  // Where account is followed.
  std::unique_ptr<rpc::Server> server_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer wait_;      // What Live() waits on; cancelled by Stop().
  boost::asio::steady_timer patience_;  // Ends a shutdown that hangs.
  bool stopping_ = false;
};

}  // namespace houbu::process
