#include "services/slot/rpc/trip_handlers.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/slot/domain/rules.h"
#include "services/slot/rpc/render.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr rpc::PageLimits kPageLimits{.size_default = 50, .size_max = 500};

// What a page token is good for: the same destination and days only.
std::string ListKey(const v1::ListTripsRequest& request) {
  v1::ListTripsRequest filter = request;
  filter.clear_page_size();
  filter.clear_page_token();
  return absl::StrCat("trips/", filter.SerializeAsString());
}

std::string TextOf(const TripPosition& position) {
  return absl::StrCat(FormatCivilDay(position.day), "/", position.booking);
}

std::optional<TripPosition> ParsePosition(Violations& violations, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('/', 1));
  const absl::StatusOr<absl::CivilDay> day = ParseCivilDay(parts.first);
  if (!day.ok()) {
    violations.Add("page_token", "is not a token of this list");
    return std::nullopt;
  }
  return TripPosition{*day, parts.second};
}

TripFilter ParseTripFilter(Violations& violations, const v1::ListTripsRequest& request) {
  TripFilter filter;
  filter.destination_country = request.destination_country();
  if (!filter.destination_country.empty() && !IsCountry(filter.destination_country)) {
    violations.Add("destination_country", "must be an ISO 3166-1 alpha-2 code in capitals");
  }
  if (request.has_from_date()) {
    filter.from_day = rpc::RequireDate(violations, "from_date", true, request.from_date());
  }
  if (request.has_to_date()) {
    filter.to_day = rpc::RequireDate(violations, "to_date", true, request.to_date());
  }
  if (filter.from_day.has_value() && filter.to_day.has_value() &&
      *filter.to_day < *filter.from_day) {
    violations.Add("to_date", "must not be before from_date");
  }
  filter.limit = rpc::PageSize(violations, request.page_size(), kPageLimits);
  const std::string position =
      rpc::DecodePageToken(violations, ListKey(request), request.page_token());
  filter.after = ParsePosition(violations, position);
  return filter;
}

}  // namespace

grpc::ServerUnaryReactor* TripHandlers::ListTrips(grpc::CallbackServerContext* context,
                                                  const v1::ListTripsRequest* request,
                                                  v1::ListTripsResponse* response) {
  return seam_.Run(context, request, response, this, &TripHandlers::List);
}

Task<v1::ListTripsResponse> TripHandlers::List(const rpc::Call&,
                                               const v1::ListTripsRequest& request) {
  Violations violations;
  TripFilter filter = ParseTripFilter(violations, request);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const TripPage page, co_await lookup_.List(std::move(filter)));
  v1::ListTripsResponse response;
  for (const PlannedTrip& trip : page.trips) *response.add_trips() = Render(trip);
  if (page.next.has_value()) {
    response.set_next_page_token(rpc::EncodePageToken(ListKey(request), TextOf(*page.next)));
  }
  co_return response;
}

}  // namespace houbu::slot
