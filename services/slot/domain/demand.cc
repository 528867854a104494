#include "services/slot/domain/demand.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace houbu::slot {
namespace {

struct StateName {
  DemandState state;
  const char* name;
};

constexpr StateName kStateNames[] = {
    {DemandState::kWaiting, "WAITING"}, {DemandState::kMatched, "MATCHED"},
    {DemandState::kServed, "SERVED"},   {DemandState::kWithdrawn, "WITHDRAWN"},
    {DemandState::kFailed, "FAILED"},
};

absl::StatusOr<Demand> Move(Demand demand, DemandState from, DemandState to) {
  if (demand.state != from) return Refuse(kDemandDecided);
  demand.state = to;
  ++demand.version;
  return demand;
}

}  // namespace

std::string NameOf(const DemandId& id) { return absl::StrCat("demands/", id.value()); }

absl::string_view NameOf(DemandState state) {
  for (const StateName& entry : kStateNames) {
    if (entry.state == state) return entry.name;
  }
  return "";
}

std::optional<DemandState> ParseDemandState(absl::string_view name) {
  for (const StateName& entry : kStateNames) {
    if (entry.name == name) return entry.state;
  }
  return std::nullopt;
}

DemandKind KindOf(const Demand& demand) {
  return DemandKind{demand.class_code, demand.legs, static_cast<int>(demand.travellers.size())};
}

absl::StatusOr<Demand> MatchWith(Demand demand, MatchTerms terms) {
  demand.units = std::move(terms.units);
  demand.booking = std::move(terms.booking);
  demand.fare = terms.fare;
  return Move(std::move(demand), DemandState::kWaiting, DemandState::kMatched);
}

absl::StatusOr<Demand> Serve(Demand demand) {
  return Move(std::move(demand), DemandState::kMatched, DemandState::kServed);
}

absl::StatusOr<Demand> Decline(Demand demand) {
  return Move(std::move(demand), DemandState::kMatched, DemandState::kWithdrawn);
}

absl::StatusOr<Demand> Withdraw(Demand demand) {
  return Move(std::move(demand), DemandState::kWaiting, DemandState::kWithdrawn);
}

absl::StatusOr<Demand> Fail(Demand demand, absl::string_view reason) {
  demand.fail_reason = std::string(reason);
  return Move(std::move(demand), DemandState::kWaiting, DemandState::kFailed);
}

}  // namespace houbu::slot
