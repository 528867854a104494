/// Countries and travel policies as parts of the account service: their settings, and what they
/// become.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"

#include "libs/base/status_macros.h"
#include "libs/process/process.h"
#include "services/account/app/travel_readiness.h"
#include "services/account/rpc/country_handlers.h"
#include "services/account/rpc/readiness_handlers.h"
#include "services/account/storage/iso_countries.h"
#include "services/account/storage/shipped_travel.h"
#include "services/account/storage/travel_policy_file.h"

namespace houbu::account {

/// Where countries and travel policies come from.
struct ReadinessConfig {
  IsoCodes iso_codes;
  std::string travel_policy_file;

  /// Binds countries.* and travel.*.
  void Bind(process::Binder& binder) {
    binder.Optional("countries.json_dir", &iso_codes.json_dir,
                    "Where iso-codes keeps iso_3166-1.json and iso_3166-3.json.");
    binder.Optional("countries.locale_dir", &iso_codes.locale_dir,
                    "Where iso-codes keeps zh_CN/LC_MESSAGES/iso_3166-1.mo.");
    binder.OptionalFile("travel.policy_file", &travel_policy_file,
                        "Travel policies; without it those that are shipped.");
  }
};

/// Loads the countries and serves what is asked about them.
inline absl::StatusOr<const CountryBook*> BuildCountries(process::Parts& parts,
                                                         process::Environment& env,
                                                         const ReadinessConfig& config) {
  ASSIGN_OR_RETURN(CountryBook loaded, LoadCountries(config.iso_codes));
  const auto& countries = parts.Own<CountryBook>(std::move(loaded));
  parts.Serve<CountryHandlers>(env.seam(), countries);
  return &countries;
}

/// Loads the travel policies and serves what is asked about them.
inline absl::Status BuildReadiness(process::Parts& parts, process::Environment& env,
                                   const ReadinessConfig& config, const CountryBook& countries,
                                   PassengerStore& passengers) {
  ASSIGN_OR_RETURN(
      TravelPolicyBook loaded,
      config.travel_policy_file.empty()
          ? ParseTravelPolicies(kShippedTravel, "the shipped travel policies", countries)
          : LoadTravelPolicies(config.travel_policy_file, countries));
  const auto& policies = parts.Own<TravelPolicyBook>(std::move(loaded));
  TravelPolicyReader reader = [&countries](const std::string& text) {
    return ParseTravelPolicies(text, "policy", countries);
  };
  auto& readiness =
      parts.Own<TravelReadiness>(passengers, countries, policies, std::move(reader), env.clock());
  parts.Serve<ReadinessHandlers>(env.seam(), readiness);
  return absl::OkStatus();
}

}  // namespace houbu::account
