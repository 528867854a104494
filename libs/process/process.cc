#include "libs/process/process.h"

#include <sys/resource.h>

#include <cstdio>
#include <exception>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include <boost/asio/co_spawn.hpp>

#include "CLI/CLI.hpp"
#include "libs/async/retry.h"
#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/observe/log.h"
#include "libs/observe/process_figures.h"
#include "libs/process/event_loop.h"
#include "libs/process/host.h"
#include "libs/process/read_file.h"
#include "libs/process/version.h"

extern char** environ;

namespace houbu::process {
namespace {

constexpr int kFailed = 1;  // A verb that did not do its work.

struct CommandLine {
  std::string config_file;
  std::vector<std::string> sets;
  bool check_config = false;
  bool print_config = false;
  const Program::Verb* verb = nullptr;
  std::vector<std::string> arguments;
};

void PrintLine(const std::string& program, const absl::Status& status) {
  std::string line = absl::StrCat("houbu-", program, ": ", status.message());
  for (char& c : line) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  std::fprintf(stderr, "%s\n", line.c_str());
}

// Gives an exit code when the command line alone decides: help, version, misuse.
std::optional<int> ReadCommandLine(int argc, char** argv, const Program& program,
                                   CommandLine& line) {
  CLI::App app(absl::StrCat("The ", program.name, " service of Houbu."),
               absl::StrCat("houbu-", program.name));
  app.set_version_flag("--version", kVersion);
  app.add_option("--config", line.config_file, "Configuration file: JSON, comments allowed.");
  app.add_option("--set", line.sets, "One setting, section.key=value; may be repeated.")
      ->allow_extra_args(false);
  app.add_flag("--check-config", line.check_config, "Check the configuration and exit.");
  app.add_flag("--print-config", line.print_config, "Print the settings without secrets and exit.");
  app.require_subcommand(0, 1);
  std::vector<CLI::App*> verbs;
  for (const Program::Verb& verb : program.verbs) {
    CLI::App* sub = app.add_subcommand(verb.name, verb.description);
    sub->prefix_command(true);
    sub->set_help_flag();
    verbs.push_back(sub);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::fprintf(stderr, "houbu-%s: %s\n", program.name.c_str(), error.what());
    return static_cast<int>(ExitCode::kUsage);
  }
  for (std::size_t i = 0; i < verbs.size(); ++i) {
    if (!verbs[i]->parsed()) continue;
    line.verb = &program.verbs[i];
    line.arguments = verbs[i]->remaining();
  }
  return std::nullopt;
}

absl::Status ReadSources(const CommandLine& line, Sources& sources) {
  sources.flags = line.sets;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string variable = *entry;
    const std::size_t equals = variable.find('=');
    if (equals != std::string::npos) {
      sources.environment[variable.substr(0, equals)] = variable.substr(equals + 1);
    }
  }
  sources.file_name = line.config_file;
  if (line.config_file.empty()) return absl::OkStatus();
  std::optional<std::string> text = ReadFile(line.config_file);
  if (!text.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(line.config_file, ": cannot read the file"));
  }
  sources.file_text = *std::move(text);
  return absl::OkStatus();
}

void SetUpLog(const Program& program) {
  observe::LogOptions options;
  options.service = program.name;
  options.least = observe::ParseLevel(program.common->log_level).value_or(observe::Level::kInfo);
  observe::ConfigureLog(options);
}

async::Task<int> MigrateAndRun(const Program& program, Environment& env, const CommandLine& line) {
  postgres::Pool& pool = env.postgres();
  const absl::Span<const postgres::Migration> migrations = program.migrations;
  std::function<async::Task<void>()> migrate = [&pool, migrations] {
    return postgres::Migrate(pool, migrations);
  };
  const async::RetryPolicy policy;
  CO_RETURN_IF_ERROR(co_await async::Retry<void>(policy, std::move(migrate)));
  co_return co_await line.verb->run(env, line.arguments);
}

int RunVerb(const Program& program, Environment& env, const CommandLine& line) {
  int exit = kFailed;
  boost::asio::co_spawn(env.io_context(), MigrateAndRun(program, env, line),
                        [&](std::exception_ptr bug, const absl::StatusOr<int>& end) {
                          if (bug) std::rethrow_exception(bug);
                          if (end.ok()) {
                            exit = *end;
                          } else {
                            PrintLine(program.name, end.status());
                            exit = absl::IsUnavailable(end.status())
                                       ? static_cast<int>(ExitCode::kUnavailable)
                                       : kFailed;
                          }
                          env.postgres().Close();
                          env.io_context().stop();
                        });
  RunEventLoop(env.io_context());
  return exit;
}

int RunBuilt(const Program& program, const CommandLine& line) {
  absl::StatusOr<std::unique_ptr<Environment>> env =
      Environment::Create(program.name, *program.common);
  if (!env.ok()) {
    PrintLine(program.name, env.status());
    return static_cast<int>(ExitCode::kConfig);
  }
  if (line.check_config) {
    std::printf("houbu-%s: the configuration is good\n", program.name.c_str());
    return static_cast<int>(ExitCode::kOk);
  }
  if (line.verb != nullptr) return RunVerb(program, **env, line);
  observe::AddProcessFigures((*env)->metrics(), program.name, kVersion, SystemClock().Now());
  absl::StatusOr<Parts> parts = program.build(**env);
  if (!parts.ok()) {
    PrintLine(program.name, parts.status());
    return static_cast<int>(ExitCode::kConfig);
  }
  Host host(program, **env, *std::move(parts));
  return static_cast<int>(host.Run());
}

int RunParsed(const Program& program, const CommandLine& line) {
  Sources sources;
  const absl::Status read = ReadSources(line, sources);
  Binder binder;
  program.bind(binder);
  const absl::Status configured = read.ok() ? Load(binder, sources) : read;
  if (!configured.ok()) {
    PrintLine(program.name, configured);
    return static_cast<int>(ExitCode::kConfig);
  }
  SetUpLog(program);
  if (line.print_config) {
    std::printf("%s\n", PrintSettings(binder).c_str());
    return static_cast<int>(ExitCode::kOk);
  }
  return RunBuilt(program, line);
}

// A core file would hold keys and personal data in plain, and outlive them.
void LeaveNoCore() {
  const rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

}  // namespace

int RunProgram(int argc, char** argv, const Program& program) {
  LeaveNoCore();
  CommandLine line;
  const std::optional<int> decided = ReadCommandLine(argc, argv, program, line);
  if (decided.has_value()) return *decided;
  // Debian's Abseil looks for lock cycles at every lock, gRPC's included: a debugging aid that
  // costs each call a twentieth.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  try {
    return RunParsed(program, line);
  } catch (const std::exception& bug) {
    observe::Log(observe::Level::kError, "crash", {observe::Field("what", bug.what())});
  } catch (...) {
    observe::Log(observe::Level::kError, "crash");
  }
  return static_cast<int>(ExitCode::kCrash);
}

}  // namespace houbu::process
