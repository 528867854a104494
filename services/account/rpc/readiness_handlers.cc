#include "services/account/rpc/readiness_handlers.h"

#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/account/rpc/ownership.h"
#include "services/account/rpc/passenger_wire.h"

namespace houbu::account {
namespace {

constexpr int kTripsMax = 500;
constexpr int kPolicyMax = 1'000'000;

v1::MissingItem ToWire(const Missing& missing) {
  v1::MissingItem wire;
  wire.set_reason(missing.reason);
  wire.set_requirement(missing.requirement);
  wire.set_text(missing.text);
  if (missing.needed_until.has_value()) {
    *wire.mutable_needed_until() = rpc::ToWire(*missing.needed_until);
  }
  wire.set_pages_needed(missing.pages_needed);
  for (const Acceptable& acceptable : missing.acceptable) {
    v1::AcceptableDocument& document = *wire.add_acceptable();
    document.set_type(ToWire(acceptable.type));
    document.set_country_code(acceptable.country);
    document.set_category(acceptable.category);
  }
  return wire;
}

v1::CheckTravelReadinessResponse ToWire(const Readiness& readiness) {
  v1::CheckTravelReadinessResponse wire;
  wire.set_ready(true);
  wire.set_destination_code(readiness.destination);
  wire.set_policy(readiness.policy);
  for (const PassengerReadiness& one : readiness.passengers) {
    v1::PassengerReadiness& passenger = *wire.add_passengers();
    passenger.set_passenger(NameOf(one.passenger));
    passenger.set_masked_full_name(MaskedName(one.passenger.full_name));
    for (const Missing& missing : one.missing) {
      *passenger.add_missing() = ToWire(missing);
      wire.set_ready(false);
    }
  }
  return wire;
}

v1::CompareTravelPolicyResponse ToWire(const PolicyComparison& comparison) {
  v1::CompareTravelPolicyResponse wire;
  for (const TripHit& hit : comparison.hits) {
    v1::TripHit& trip = *wire.add_hits();
    trip.set_reference(hit.trip.reference);
    trip.set_account(absl::StrCat("accounts/", hit.trip.account));
    for (const TravellerHit& one : hit.travellers) {
      v1::TravellerHit& traveller = *trip.add_travellers();
      traveller.set_traveller_key(one.traveller_key);
      traveller.set_passenger(one.passenger);
      for (const Missing& missing : one.missing) {
        *traveller.add_missing() = ToWire(missing);
      }
    }
  }
  for (const std::string& reference : comparison.unknown_travellers) {
    wire.add_unknown_travellers(reference);
  }
  return wire;
}

/// Reads the passengers' ids; each once, all of `account`.
std::vector<std::string> ReadPassengers(const v1::CheckTravelReadinessRequest& request,
                                        const std::string& account, Violations& violations) {
  rpc::RequireCount(violations, "passengers", request.passengers_size(), {1, kPassengersMax});
  std::vector<std::string> ids;
  std::set<std::string> seen;
  for (int i = 0; i < request.passengers_size(); ++i) {
    const std::string field = absl::StrCat("passengers[", i, "]");
    const std::string& name = request.passengers(i);
    const auto parts = rpc::ParseName("accounts/{account}/passengers/{passenger}", name);
    if (!parts.has_value() || parts->front() != account) {
      violations.Add(field, "is not one of your passengers");
    } else if (!seen.insert(name).second) {
      violations.Add(field, "comes twice");
    } else {
      ids.push_back(parts->back());
    }
  }
  return ids;
}

PlannedTrip ReadTrip(const v1::PlannedTrip& wire, const std::string& field,
                     Violations& violations) {
  PlannedTrip trip;
  trip.reference = wire.reference();
  rpc::RequireText(violations, absl::StrCat(field, ".reference"), wire.reference(), 200);
  trip.account = rpc::RequireName(violations, absl::StrCat(field, ".account"), wire.account(),
                                  "accounts/{account}")
                     .front();
  rpc::RequireCount(violations, absl::StrCat(field, ".traveller_keys"), wire.traveller_keys_size(),
                    {1, kPassengersMax});
  trip.traveller_keys = {wire.traveller_keys().begin(), wire.traveller_keys().end()};
  trip.destination = absl::AsciiStrToUpper(wire.destination_code());
  if (trip.destination.size() != 2) {
    violations.Add(absl::StrCat(field, ".destination_code"), "must be an ISO 3166-1 alpha-2 code");
  }
  trip.travel_date = rpc::RequireDate(violations, absl::StrCat(field, ".travel_date"),
                                      wire.has_travel_date(), wire.travel_date());
  return trip;
}

}  // namespace

Task<v1::CheckTravelReadinessResponse> ReadinessHandlers::Check(
    const rpc::Call& call, const v1::CheckTravelReadinessRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string account,
                      OwnAccount(call, "account", request.account(), kAccountNotFound));
  Violations violations;
  std::vector<std::string> ids = ReadPassengers(request, account, violations);
  rpc::RequireText(violations, "destination", request.destination(), 100);
  const absl::CivilDay day =
      rpc::RequireDate(violations, "travel_date", request.has_travel_date(), request.travel_date());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(
      const Readiness readiness,
      co_await readiness_.Check(std::move(account), std::move(ids), request.destination(), day));
  co_return ToWire(readiness);
}

Task<v1::CompareTravelPolicyResponse> ReadinessHandlers::Compare(
    const rpc::Call&, const v1::CompareTravelPolicyRequest& request) {
  Violations violations;
  if (request.policy().empty() || request.policy().size() > kPolicyMax) {
    violations.Add("policy", "must be a policy file of at most 1,000,000 bytes");
  }
  rpc::RequireCount(violations, "trips", request.trips_size(), {1, kTripsMax});
  std::vector<PlannedTrip> trips;
  for (int i = 0; i < request.trips_size(); ++i) {
    trips.push_back(ReadTrip(request.trips(i), absl::StrCat("trips[", i, "]"), violations));
  }
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const PolicyComparison comparison,
                      co_await readiness_.Compare(request.policy(), std::move(trips)));
  co_return ToWire(comparison);
}

}  // namespace houbu::account
