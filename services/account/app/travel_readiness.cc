#include "services/account/app/travel_readiness.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

/// What is missing under a book; nothing where it has no policy for the day.
std::vector<Missing> MissingUnder(const TravelPolicyBook& book, const Passenger& passenger,
                                  const PlannedTrip& trip) {
  const TravelPolicy* const policy = book.On(trip.travel_date);
  return policy == nullptr ? std::vector<Missing>()
                           : MissingFor(passenger, *policy, trip.destination, trip.travel_date);
}

/// What is missing under the new book and not under the old one.
std::vector<Missing> NewlyMissing(std::vector<Missing> after, const std::vector<Missing>& before) {
  after.erase(std::remove_if(after.begin(), after.end(),
                             [&before](const Missing& missing) {
                               return std::any_of(before.begin(), before.end(),
                                                  [&missing](const Missing& known) {
                                                    return SameThing(known, missing);
                                                  });
                             }),
              after.end());
  return after;
}

/// The account's passengers by the pseudonyms of all their documents.
std::map<std::string, const Passenger*> ByTraveller(const std::vector<Passenger>& passengers) {
  std::map<std::string, const Passenger*> found;
  for (const Passenger& passenger : passengers) {
    for (const PassengerDocument& held : passenger.documents) {
      if (!held.traveller_key.empty()) found.emplace(held.traveller_key, &passenger);
    }
  }
  return found;
}

}  // namespace

Task<Readiness> TravelReadiness::Check(std::string account, std::vector<std::string> ids,
                                       std::string destination, absl::CivilDay travel_date) {
  Readiness readiness;
  Violations violations;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    absl::StatusOr<Passenger> passenger = co_await passengers_.Load(account, ids[i]);
    if (passenger.ok()) {
      readiness.passengers.push_back({*std::move(passenger), {}});
      continue;
    }
    if (ReasonOf(passenger.status()) != kPassengerNotFound.reason) {
      co_return std::move(passenger).status();
    }
    violations.Add(absl::StrCat("passengers[", i, "]"), "is not one of your passengers");
  }
  const absl::StatusOr<const Country*> country = countries_.Resolve(destination);
  if (!country.ok()) {
    const Metadata metadata = MetadataOf(country.status());
    const auto names = metadata.find("names");
    violations.Add("destination", names == metadata.end() ? std::string(country.status().message())
                                                          : absl::StrCat(country.status().message(),
                                                                         " (", names->second, ")"));
  }
  if (travel_date < absl::ToCivilDay(clock_.Now(), absl::UTCTimeZone())) {
    violations.Add("travel_date", "must be today or later");
  }
  CO_RETURN_IF_ERROR(violations.ToStatus());
  const TravelPolicy* const policy = policies_.On(travel_date);
  if (policy == nullptr) {
    co_return Refuse(kNoTravelPolicy);
  }
  readiness.destination = (*country)->alpha2;
  readiness.policy = policy->id;
  for (PassengerReadiness& one : readiness.passengers) {
    one.missing = MissingFor(one.passenger, *policy, readiness.destination, travel_date);
  }
  co_return readiness;
}

Task<PolicyComparison> TravelReadiness::Compare(std::string policy,
                                                std::vector<PlannedTrip> trips) {
  const absl::StatusOr<TravelPolicyBook> proposed = reader_(policy);
  if (!proposed.ok()) {
    Metadata metadata;
    metadata["fault"] = std::string(proposed.status().message());
    co_return Refuse(kTravelPolicyMalformed, std::move(metadata));
  }
  Violations violations;
  for (std::size_t i = 0; i < trips.size(); ++i) {
    if (countries_.Find(trips[i].destination) == nullptr) {
      violations.Add(absl::StrCat("trips[", i, "].destination_code"), "is no country's code");
    }
  }
  CO_RETURN_IF_ERROR(violations.ToStatus());
  PolicyComparison comparison;
  std::map<std::string, std::vector<Passenger>> lists;
  for (std::size_t i = 0; i < trips.size(); ++i) {
    const std::string account = trips[i].account;
    if (lists.count(account) == 0) {
      ASSIGN_OR_CO_RETURN(std::vector<Passenger> listed,
                          co_await passengers_.List(account, "", kPassengersMax));
      lists[account] = std::move(listed);
    }
    const std::map<std::string, const Passenger*> travellers = ByTraveller(lists[account]);
    TripHit hit;
    hit.trip = trips[i];
    bool unknown = false;
    for (const std::string& key : trips[i].traveller_keys) {
      const auto found = travellers.find(key);
      if (found == travellers.end()) {
        unknown = true;
        continue;
      }
      std::vector<Missing> missing =
          NewlyMissing(MissingUnder(*proposed, *found->second, trips[i]),
                       MissingUnder(policies_, *found->second, trips[i]));
      if (!missing.empty()) {
        hit.travellers.push_back({key, NameOf(*found->second), std::move(missing)});
      }
    }
    if (unknown) comparison.unknown_travellers.push_back(trips[i].reference);
    if (!hit.travellers.empty()) comparison.hits.push_back(std::move(hit));
  }
  co_return comparison;
}

}  // namespace houbu::account
