#include "services/slot/rpc/parse_search.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "libs/base/text.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"

namespace houbu::slot {
namespace {

constexpr int kPlaceCharactersMax = 100;
constexpr int kCodeCharactersMax = 64;
constexpr int kTypeCharactersMax = 4;
constexpr int kFilterValuesMax = 20;
constexpr int kConnectionsMax = 50;
constexpr int kDayMinutes = 24 * 60;
constexpr rpc::PageLimits kJourneyPages{.size_default = 100, .size_max = 500};

// Minutes of the day in "HH:MM", to 24:00.
std::optional<int> MinutesIn(const std::string& text) {
  const auto digit = [&](std::size_t at) { return absl::ascii_isdigit(text[at]) != 0; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) {
    return std::nullopt;
  }
  const int hours = (text[0] - '0') * 10 + text[1] - '0';
  const int minutes = (text[3] - '0') * 10 + text[4] - '0';
  if (minutes > 59 || hours * 60 + minutes > kDayMinutes) return std::nullopt;
  return hours * 60 + minutes;
}

void ParseTypes(Violations& violations, const v1::SearchJourneysRequest& request,
                JourneyFilter& filter) {
  rpc::RequireCount(violations, "train_types", request.train_types_size(),
                    rpc::Range{0, kFilterValuesMax});
  for (int i = 0; i < request.train_types_size(); ++i) {
    const std::string& type = request.train_types(i);
    bool fits = type == "0" || (!type.empty() && type.size() <= kTypeCharactersMax);
    for (const char c : type) fits = fits && (type == "0" || absl::ascii_isupper(c));
    if (!fits) {
      violations.Add(absl::StrCat("train_types[", i, "]"),
                     "must be 1 to 4 capital letters, or 0 for numbers without");
    }
    filter.train_types.push_back(type);
  }
}

void ParseClasses(Violations& violations, const v1::SearchJourneysRequest& request,
                  JourneyFilter& filter) {
  rpc::RequireCount(violations, "class_codes", request.class_codes_size(),
                    rpc::Range{0, kFilterValuesMax});
  for (int i = 0; i < request.class_codes_size(); ++i) {
    rpc::RequireText(violations, absl::StrCat("class_codes[", i, "]"), request.class_codes(i),
                     kCodeCharactersMax);
    filter.classes.push_back(request.class_codes(i));
  }
}

void ParseTimes(Violations& violations, const v1::SearchJourneysRequest& request,
                JourneyFilter& filter) {
  const std::string& earliest = request.earliest_departure();
  const std::string& latest = request.latest_departure();
  const std::optional<int> from = earliest.empty() ? 0 : MinutesIn(earliest);
  const std::optional<int> to = latest.empty() ? kDayMinutes : MinutesIn(latest);
  if (!from.has_value() || *from == kDayMinutes) {
    violations.Add("earliest_departure", "must be a time of the day, HH:MM from 00:00 to 23:59");
  }
  if (!to.has_value() || *to == 0) {
    violations.Add("latest_departure", "must be a time of the day, HH:MM from 00:01 to 24:00");
  } else if (from.has_value() && *from >= *to) {
    violations.Add("latest_departure", "must be after earliest_departure");
  }
  filter.departs_from = from.value_or(0);
  filter.departs_to = to.value_or(kDayMinutes);
}

JourneyOrder ParseOrder(Violations& violations, const v1::SearchJourneysRequest& request) {
  switch (request.order()) {
    case v1::SearchJourneysRequest::ORDER_UNSPECIFIED:
    case v1::SearchJourneysRequest::ORDER_DEPARTURE:
      return JourneyOrder::kDeparture;
    case v1::SearchJourneysRequest::ORDER_DURATION:
      return JourneyOrder::kDuration;
    case v1::SearchJourneysRequest::ORDER_PRICE:
      return JourneyOrder::kPrice;
    default:
      violations.Add("order", "is not a known value");
      return JourneyOrder::kDeparture;
  }
}

}  // namespace

std::string ListKeyOf(const v1::SearchJourneysRequest& request) {
  v1::SearchJourneysRequest filter = request;
  filter.clear_page_size();
  filter.clear_page_token();
  filter.clear_max_connections();
  return filter.SerializeAsString();
}

JourneyQuery ParseSearch(Violations& violations, const v1::SearchJourneysRequest& request) {
  JourneyQuery query;
  rpc::RequireText(violations, "origin", request.origin(), kPlaceCharactersMax);
  rpc::RequireText(violations, "destination", request.destination(), kPlaceCharactersMax);
  if (!request.origin().empty() && request.origin() == request.destination()) {
    violations.Add("destination", "must differ from origin");
  }
  query.origin = request.origin();
  query.destination = request.destination();
  query.day = rpc::RequireDate(violations, "date", request.has_date(), request.date());
  ParseTypes(violations, request, query.filter);
  ParseClasses(violations, request, query.filter);
  ParseTimes(violations, request, query.filter);
  query.order = ParseOrder(violations, request);
  query.limit = rpc::PageSize(violations, request.page_size(), kJourneyPages);
  if (!request.page_token().empty()) {
    query.after = rpc::DecodePageToken(violations, ListKeyOf(request), request.page_token());
  }
  rpc::RequireInRange(violations, "max_connections", request.max_connections(),
                      rpc::Range{0, kConnectionsMax});
  query.connections = request.max_connections();
  return query;
}

WindowQuery ParseSearch(Violations& violations, const v1::SearchWindowsRequest& request) {
  WindowQuery query;
  rpc::RequireText(violations, "station", request.station(), kPlaceCharactersMax);
  rpc::RequireText(violations, "class_code", request.class_code(), kCodeCharactersMax);
  query.day = rpc::RequireDate(violations, "date", request.has_date(), request.date());
  query.station = request.station();
  query.class_code = request.class_code();
  return query;
}

}  // namespace houbu::slot
