/// The life of a service from its command line to its exit code. A service's main.cc describes what
/// is its own and hands the rest to Run():
///
///     absl::StatusOr<process::Parts> BuildSlot(process::Environment& env,
///                                              const SlotConfig& config) { ... }
///
///     int main(int argc, char** argv) {
///       process::Service<SlotConfig> service;
///       service.name = "slot";
///       service.migrations = kMigrations;
///       service.build = BuildSlot;
///       return process::Run(argc, argv, service);
///     }
///
/// The admin port is up at once: /livez answers, /readyz names what is missing. Services start in
/// any order: migrations and preparations are retried until PostgreSQL and Redis are there, and
/// only then is the gRPC port opened, so no handler ever runs on missing tables; until then a
/// client sees a refused connection, which gRPC itself reports as UNAVAILABLE and waits out.
///
/// SIGTERM or SIGINT: health says NOT_SERVING, calls in flight end, loops stop in reverse order,
/// pools close, exit 0. What has not ended within shutdown.grace is left to the next start: every
/// effect that must happen is a row.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "grpcpp/impl/codegen/service_type.h"

#include "libs/async/task.h"
#include "libs/http/server.h"
#include "libs/observe/readiness.h"
#include "libs/postgres/migrations.h"
#include "libs/process/common_config.h"
#include "libs/process/config.h"
#include "libs/process/environment.h"
#include "libs/process/loops.h"

namespace houbu::process {

/// What a process ends with; sysexits.h's numbers.
enum class ExitCode : int {
  kOk = 0,
  kUsage = 64,        ///< The command line is not understood.
  kUnavailable = 69,  ///< A command could not reach its database.
  kCrash = 70,        ///< A bug, or a port that cannot be opened.
  kConfig = 78,       ///< The configuration is refused.
};

/// Something to be done once before the service serves: loading Redis functions, say. Retried with
/// back-off until it succeeds; safe to repeat.
struct Preparation {
  std::string name;  ///< lower_snake; shown by /readyz while it has not succeeded.
  std::function<async::Task<void>()> prepare;
};

/// What a service is made of. Built without I/O.
struct Parts {
  std::vector<std::shared_ptr<grpc::Service>> services;     ///< What it answers.
  std::vector<Preparation> preparations;                    ///< In this order, before serving.
  std::vector<Loop> loops;                                  ///< Started in this order.
  std::vector<std::shared_ptr<http::Server>> http_servers;  ///< Further doors, e.g. callbacks.
  std::vector<observe::Check> checks;                       ///< Beyond PostgreSQL and Redis.
  bool serves_without_redis = false;  ///< A Redis that is away does not make the process unready.
  std::vector<std::shared_ptr<void>> owned;  ///< Kept alive; destroyed last first.
  /// Calls of the outbox under way at most. 0 leaves them in their table: to measure all else.
  int outbox_calls_max = 32;

  /// Builds an object the service owns and gives a reference that lasts as long as the process.
  template <class T, class... Args>
  T& Own(Args&&... args) {
    auto object = std::make_shared<T>(std::forward<Args>(args)...);
    T& reference = *object;
    owned.push_back(std::move(object));
    return reference;
  }

  /// Builds the handlers of a proto service and has them served.
  template <class T, class... Args>
  T& Serve(Args&&... args) {
    auto handlers = std::make_shared<T>(std::forward<Args>(args)...);
    T& reference = *handlers;
    services.push_back(std::move(handlers));
    return reference;
  }
};

/// A further verb of a service's program: `houbu-slot --config FILE import --gtfs feed.zip`. It
/// runs on the service's own surroundings after migrations, serves nothing, and ends the process.
template <class Config>
struct Command {
  std::string name;
  std::string description;
  /// Gets the arguments after its name; gives the exit code. A failed Outcome is printed as one
  /// line and exits 1 (69 when it is UNAVAILABLE).
  std::function<async::Task<int>(Environment&, const Config&, std::vector<std::string>)> run;
};

/// All that is a service's own.
template <class Config>
struct Service {
  std::string name;                                  ///< "slot"
  absl::Span<const postgres::Migration> migrations;  ///< Applied after the common ones.
  std::function<absl::StatusOr<Parts>(Environment&, const Config&)> build;
  std::vector<Command<Config>> commands;
};

/// A service with its config's type forgotten; made by Run().
struct Program {
  struct Verb {
    std::string name;
    std::string description;
    std::function<async::Task<int>(Environment&, std::vector<std::string>)> run;
  };

  std::string name;
  absl::Span<const postgres::Migration> migrations;
  std::function<void(Binder&)> bind;
  const CommonConfig* common = nullptr;
  std::function<absl::StatusOr<Parts>(Environment&)> build;
  std::vector<Verb> verbs;
};

/// Runs a program until a signal or its verb ends it; gives the exit code.
int RunProgram(int argc, char** argv, const Program& program);

/// Runs a service: reads flags and configuration, builds it, serves until told to stop.
template <class Config>
int Run(int argc, char** argv, const Service<Config>& service) {
  Config config;
  Program program;
  program.name = service.name;
  program.migrations = service.migrations;
  program.common = &config.common;
  program.bind = [&config](Binder& binder) { config.Bind(binder); };
  program.build = [&config, &service](Environment& env) { return service.build(env, config); };
  for (const Command<Config>& command : service.commands) {
    Program::Verb verb;
    verb.name = command.name;
    verb.description = command.description;
    verb.run = [&config, &command](Environment& env, std::vector<std::string> arguments) {
      return command.run(env, config, std::move(arguments));
    };
    program.verbs.push_back(std::move(verb));
  }
  return RunProgram(argc, argv, program);
}

}  // namespace houbu::process
