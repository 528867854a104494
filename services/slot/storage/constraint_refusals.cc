#include "services/slot/storage/constraint_refusals.h"

#include <string>

#include "libs/postgres/errors.h"
#include "services/slot/app/change.h"
#include "services/slot/domain/rules.h"

namespace houbu::slot {
namespace {

struct Meaning {
  const char* constraint;
  const Refusal* refusal;
};

constexpr Meaning kMeanings[] = {
    {"allocations_one_per_leg", &kPlaceTaken},
    {"leg_counts_within_capacity", &kPlaceTaken},
    {"journeys_one_per_run", &kOneTicketPerRun},
    {"journeys_no_overlap", &kItineraryConflict},
    {"demands_pkey", &kDemandExists},
};

}  // namespace

absl::Status RefusalOfConstraint(const absl::Status& failure) {
  const std::string constraint = postgres::ConstraintOf(failure);
  for (const Meaning& meaning : kMeanings) {
    if (constraint == meaning.constraint) return Refuse(*meaning.refusal);
  }
  return failure;
}

}  // namespace houbu::slot
