/// What the Redis functions are told and what they answer, as values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "libs/redis/reply.h"
#include "services/slot/app/inventory_index.h"

namespace houbu::slot {

/// Returns the named Refusal behind a function's refusal; other failures as they are.
absl::Status RefusalOf(const absl::Status& failure);

/// Reads unit numbers from a list of numbers.
std::vector<int> ParseUnits(const redis::Reply& reply);

/// Reads a class from the answer of houbu_vacancy or houbu_state.
absl::StatusOr<ClassFree> ParseClass(const redis::Reply& reply);

/// Reads numbers separated by commas.
std::vector<int> NumbersIn(absl::string_view list);

/// Reads what is free of `run` from the answer of houbu_vacancy.
absl::StatusOr<RunVacancy> ParseVacancy(const std::string& run, const redis::Reply& reply);

/// Reads changes from the answer of houbu_changes.
absl::StatusOr<ChangePage> ParseChanges(const redis::Reply& reply);

/// Reads a match of `shard` from an entry of its stream; one that is no match is not `readable`.
absl::StatusOr<Match> ParseMatch(int shard, const redis::Reply& entry);

}  // namespace houbu::slot
