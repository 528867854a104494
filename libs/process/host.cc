#include "libs/process/host.h"

#include <csignal>
#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/retry.h"
#include "libs/async/status_macros.h"
#include "libs/async/worker_pool.h"
#include "libs/observe/log.h"
#include "libs/process/clock_file.h"
#include "libs/process/event_loop.h"

namespace houbu::process {
namespace {

using observe::Field;
using observe::Level;

constexpr absl::Duration kCheckInterval = absl::Milliseconds(500);
// What account takes back is over everywhere within a second.
constexpr absl::Duration kTrustInterval = absl::Milliseconds(250);
constexpr absl::Duration kFiguresInterval = absl::Seconds(2);
constexpr absl::Duration kAdminGrace = absl::Milliseconds(200);
constexpr absl::Duration kClosingReserve = absl::Seconds(2);

http::ServerOptions AdminOptions(const CommonConfig& config) {
  http::ServerOptions options;
  options.address = config.admin_address;
  return options;
}

outbox::Options DispatcherOptions(OutboxFigures& figures, int calls_max) {
  outbox::Options options;
  options.in_flight_max = calls_max;
  options.on_attempt = [&figures](const outbox::Attempt& attempt) { figures.Note(attempt); };
  return options;
}

async::Task<void> ShowOutbox(outbox::Dispatcher& dispatcher, OutboxFigures& figures) {
  ASSIGN_OR_CO_RETURN(const outbox::OutboxStats stats, co_await dispatcher.Stats());
  figures.Show(stats);
  co_return absl::OkStatus();
}

// A part that does not end well does not keep the others from ending.
void NoteFailure(absl::string_view part, const absl::Status& ended) {
  if (ended.ok()) return;
  observe::Log(Level::kWarning, "ended_badly", {Field("part", part), observe::ErrorField(ended)});
}

}  // namespace

Host::Host(const Program& program, Environment& env, Parts parts)
    : program_(program),
      env_(env),
      parts_(std::move(parts)),
      admin_(env.executor(), AdminOptions(env.config())),
      outbox_figures_(env.metrics()),
      dispatcher_(env.postgres(), env.clock(), env.outbox_channels(),
                  DispatcherOptions(outbox_figures_, parts_.outbox_calls_max), env.answer_hooks()),
      checks_(env.executor(), env.metrics()),
      loops_(env.executor(), env.metrics()),
      signals_(env.io_context()),
      wait_(env.io_context()),
      patience_(env.io_context()) {
  env_.SetOutboxNudge([this] { dispatcher_.Nudge(); });
}

Host::~Host() {
  env_.SetOutboxNudge(nullptr);
  server_.reset();
  parts_.services.clear();
  parts_.http_servers.clear();
  // What was built last may use what was built first.
  while (!parts_.owned.empty()) parts_.owned.pop_back();
}

ExitCode Host::Run() {
  WatchSignals();
  auto exit = ExitCode::kOk;
  boost::asio::co_spawn(env_.io_context(), Live(),
                        [this, &exit](std::exception_ptr bug, const absl::Status& end) {
                          if (bug) std::rethrow_exception(bug);
                          if (!end.ok()) {
                            observe::Log(Level::kError, "cannot_serve", {observe::ErrorField(end)});
                            exit = ExitCode::kCrash;
                          }
                          env_.io_context().stop();
                        });
  RunEventLoop(env_.io_context());
  return exit;
}

async::Task<void> Host::Live() {
  readiness_.Set("startup", absl::UnavailableError("migrations and preparations"));
  AddChecks();
  observe::AddAdminPaths(admin_, env_.metrics(), readiness_, startup_);
  CO_RETURN_IF_ERROR(admin_.Start());
  const absl::Status served = co_await Serve();
  const absl::Status ended = co_await Shutdown();
  co_return served.ok() ? ended : served;
}

async::Task<void> Host::Serve() {
  const absl::Status prepared = co_await Prepare();
  // Only a signal ends the preparations early, and that is no failure.
  if (!prepared.ok()) co_return absl::OkStatus();
  CO_RETURN_IF_ERROR(OpenDoors());
  StartLoops();
  startup_.done = true;
  readiness_.Set("startup", absl::OkStatus());
  observe::Log(Level::kInfo, "serving",
               {Field("address", env_.config().server_address), Field("port", server_->port())});
  while (!stopping_) {
    co_await Pause(absl::Hours(1));
  }
  co_return absl::OkStatus();
}

async::Task<void> Host::Prepare() {
  Preparation migrations;
  migrations.name = "migrations";
  migrations.prepare = [this] { return postgres::Migrate(env_.postgres(), program_.migrations); };
  std::vector<Preparation> preparations = {std::move(migrations)};
  for (const Preparation& preparation : parts_.preparations) preparations.push_back(preparation);
  for (std::size_t i = 0; i < preparations.size(); ++i) {
    const Preparation preparation = preparations[i];
    CO_RETURN_IF_ERROR(co_await KeepTrying(preparation));
  }
  co_return absl::OkStatus();
}

async::Task<void> Host::KeepTrying(Preparation preparation) {
  for (int failures = 1; !stopping_; ++failures) {
    const absl::Status outcome = co_await preparation.prepare();
    if (outcome.ok()) {
      observe::Log(Level::kInfo, "prepared", {Field("preparation", preparation.name)});
      co_return absl::OkStatus();
    }
    readiness_.Set("startup",
                   absl::UnavailableError(absl::StrCat(preparation.name, ": ", outcome.message())));
    const Level level = async::IsRetryable(outcome) ? Level::kWarning : Level::kError;
    observe::Log(level, "preparation_failed",
                 {Field("preparation", preparation.name), observe::ErrorField(outcome)});
    // Short at first and never long: the whole stack waits for this.
    const absl::Duration pause = std::min(absl::Milliseconds(100) * failures, absl::Seconds(2));
    co_await Pause(pause);
  }
  co_return absl::CancelledError("told to stop");
}

absl::Status Host::OpenDoors() {
  if (env_.config().clock_control) AddClock();
  if (env_.config().echo) parts_.Serve<rpc::EchoHandlers>(env_.seam());
  std::vector<grpc::Service*> services;
  services.reserve(parts_.services.size());
  for (const std::shared_ptr<grpc::Service>& service : parts_.services) {
    services.push_back(service.get());
  }
  for (const std::shared_ptr<http::Server>& server : parts_.http_servers) {
    absl::Status started = server->Start();
    if (!started.ok()) return started;
  }
  rpc::ServerOptions options;
  options.address = env_.config().server_address;
  options.tls = env_.tls();
  absl::StatusOr<std::unique_ptr<rpc::Server>> server =
      rpc::Server::Start(options, env_.seam(), services);
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  server_->SetServing(true);
  return absl::OkStatus();
}

void Host::AddChecks() {
  observe::Check postgres;
  postgres.name = "postgres";
  postgres.ask = [this] { return env_.postgres().Ping(); };
  readiness_.Add(std::move(postgres));
  if (env_.config().redis_wanted && !parts_.serves_without_redis) {
    observe::Check redis;
    redis.name = "redis";
    redis.ask = [this] { return env_.redis().Ping(); };
    readiness_.Add(std::move(redis));
  }
  for (const observe::Check& check : parts_.checks) readiness_.Add(check);
  for (const std::string& name : readiness_.checks()) {
    Loop loop;
    loop.name = absl::StrCat("ready_", name);
    loop.interval = kCheckInterval;
    loop.round = [this, name] { return readiness_.Ask(name); };
    checks_.Start(std::move(loop));
  }
}

void Host::AddClock() {
  observe::Log(Level::kWarning, "clock_can_be_moved", {Field("offset_us", env_.clock().offset())});
  auto on_moved = [this](absl::Duration offset) { return KeepClock(offset); };
  parts_.Serve<rpc::ClockHandlers>(env_.seam(), env_.clock(), std::move(on_moved));
}

async::Task<void> Host::KeepClock(absl::Duration offset) {
  observe::Log(Level::kWarning, "clock_moved", {Field("offset_us", offset)});
  const std::string path = env_.config().clock_file;
  if (!path.empty()) {
    std::function<absl::Status()> write = [path, offset] { return WriteClockFile(path, offset); };
    CO_RETURN_IF_ERROR(co_await async::OnPool<void>(env_.workers(), std::move(write)));
  }
  loops_.WakeAll();
  dispatcher_.Nudge();
  co_return absl::OkStatus();
}

void Host::StartLoops() {
  Loop outbox;
  outbox.name = "outbox";
  outbox.interval = absl::Milliseconds(200);
  outbox.round = [this] { return dispatcher_.Run(); };
  outbox.interrupt = [this] { dispatcher_.Stop(); };
  loops_.Start(std::move(outbox));
  Loop figures;
  figures.name = "outbox_figures";
  figures.interval = kFiguresInterval;
  figures.round = [this] { return ShowOutbox(dispatcher_, outbox_figures_); };
  loops_.Start(std::move(figures));
  if (env_.account_channel() != nullptr) {
    trust_.emplace(*env_.account_channel(), env_.keys(), env_.revocations(), env_.staff_roles(),
                   env_.clock(), env_.metrics());
    Loop trust;
    trust.name = "trust";
    trust.interval = kTrustInterval;
    trust.round = [this] { return trust_->Round(); };
    loops_.Start(std::move(trust));
  }
  for (const Loop& loop : parts_.loops) loops_.Start(loop);
}

void Host::WatchSignals() {
  std::signal(SIGPIPE, SIG_IGN);
  signals_.add(SIGTERM);
  signals_.add(SIGINT);
  signals_.async_wait([this](const boost::system::error_code& error, int number) {
    if (!error) Stop(number == SIGINT ? "SIGINT" : "SIGTERM");
  });
}

void Host::Stop(const std::string& why) {
  observe::Log(Level::kInfo, "stopping", {Field("why", why)});
  stopping_ = true;
  readiness_.Set("shutdown", absl::UnavailableError("draining"));
  wait_.cancel();
}

boost::asio::awaitable<void> Host::Pause(absl::Duration length) {
  if (stopping_) co_return;
  wait_.expires_after(absl::ToChronoMilliseconds(length));
  boost::system::error_code ignored;
  auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
  co_await wait_.async_wait(token);
}

async::Task<void> Host::Shutdown() {
  const CommonConfig& config = env_.config();
  patience_.expires_after(absl::ToChronoMilliseconds(config.drain_delay + config.shutdown_grace));
  patience_.async_wait([this](const boost::system::error_code& error) {
    if (!error) GiveUp();
  });
  if (server_ != nullptr) {
    server_->SetServing(false);
    const absl::Status delayed = co_await async::Sleep(config.drain_delay);
    NoteFailure("drain_delay", delayed);
    const absl::Duration grace =
        std::max(config.shutdown_grace - kClosingReserve, config.shutdown_grace / 2);
    const absl::Status drained = co_await Drain(grace);
    NoteFailure("drain", drained);
  }
  const absl::Status loops_stopped = co_await loops_.Stop();
  NoteFailure("loops", loops_stopped);
  const absl::Status checks_stopped = co_await checks_.Stop();
  NoteFailure("checks", checks_stopped);
  const absl::Status admin_stopped = co_await admin_.Stop(kAdminGrace);
  NoteFailure("admin", admin_stopped);
  env_.postgres().Close();
  if (config.redis_wanted) env_.redis().Close();
  patience_.cancel();
  observe::Log(Level::kInfo, "stopped");
  co_return absl::OkStatus();
}

async::Task<void> Host::Drain(absl::Duration grace) {
  for (std::size_t i = 0; i < parts_.http_servers.size(); ++i) {
    const std::shared_ptr<http::Server> server = parts_.http_servers[i];
    const absl::Status stopped = co_await server->Stop(grace);
    NoteFailure("http", stopped);
  }
  rpc::Server* server = server_.get();
  std::function<absl::Status()> drain = [server, grace] {
    server->Drain(grace);
    return absl::OkStatus();
  };
  co_return co_await async::OnPool<void>(env_.workers(), std::move(drain));
}

// The work left over is rows in PostgreSQL; objects are not taken apart under running coroutines.
void Host::GiveUp() {
  observe::Log(Level::kWarning, "stopped_at_once", {Field("why", "shutdown.grace has passed")});
  std::_Exit(static_cast<int>(ExitCode::kOk));
}

}  // namespace houbu::process
