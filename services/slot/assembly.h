/// The slot service put together: its rooms in one process, as main.cc runs it and as the
/// benchmark's server does with something beside it to compare with.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "libs/async/task.h"
#include "libs/postgres/group_commit.h"
#include "libs/process/common_config.h"
#include "libs/process/config.h"
#include "libs/process/environment.h"
#include "libs/process/process.h"
#include "services/slot/app/direct_inventory.h"
#include "services/slot/domain/rules.h"
#include "services/slot/domain/run_draft.h"

namespace houbu::slot {

/// What an operator sets.
struct SlotConfig {
  process::CommonConfig common;
  BookingPolicy policy;
  RunOpeningPolicy opening;
  int shards = 16;
  int search_memory_mib = 512;
  int without_index_per_second = DirectPolicy().sales_per_second;
  int diff_runs_per_second = 5;
  postgres::GroupCommitOptions commits;

  void Bind(process::Binder& binder) {
    common.Bind(binder);
    common.BindRedis(binder);
    common.BindPeer(binder, "payment");
    common.BindPeer(binder, "notification");
    common.BindPeer(binder, "waitlist");
    common.BindPeer(binder, "account");
    binder.Optional("inventory.shards", &shards, "Shards of the inventory; never changed later.",
                    process::Range{.least = 1, .most = 100});
    binder.Optional("inventory.without_index_per_second", &without_index_per_second,
                    "How many bookings a second are made while the index is away.",
                    process::Range{.least = 0, .most = 100000});
    binder.Optional("inventory.diff_runs_per_second", &diff_runs_per_second,
                    "How many runs a second are compared with their index.",
                    process::Range{.least = 0, .most = 1000});
    binder.Optional("commits.batch_max", &commits.batch_max, "Changes in one commit.",
                    process::Range{.least = 1, .most = 4096});
    binder.Optional("commits.lanes", &commits.lanes,
                    "Commits written at a time, each on a connection of its own.",
                    process::Range{.least = 1, .most = 64});
    binder.Optional("search.memory_mib", &search_memory_mib,
                    "How much of what is free is kept in memory for searches, MiB.",
                    process::Range{.least = 1, .most = 1 << 20});
    binder.Optional("policy.hold", &policy.hold, "How long a booking waits for its payment.");
    binder.Optional("policy.days_ahead_min", &policy.days_ahead_min,
                    "The latest an appointment can be booked, in days before.",
                    process::Range{.least = 0, .most = 365});
    binder.Optional("policy.days_ahead_max", &policy.days_ahead_max,
                    "The earliest an appointment can be booked, in days before.",
                    process::Range{.least = 0, .most = 365});
    binder.Optional("catalogue.open_days", &opening.open_days,
                    "How many days ahead runs are opened.",
                    process::Range{.least = 1, .most = 365});
    binder.Optional("catalogue.presale_days", &opening.presale_days,
                    "How many days ahead the sale of a run opens.",
                    process::Range{.least = 1, .most = 365});
  }
};

/// Builds the service without any I/O.
absl::StatusOr<process::Parts> BuildSlot(process::Environment& env, const SlotConfig& config);

/// Takes in timetables, classes and windows: the `import` verb. `words` are those after the verb.
async::Task<int> RunImport(process::Environment& env, const SlotConfig& config,
                           std::vector<std::string> words);

/// Gives all that process::Run() needs to know: name, migrations, the build and the verbs.
process::Service<SlotConfig> SlotService();

}  // namespace houbu::slot
