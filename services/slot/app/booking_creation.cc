#include "services/slot/app/booking_creation.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::slot {

using async::Task;

absl::Status CheckParty(const std::vector<Traveller>& travellers) {
  Violations violations;
  if (travellers.empty() || travellers.size() > kBookingPartyMax) {
    violations.Add("statement", "must name 1 to 9 travellers");
  }
  std::set<std::string> keys;
  for (const Traveller& traveller : travellers) keys.insert(traveller.key);
  if (keys.size() != travellers.size()) {
    violations.Add("statement", "must name every traveller once");
  }
  return violations.ToStatus();
}

absl::StatusOr<std::string> LettersFor(const RunClass& run_class,
                                       const std::vector<Position>& wishes) {
  Violations violations;
  std::string letters;
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    const std::string at = LettersAt(run_class.positions, wishes[i]);
    if (at.empty()) {
      violations.Add(absl::StrCat("positions[", i, "]"), "is none that the class has");
    }
    letters += at;
  }
  if (!violations.empty()) return violations.ToStatus();
  return letters;
}

Task<std::string> BookingCreation::Create(BookingWish wish, Mutation<Booking> mutation) {
  const RequestKey key = mutation.key;
  auto answer = co_await Attempt(std::move(wish), std::move(mutation));
  if (answer.ok()) co_return answer;
  co_return co_await StoredAnswerOr(tools_.record, key, answer.status());
}

Task<std::string> BookingCreation::Attempt(BookingWish wish, Mutation<Booking> mutation) {
  const absl::Time now = tools_.clock.Now();
  PlacementOrder order;
  ASSIGN_OR_CO_RETURN(order.travellers,
                      statements_.Verify(wish.statement, wish.origin.account, now));
  CO_RETURN_IF_ERROR(CheckParty(order.travellers));
  ASSIGN_OR_CO_RETURN(order.run, co_await tools_.runs.Load(wish.run));
  if (order.run.kind == RunKind::kWindow && wish.destination_country.empty()) {
    Violations violations;
    violations.Add("destination_country", "is required for an appointment");
    co_return violations.ToStatus();
  }
  const RunClass* const run_class = FindClass(order.run, wish.class_code);
  if (run_class == nullptr) co_return Refuse(kClassUnknown);
  ASSIGN_OR_CO_RETURN(order.positions, LettersFor(*run_class, wish.positions));
  const std::optional<LegRange> legs = FindLegs(order.run, wish.from, wish.to);
  if (!legs.has_value()) co_return Refuse(kStretchUnknown);
  CO_RETURN_IF_ERROR(CheckSale(order.run, *legs, now, tools_.policy));

  order.origin = std::move(wish.origin);
  order.class_code = std::move(wish.class_code);
  order.legs = *legs;
  if (order.run.kind == RunKind::kWindow) {
    order.destination_country = std::move(wish.destination_country);
  }
  co_return co_await placement_.Book(std::move(order), std::move(mutation));
}

}  // namespace houbu::slot
