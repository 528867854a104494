#include "services/waitlist/domain/order.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"

namespace houbu::waitlist {
namespace {

constexpr std::array<std::pair<OrderState, const char*>, 6> kStates = {{
    {OrderState::kPendingPayment, "PENDING_PAYMENT"},
    {OrderState::kWaiting, "WAITING"},
    {OrderState::kServed, "SERVED"},
    {OrderState::kWithdrawn, "WITHDRAWN"},
    {OrderState::kFailed, "FAILED"},
    {OrderState::kLapsed, "LAPSED"},
}};

constexpr std::array<std::pair<EndReason, const char*>, 6> kReasons = {{
    {EndReason::kNone, ""},
    {EndReason::kNotEnoughPlaces, "NOT_ENOUGH_PLACES"},
    {EndReason::kItineraryConflict, "ITINERARY_CONFLICT"},
    {EndReason::kRealNameRule, "REAL_NAME_RULE"},
    {EndReason::kNotPaid, "NOT_PAID"},
    {EndReason::kOwner, "OWNER"},
}};

template <class Table, class Value>
absl::string_view NameIn(const Table& table, Value value) {
  for (const auto& [known, name] : table) {
    if (known == value) {
      return name;
    }
  }
  return "";
}

}  // namespace

absl::string_view OrderStateName(OrderState state) { return NameIn(kStates, state); }

absl::StatusOr<OrderState> ParseOrderState(absl::string_view name) {
  for (const auto& [state, known] : kStates) {
    if (name == known) {
      return state;
    }
  }
  return absl::InternalError(absl::StrCat("unknown order state ", name));
}

absl::string_view EndReasonName(EndReason reason) { return NameIn(kReasons, reason); }

absl::StatusOr<EndReason> ParseEndReason(absl::string_view name) {
  for (const auto& [reason, known] : kReasons) {
    if (name == known) {
      return reason;
    }
  }
  return absl::InternalError(absl::StrCat("unknown end reason ", name));
}

std::string NameOf(const Order& order) { return absl::StrCat("waitlistOrders/", order.id.value()); }

}  // namespace houbu::waitlist
