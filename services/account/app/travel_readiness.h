/// Whether people have what a journey takes, and whom a new policy hits.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "services/account/app/ports.h"
#include "services/account/domain/country.h"
#include "services/account/domain/readiness.h"
#include "services/account/domain/travel_policy.h"

namespace houbu::account {

/// A policy file that cannot be taken: metadata `fault`.
inline constexpr Refusal kTravelPolicyMalformed{
    absl::StatusCode::kInvalidArgument, "TRAVEL_POLICY_MALFORMED", "The policy file is not sound."};
/// There is no policy for so early a day.
inline constexpr Refusal kNoTravelPolicy{absl::StatusCode::kFailedPrecondition, "NO_TRAVEL_POLICY",
                                         "No travel policy holds on that day."};

/// What one passenger lacks.
struct PassengerReadiness {
  Passenger passenger;
  std::vector<Missing> missing;
};

/// What a party lacks for a journey.
struct Readiness {
  std::string destination;
  std::string policy;  ///< The version's id.
  std::vector<PassengerReadiness> passengers;
};

/// A trip somebody has planned, as the services that keep it know it.
struct PlannedTrip {
  std::string reference;
  std::string account;
  std::vector<std::string> traveller_keys;
  std::string destination;
  absl::CivilDay travel_date;
};

/// A traveller whom a new policy hits.
struct TravellerHit {
  std::string traveller_key;
  std::string passenger;
  std::vector<Missing> missing;
};

/// A trip that is hit.
struct TripHit {
  PlannedTrip trip;
  std::vector<TravellerHit> travellers;
};

/// What a new policy does to trips.
struct PolicyComparison {
  std::vector<TripHit> hits;
  std::vector<std::string> unknown_travellers;  ///< References.
};

/// Reads a policy file's text; INVALID_ARGUMENT says what is wrong.
using TravelPolicyReader = std::function<absl::StatusOr<TravelPolicyBook>(const std::string& text)>;

/// Checks journeys.
class TravelReadiness final {
 public:
  /// Uses what it is given, which must outlive it.
  TravelReadiness(PassengerStore& passengers, const CountryBook& countries,
                  const TravelPolicyBook& policies, TravelPolicyReader reader, const Clock& clock)
      : passengers_(passengers),
        countries_(countries),
        policies_(policies),
        reader_(std::move(reader)),
        clock_(clock) {}

  /// Lists what is missing. Names passengers that are not there, a destination that is not clear
  /// and a day that is over, all at once; NO_TRAVEL_POLICY.
  Task<Readiness> Check(std::string account, std::vector<std::string> ids, std::string destination,
                        absl::CivilDay travel_date);

  /// Compares a new policy with the one in force over trips to come. TRAVEL_POLICY_MALFORMED.
  Task<PolicyComparison> Compare(std::string policy, std::vector<PlannedTrip> trips);

 private:
  PassengerStore& passengers_;
  const CountryBook& countries_;
  const TravelPolicyBook& policies_;
  TravelPolicyReader reader_;
  const Clock& clock_;
};

}  // namespace houbu::account
