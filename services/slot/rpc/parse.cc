#include "services/slot/rpc/parse.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/base/id.h"
#include "libs/base/text.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "services/slot/domain/rules.h"

namespace houbu::slot {
namespace {

constexpr int kCodeCharactersMax = 64;
constexpr int kNameCharactersMax = 200;
constexpr int kKeyCharactersMax = 128;
constexpr int kPositionsWishedMax = 6;

std::string ParseOnlyId(Violations& violations, absl::string_view field, absl::string_view name,
                        absl::string_view pattern) {
  return rpc::RequireName(violations, field, name, pattern).front();
}

std::optional<Position> ParsePosition(int wire) {
  switch (wire) {
    case v1::POSITION_WINDOW:
      return Position::kWindow;
    case v1::POSITION_AISLE:
      return Position::kAisle;
    case v1::POSITION_MIDDLE:
      return Position::kMiddle;
    case v1::POSITION_LOWER_BERTH:
      return Position::kLowerBerth;
    case v1::POSITION_MIDDLE_BERTH:
      return Position::kMiddleBerth;
    case v1::POSITION_UPPER_BERTH:
      return Position::kUpperBerth;
    default:
      return std::nullopt;
  }
}

}  // namespace

Origin OriginOf(const rpc::Call& call) {
  Origin origin;
  origin.account = call.caller.account;
  origin.traceparent = call.traceparent;
  return origin;
}

BookingId ParseBookingName(Violations& violations, absl::string_view field,
                           absl::string_view name) {
  return BookingId(ParseOnlyId(violations, field, name, "bookings/{booking}"));
}

RunId ParseRunName(Violations& violations, absl::string_view field, absl::string_view name) {
  return RunId(ParseOnlyId(violations, field, name, "runs/{run}"));
}

DemandId ParseDemandName(Violations& violations, absl::string_view field, absl::string_view name) {
  return DemandId(ParseOnlyId(violations, field, name, "demands/{demand}"));
}

SignedStatement ParseStatement(Violations& violations, bool set,
                               const type::v1::SignedStatement& wire) {
  SignedStatement statement;
  if (!set || wire.payload().empty() || wire.signature().empty() || wire.key_id().empty()) {
    violations.Add("statement", "is required, with key_id, payload and signature");
    return statement;
  }
  statement.key_id = wire.key_id();
  statement.payload = wire.payload();
  statement.signature = wire.signature();
  return statement;
}

BookingWish ParseBookingWish(Violations& violations, const v1::CreateBookingRequest& request) {
  BookingWish wish;
  wish.run = ParseRunName(violations, "run", request.run());
  rpc::RequireText(violations, "class_code", request.class_code(), kCodeCharactersMax);
  rpc::RequireText(violations, "from", request.from(), kCodeCharactersMax);
  rpc::RequireText(violations, "to", request.to(), kCodeCharactersMax);
  wish.class_code = request.class_code();
  wish.from = request.from();
  wish.to = request.to();
  wish.statement = ParseStatement(violations, request.has_statement(), request.statement());
  wish.destination_country = request.destination_country();
  if (!wish.destination_country.empty() && !IsCountry(wish.destination_country)) {
    violations.Add("destination_country", "must be an ISO 3166-1 alpha-2 code in capitals");
  }
  rpc::RequireCount(violations, "positions", request.positions_size(),
                    rpc::Range{0, kPositionsWishedMax});
  for (int i = 0; i < request.positions_size(); ++i) {
    const std::optional<Position> position = ParsePosition(request.positions(i));
    if (position.has_value()) wish.positions.push_back(*position);
    if (!position.has_value()) {
      violations.Add(absl::StrCat("positions[", i, "]"), "is not a known value");
    }
  }
  return wish;
}

DemandWish ParseDemandSpec(Violations& violations, bool set, const v1::DemandSpec& wire) {
  DemandWish wish;
  if (!set) {
    violations.Add("spec", "is required");
    return wish;
  }
  wish.run = ParseRunName(violations, "spec.run", wire.run());
  rpc::RequireText(violations, "spec.class_code", wire.class_code(), kCodeCharactersMax);
  rpc::RequireText(violations, "spec.from", wire.from(), kCodeCharactersMax);
  rpc::RequireText(violations, "spec.to", wire.to(), kCodeCharactersMax);
  wish.class_code = wire.class_code();
  wish.from = wire.from();
  wish.to = wire.to();
  return wish;
}

Enlistment ParseEnlistment(Violations& violations, const v1::EnlistDemandRequest& request) {
  Enlistment enlistment;
  if (!IsValidId(request.demand_id())) {
    violations.Add("demand_id", "must be 1 to 63 of [a-z0-9-], no dash first or last");
  }
  enlistment.id = DemandId(request.demand_id());
  rpc::RequireText(violations, "order", request.order(), kNameCharactersMax);
  enlistment.order = request.order();
  enlistment.wish = ParseDemandSpec(violations, request.has_spec(), request.spec());
  rpc::RequireCount(violations, "travellers", request.travellers_size(),
                    rpc::Range{1, kBookingPartyMax});
  for (int i = 0; i < request.travellers_size(); ++i) {
    const type::v1::Traveller& traveller = request.travellers(i);
    rpc::RequireText(violations, absl::StrCat("travellers[", i, "].traveller_key"),
                     traveller.traveller_key(), kKeyCharactersMax);
    enlistment.travellers.push_back(
        Traveller{traveller.traveller_key(), traveller.passenger(), traveller.masked_name()});
  }
  rpc::RequireName(violations, "account", request.account(), "accounts/{account}");
  enlistment.account = request.account();
  rpc::RequireName(violations, "payment", request.payment(), "payments/{payment}");
  enlistment.payment = request.payment();
  enlistment.effective_at = rpc::RequireTime(
      violations, "effective_time", request.has_effective_time(), request.effective_time());
  return enlistment;
}

BookingFilter ParseFilter(Violations& violations, const v1::ListBookingsRequest& request) {
  BookingFilter filter;
  rpc::RequireName(violations, "parent", request.parent(), "accounts/{account}");
  filter.account = request.parent();
  if (request.state() != v1::Booking::STATE_UNSPECIFIED) {
    const std::string& name = v1::Booking::State_Name(request.state());
    constexpr absl::string_view kPrefix = "STATE_";
    if (name.size() > kPrefix.size()) {
      filter.state = ParseBookingState(absl::string_view(name).substr(kPrefix.size()));
    }
    if (!filter.state.has_value()) violations.Add("state", "is not a known value");
  }
  if (request.has_from_date()) {
    filter.from_day = rpc::RequireDate(violations, "from_date", true, request.from_date());
  }
  if (request.has_to_date()) {
    filter.to_day = rpc::RequireDate(violations, "to_date", true, request.to_date());
  }
  rpc::AllowText(violations, "cancel_reason", request.cancel_reason(), kNameCharactersMax);
  filter.cancel_reason = request.cancel_reason();
  filter.limit = rpc::PageSize(violations, request.page_size());
  return filter;
}

}  // namespace houbu::slot
