/// What is measured: the calls of each scenario, made before the load begins.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include <nlohmann/json.hpp>

#include "tools/bench/accounts.h"
#include "tools/bench/generator.h"

namespace houbu::bench {

/// Makes calls as a JSON object asks for them:
///
///     {"scenario": "echo", "bytes": 900}
///     {"scenario": "search", "searches": [{"origin": "...", "destination": "...",
///                                          "date": "2026-11-30"}]}
///     {"scenario": "book", "calls": 20000, "class": "second", "trip": 5, "accounts": 1000,
///      "routes": [{"runs": ["runs/..."], "stations": ["..."]}]}
///     {"scenario": "start_payments", "payments": [["payments/pm-...", "accounts/ac-..."]]}
///     {"scenario": "skip_locked", "calls": 20000, "runs": ["runs/..."], "legs": 20, "trip": 5,
///      "accounts": 1000, "connections": 16, "one_statement": false}
///
/// Echo and search repeat their calls for ever; bookings are made once each, every one for another
/// traveller, over a random stretch of `trip` legs of a random run, "destination_country" with it
/// where appointments are booked. Payments are started once each on the sandbox channel by their
/// owners, whoever made them.
class Scenarios final {
 public:
  /// Signs with `accounts`, which must outlive this.
  explicit Scenarios(Accounts& accounts) : accounts_(accounts), random_(std::random_device()()) {}

  /// Makes the calls; INVALID_ARGUMENT for a scenario there is not.
  absl::StatusOr<std::unique_ptr<CallSource>> Make(const nlohmann::json& wish);

 private:
  std::vector<Call> Bookings(const nlohmann::json& wish);
  std::vector<Call> Payments(const nlohmann::json& wish);
  std::vector<Call> Seats(const nlohmann::json& wish);
  int Below(int limit);
  std::string RequestId();

  Accounts& accounts_;
  std::mt19937_64 random_;
};

}  // namespace houbu::bench
