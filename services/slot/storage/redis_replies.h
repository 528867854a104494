/// What the Redis functions are told and what they answer, as values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "libs/redis/reply.h"
#include "services/slot/app/inventory_index.h"

namespace houbu::slot {

/// Returns the named Refusal behind a function's refusal; other failures as they are.
absl::Status RefusalOf(const absl::Status& failure);

/// The arguments of houbu_load.
std::vector<std::string> LoadArguments(const RunState& state);

/// Reads unit numbers from a list of numbers.
std::vector<int> ParseUnits(const redis::Reply& reply);

/// Reads the whole index of `run` from the answer of houbu_state.
absl::StatusOr<IndexState> ParseIndexState(const std::string& run, const redis::Reply& reply);

/// Reads a match of `shard` from an entry of its stream; one that is no match is not `readable`.
absl::StatusOr<Match> ParseMatch(int shard, const redis::Reply& entry);

}  // namespace houbu::slot
