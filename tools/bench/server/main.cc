// The benchmark's server: the slot service as it is, and beside it what it is compared with.
#include "libs/process/process.h"
#include "services/slot/assembly.h"
#include "tools/bench/server/seat_table.h"
#include "tools/bench/server/skip_locked_handlers.h"

namespace houbu::bench {
namespace {

constexpr absl::Duration kAcquireTimeout = absl::Seconds(30);

absl::StatusOr<process::Parts> BuildBench(process::Environment& env,
                                          const slot::SlotConfig& config) {
  absl::StatusOr<process::Parts> parts = slot::BuildSlot(env, config);
  if (!parts.ok()) return parts;
  // Deliveries are other services' work and this one's later; what is measured is the booking.
  parts->outbox_calls_max = 0;
  auto& table = parts->Own<SeatTable>(env.postgres());
  parts->preparations.push_back({"seat_table", [&table] { return table.Prepare(); }});
  postgres::PoolOptions database;
  database.conninfo = config.common.postgres_conninfo;
  database.application_name = "houbu-bench";
  database.acquire_timeout = kAcquireTimeout;
  parts->Serve<SkipLockedHandlers>(
      SkipLockedHandlers::Tools{env.seam(), env.clock(), env.ids(), env.executor(), database});
  return parts;
}

}  // namespace
}  // namespace houbu::bench

int main(int argc, char** argv) {
  auto service = houbu::slot::SlotService();
  service.build = houbu::bench::BuildBench;
  return houbu::process::Run(argc, argv, service);
}
