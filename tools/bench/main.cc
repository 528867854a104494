// The load generator as a program: reads one JSON object a line, says how that slice of load went
// in one JSON object a line. Connections stay open between slices.
//
//     {"scenario": "echo", "bytes": 100, "in_flight": 512, "seconds": 2, "warm_up": 0.3}
//
// "per_second" makes an open loop; what else a scenario needs is told in scenarios.h.
#include <sys/resource.h>

#include <iostream>
#include <string>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include <nlohmann/json.hpp>

#include "CLI/CLI.hpp"
#include "libs/base/clock.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/identity/keys.h"
#include "libs/rpc/tls.h"
#include "tools/bench/accounts.h"
#include "tools/bench/generator.h"
#include "tools/bench/scenarios.h"

namespace houbu::bench {
namespace {

using nlohmann::json;

/// What the command line says.
struct Flags {
  std::string target;
  rpc::TlsFiles tls;
  std::string seed_file;
  int connections = 4;
  double ahead_seconds = 0;
};

/// The system's clock, and so far ahead: a stack whose clocks were moved has tokens of its own
/// time.
class ClockAhead final : public Clock {
 public:
  explicit ClockAhead(absl::Duration ahead) : ahead_(ahead) {}
  absl::Time Now() const override { return system_.Now() + ahead_; }

 private:
  SystemClock system_;
  absl::Duration ahead_;
};

double Microseconds(absl::Duration duration) { return absl::ToDoubleMicroseconds(duration); }

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Slice SliceOf(const json& wish) {
  Slice slice;
  slice.in_flight = wish.value("in_flight", 1);
  slice.per_second = wish.value("per_second", 0.0);
  slice.warm_up = absl::Seconds(wish.value("warm_up", 0.0));
  slice.length = absl::Seconds(wish.value("seconds", 1.0));
  return slice;
}

json Told(const SliceReport& report, double cpu_seconds) {
  const double seconds = absl::ToDoubleSeconds(report.length);
  const auto succeeded = static_cast<double>(report.succeeded);
  json told;
  told["succeeded"] = report.succeeded;
  told["failures"] = report.failures;
  told["seconds"] = seconds;
  told["per_second"] = seconds > 0 ? succeeded / seconds : 0.0;
  told["ran_out"] = report.ran_out;
  told["answer_bytes"] =
      report.succeeded > 0 ? static_cast<double>(report.answer_bytes) / succeeded : 0.0;
  told["client_cpu_seconds"] = cpu_seconds;
  told["latency_us"] = {{"p50", Microseconds(report.latencies.Percentile(0.5))},
                        {"p90", Microseconds(report.latencies.Percentile(0.9))},
                        {"p99", Microseconds(report.latencies.Percentile(0.99))},
                        {"p999", Microseconds(report.latencies.Percentile(0.999))},
                        {"max", Microseconds(report.latencies.max())}};
  return told;
}

absl::StatusOr<json> RunOne(const std::string& line, Scenarios& scenarios, Generator& generator) {
  try {
    const json wish = json::parse(line);
    ASSIGN_OR_RETURN(const std::unique_ptr<CallSource> source, scenarios.Make(wish));
    // Whoever reads this line knows that what follows is load, and can look at the clocks.
    std::cout << json({{"ready", true}}).dump() << std::endl;
    const double before = CpuSeconds();
    const SliceReport report = generator.Run(SliceOf(wish), *source);
    return Told(report, CpuSeconds() - before);
  } catch (const json::exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
}

absl::Status Serve(const Flags& flags) {
  ASSIGN_OR_RETURN(const rpc::Tls tls, rpc::LoadTls(flags.tls));
  ASSIGN_OR_RETURN(identity::Signer signer, identity::Signer::FromSeedFile(flags.seed_file));
  const ClockAhead clock(absl::Seconds(flags.ahead_seconds));
  Accounts accounts(std::move(signer), clock);
  Scenarios scenarios(accounts);
  Generator generator(flags.target, tls, flags.connections);
  std::string line;
  while (std::getline(std::cin, line)) {
    ASSIGN_OR_RETURN(const json told, RunOne(line, scenarios, generator));
    std::cout << told.dump() << std::endl;
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace houbu::bench

int main(int argc, char** argv) {
  houbu::bench::Flags flags;
  CLI::App app("Puts load on a slot server, slice by slice");
  app.add_option("--target", flags.target, "host:port of the server")->required();
  app.add_option("--ca", flags.tls.ca, "PEM of the authority")->required();
  app.add_option("--certificate", flags.tls.certificate, "PEM of the gateway")->required();
  app.add_option("--key", flags.tls.key, "PEM of its private key")->required();
  app.add_option("--seed-file", flags.seed_file, "account's signing seed, hex")->required();
  app.add_option("--ahead", flags.ahead_seconds, "seconds the stack's clocks are ahead");
  app.add_option("--connections", flags.connections, "connections to the server");
  CLI11_PARSE(app, argc, argv);
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);  // as servers do
  const absl::Status ended = houbu::bench::Serve(flags);
  if (!ended.ok()) std::cerr << "houbu-bench: " << ended << "\n";
  return ended.ok() ? 0 : 1;
}
