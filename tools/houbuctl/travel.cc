#include "tools/houbuctl/travel.h"

#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "libs/base/civil.h"
#include "libs/base/refusal.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/wire.h"

#include "houbu/account/v1/readiness.grpc.pb.h"

namespace houbu::ctl {
namespace {

using account::v1::CompareTravelPolicyRequest;
using account::v1::CompareTravelPolicyResponse;
using account::v1::MissingItem;
using account::v1::PlannedTrip;
using account::v1::TravellerHit;
using account::v1::TripHit;
using Json = nlohmann::json;
using Stub = account::v1::ReadinessService::Stub;

constexpr int kTripsInACall = 500;

/// The files that are compared.
struct Files {
  std::string policy;
  std::string trips;
};

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  return text.str();
}

absl::Status Malformed(const std::string& path, int line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(path, " line ", line, " ", what));
}

std::string TextOf(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// One line: {"reference", "account", "traveller_keys", "destination", "travel_date"}.
absl::StatusOr<PlannedTrip> TripOf(const std::string& path, int number, const std::string& line) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Malformed(path, number, "is no JSON object");
  PlannedTrip trip;
  trip.set_reference(TextOf(json, "reference"));
  trip.set_account(TextOf(json, "account"));
  trip.set_destination_code(TextOf(json, "destination"));
  if (!json.contains("traveller_keys") || !json["traveller_keys"].is_array()) {
    return Malformed(path, number, "needs the list traveller_keys");
  }
  for (const Json& key : json["traveller_keys"]) {
    if (!key.is_string()) return Malformed(path, number, "needs texts in traveller_keys");
    trip.add_traveller_keys(key.get<std::string>());
  }
  const absl::StatusOr<absl::CivilDay> day = ParseCivilDay(TextOf(json, "travel_date"));
  if (!day.ok()) return Malformed(path, number, "needs travel_date as 2027-02-14");
  *trip.mutable_travel_date() = rpc::ToWire(*day);
  return trip;
}

void ShowText(const TripHit& hit) {
  std::cout << hit.reference() << " of " << hit.account() << "\n";
  for (const TravellerHit& traveller : hit.travellers()) {
    for (const MissingItem& missing : traveller.missing()) {
      std::cout << "  " << traveller.passenger() << ": " << missing.reason();
      if (!missing.requirement().empty()) std::cout << " " << missing.requirement();
      std::cout << ": " << missing.text() << "\n";
    }
  }
}

void ShowJson(const TripHit& hit) {
  Json shown = {
      {"reference", hit.reference()}, {"account", hit.account()}, {"travellers", Json::array()}};
  for (const TravellerHit& traveller : hit.travellers()) {
    Json one = {{"passenger", traveller.passenger()},
                {"traveller_key", traveller.traveller_key()},
                {"missing", Json::array()}};
    for (const MissingItem& missing : traveller.missing()) {
      one["missing"].push_back({{"reason", missing.reason()},
                                {"requirement", missing.requirement()},
                                {"text", missing.text()}});
    }
    shown["travellers"].push_back(std::move(one));
  }
  std::cout << shown.dump() << "\n";
}

/// Asks about the trips gathered and shows what is hit; how many are.
absl::StatusOr<int> Compare(const Session& session, Stub& stub,
                            CompareTravelPolicyRequest& request) {
  if (request.trips().empty()) return 0;
  ASSIGN_OR_RETURN(const CompareTravelPolicyResponse answer,
                   session.Call(stub, &Stub::CompareTravelPolicy, request));
  request.clear_trips();
  for (const TripHit& hit : answer.hits()) {
    session.json() ? ShowJson(hit) : ShowText(hit);
  }
  for (const std::string& reference : answer.unknown_travellers()) {
    std::cerr << "houbuctl: " << reference
              << " has travellers who are in no list of the account any more" << std::endl;
  }
  return answer.hits_size();
}

absl::StatusOr<int> CompareAll(const Session& session, const Files& files) {
  CompareTravelPolicyRequest request;
  ASSIGN_OR_RETURN(*request.mutable_policy(), ReadWhole(files.policy));
  ASSIGN_OR_RETURN(const std::string trips, ReadWhole(files.trips));
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Account());
  Stub stub(channel);
  std::istringstream lines(trips);
  int number = 0;
  int hits = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.empty()) continue;
    ASSIGN_OR_RETURN(*request.add_trips(), TripOf(files.trips, number, line));
    if (request.trips_size() < kTripsInACall) continue;
    ASSIGN_OR_RETURN(const int more, Compare(session, stub, request));
    hits += more;
  }
  ASSIGN_OR_RETURN(const int last, Compare(session, stub, request));
  return hits + last;
}

}  // namespace

void AddTravel(CLI::App& app, Session& session, std::vector<Command>& commands) {
  CLI::App* topic = app.add_subcommand("travel", "What destinations demand of travellers.");
  topic->require_subcommand(1);
  auto files = std::make_shared<Files>();
  Command command;
  command.verb =
      topic->add_subcommand("compare", "Names the trips that a new travel policy file hits.");
  command.verb->add_option("--policy", files->policy, "The new file.")->required();
  command.verb->add_option("--trips", files->trips, "The trips, one JSON object a line.")
      ->required();
  command.run = [&session, files] {
    const absl::StatusOr<int> hits = CompareAll(session, *files);
    std::cout << std::flush;
    if (!hits.ok()) {
      const Metadata metadata = MetadataOf(hits.status());
      const auto fault = metadata.find("fault");
      if (fault == metadata.end()) return Complain(hits.status());
      std::cerr << "houbuctl: " << Explain(hits.status()) << " " << fault->second << std::endl;
      return ExitOf(hits.status());
    }
    return *hits == 0 ? Exit::kOk : Exit::kFound;
  };
  commands.push_back(std::move(command));
}

}  // namespace houbu::ctl
