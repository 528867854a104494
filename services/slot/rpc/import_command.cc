#include "services/slot/rpc/import_command.h"

#include <cstdio>
#include <functional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "libs/async/retry.h"
#include "libs/async/status_macros.h"
#include "libs/base/id.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr char kUsage[] =
    "import --gtfs DIR|ZIP [--classes CSV] [--windows CSV] [--feed NAME], or import DIR";
constexpr int kUsageExit = 64;
constexpr int kFaultsExit = 1;

absl::Status Misuse(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(what, "; usage: ", kUsage));
}

std::string WithoutSlash(absl::string_view path) {
  while (absl::EndsWith(path, "/")) path.remove_suffix(1);
  return std::string(path);
}

std::string BaseName(absl::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

std::string Figures(const ImportArguments& arguments, const ImportReport& report, int runs,
                    absl::Duration took) {
  return absl::StrFormat(
      "imported feed %s: %d stations, %d trips, %d stop times, %d classes, %d windows; "
      "%d runs opened; %.2f seconds",
      arguments.feed, report.stations, report.trips, report.stop_times, report.classes,
      report.windows, runs, absl::ToDoubleSeconds(took));
}

void PrintFaults(const FeedErrors& errors) {
  for (const FeedError& error : errors.reported()) {
    std::fprintf(stderr, "%s\n", Format(error).c_str());
  }
  const int reported = static_cast<int>(errors.reported().size());
  if (errors.count() > reported) {
    std::fprintf(stderr, "and %d more\n", errors.count() - reported);
  }
  std::fprintf(stderr, "nothing was imported: %d faults\n", errors.count());
}

}  // namespace

absl::StatusOr<ImportArguments> ParseImportArguments(const std::vector<std::string>& words) {
  ImportArguments arguments;
  if (words.size() == 1 && !absl::StartsWith(words[0], "-")) {
    const std::string folder = WithoutSlash(words[0]);
    arguments.feed = BaseName(folder);
    arguments.gtfs = absl::StrCat(folder, "/gtfs");
    arguments.classes = absl::StrCat(folder, "/classes.csv");
    arguments.windows = absl::StrCat(folder, "/windows.csv");
    if (!IsValidId(arguments.feed)) return Misuse("the folder's name must be [a-z0-9-]");
    return arguments;
  }
  for (std::size_t i = 0; i < words.size(); i += 2) {
    std::string* value = nullptr;
    if (words[i] == "--gtfs") value = &arguments.gtfs;
    if (words[i] == "--classes") value = &arguments.classes;
    if (words[i] == "--windows") value = &arguments.windows;
    if (words[i] == "--feed") value = &arguments.feed;
    if (value == nullptr) return Misuse(absl::StrCat("unknown argument ", words[i]));
    if (i + 1 == words.size() || words[i + 1].empty()) {
      return Misuse(absl::StrCat(words[i], " needs a value"));
    }
    *value = words[i + 1];
  }
  if (arguments.gtfs.empty() && arguments.windows.empty()) return Misuse("nothing to import");
  if (!arguments.classes.empty() && arguments.gtfs.empty()) {
    return Misuse("--classes is checked against its timetable: give --gtfs too");
  }
  if (!IsValidId(arguments.feed)) return Misuse("--feed must be 1 to 63 of [a-z0-9-]");
  return arguments;
}

Task<ImportFiles> ImportCommand::Read(ImportArguments arguments) {
  ImportFiles files;
  files.feed = arguments.feed;
  if (!arguments.gtfs.empty()) {
    ASSIGN_OR_CO_RETURN(files.gtfs, co_await tools_.source.ReadGtfs(arguments.gtfs));
  }
  if (!arguments.classes.empty()) {
    NamedText classes;
    classes.name = BaseName(arguments.classes);
    ASSIGN_OR_CO_RETURN(classes.text, co_await tools_.source.ReadText(arguments.classes));
    files.classes = std::move(classes);
  }
  if (!arguments.windows.empty()) {
    NamedText windows;
    windows.name = BaseName(arguments.windows);
    ASSIGN_OR_CO_RETURN(windows.text, co_await tools_.source.ReadText(arguments.windows));
    files.windows = std::move(windows);
  }
  co_return files;
}

Task<int> ImportCommand::Run(std::vector<std::string> words) {
  const absl::Time begun = tools_.clock.Now();
  const absl::StatusOr<ImportArguments> arguments = ParseImportArguments(words);
  if (!arguments.ok()) {
    std::fprintf(stderr, "%s\n", std::string(arguments.status().message()).c_str());
    co_return kUsageExit;
  }
  ASSIGN_OR_CO_RETURN(ImportFiles files, co_await Read(*arguments));
  ASSIGN_OR_CO_RETURN(const ImportReport report, co_await tools_.import.Import(std::move(files)));
  if (!report.errors.empty()) {
    PrintFaults(report.errors);
    co_return kFaultsExit;
  }
  CO_RETURN_IF_ERROR(co_await tools_.cache.Refresh());
  // A running service may be opening the same runs.
  std::function<Task<int>()> open = [this] { return tools_.opening.OpenHorizon(); };
  const async::RetryPolicy policy;
  ASSIGN_OR_CO_RETURN(const int runs, co_await async::Retry<int>(policy, std::move(open)));
  const std::string line = Figures(*arguments, report, runs, tools_.clock.Now() - begun);
  std::printf("%s\n", line.c_str());
  co_return 0;
}

}  // namespace houbu::slot
