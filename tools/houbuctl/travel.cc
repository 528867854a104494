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
#include "houbu/slot/v1/trip.grpc.pb.h"

namespace houbu::ctl {
namespace {

using account::v1::CompareTravelPolicyRequest;
using account::v1::CompareTravelPolicyResponse;
using account::v1::MissingItem;
using account::v1::PlannedTrip;
using account::v1::TravellerHit;
using account::v1::TripHit;
using slot::v1::ListTripsRequest;
using slot::v1::ListTripsResponse;
using slot::v1::Trip;
using Json = nlohmann::json;
using Stub = account::v1::ReadinessService::Stub;
using TripStub = slot::v1::TripService::Stub;

constexpr int kTripsInACall = 500;

/// What is to be compared.
struct Wanted {
  std::string policy;       ///< A file.
  std::string trips;        ///< A file; empty for what slot has to `destination`.
  std::string destination;  ///< ISO 3166-1 alpha-2.
  std::string from;         ///< A day; empty for any.
  std::string to;
};

/// Why a trip cannot be judged: for programs, and for people.
struct Unjudged {
  const char* reason;
  const char* text;
};

constexpr Unjudged kTravellersUnknown = {
    "TRAVELLERS_UNKNOWN", "it has travellers who are in no list of the account any more"};
constexpr Unjudged kDestinationUnknown = {"DESTINATION_UNKNOWN", "nobody said where it goes"};

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

/// Says of a trip that it cannot be judged, and why.
void ShowUnjudged(const Session& session, const std::string& reference, const Unjudged& why) {
  if (session.json()) {
    std::cout << Json({{"reference", reference}, {"cannot_be_judged", why.reason}}).dump() << "\n";
    return;
  }
  std::cerr << "houbuctl: " << reference << " cannot be judged: " << why.text << std::endl;
}

/// Asks about trips and shows what is hit; how many are.
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
    ShowUnjudged(session, reference, kTravellersUnknown);
  }
  return answer.hits_size();
}

/// Compares over the trips of a file.
absl::StatusOr<int> CompareFile(const Session& session, const Wanted& wanted, Stub& stub,
                                CompareTravelPolicyRequest& request) {
  ASSIGN_OR_RETURN(const std::string trips, ReadWhole(wanted.trips));
  std::istringstream lines(trips);
  int number = 0;
  int hits = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.empty()) continue;
    ASSIGN_OR_RETURN(*request.add_trips(), TripOf(wanted.trips, number, line));
    if (request.trips_size() < kTripsInACall) continue;
    ASSIGN_OR_RETURN(const int more, Compare(session, stub, request));
    hits += more;
  }
  ASSIGN_OR_RETURN(const int last, Compare(session, stub, request));
  return hits + last;
}

PlannedTrip PlannedOf(const Trip& trip) {
  PlannedTrip planned;
  planned.set_reference(trip.booking());
  planned.set_account(trip.account());
  *planned.mutable_traveller_keys() = trip.traveller_keys();
  planned.set_destination_code(trip.destination_country());
  *planned.mutable_travel_date() = trip.travel_date();
  return planned;
}

absl::StatusOr<ListTripsRequest> AskFor(const Wanted& wanted) {
  ListTripsRequest request;
  request.set_page_size(kTripsInACall);
  if (!wanted.from.empty()) {
    ASSIGN_OR_RETURN(const absl::CivilDay from, ParseCivilDay(wanted.from));
    *request.mutable_from_date() = rpc::ToWire(from);
  }
  if (!wanted.to.empty()) {
    ASSIGN_OR_RETURN(const absl::CivilDay to, ParseCivilDay(wanted.to));
    *request.mutable_to_date() = rpc::ToWire(to);
  }
  return request;
}

/// Gives each page of the trips slot has to `take`, until there are no more.
template <class Take>
absl::Status ForEachPage(const Session& session, TripStub& slot, ListTripsRequest asked,
                         const Take& take) {
  do {
    ASSIGN_OR_RETURN(const ListTripsResponse page, session.Call(slot, &TripStub::ListTrips, asked));
    RETURN_IF_ERROR(take(page));
    asked.set_page_token(page.next_page_token());
  } while (!asked.page_token().empty());
  return absl::OkStatus();
}

/// Compares over the trips that slot has: those to the destination, and names those to nobody
/// knows where.
absl::StatusOr<int> CompareBooked(const Session& session, const Wanted& wanted, Stub& stub,
                                  CompareTravelPolicyRequest& request) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Slot());
  TripStub slot(channel);
  ASSIGN_OR_RETURN(ListTripsRequest asked, AskFor(wanted));
  int hits = 0;
  const auto judge = [&](const ListTripsResponse& page) -> absl::Status {
    for (const Trip& trip : page.trips()) *request.add_trips() = PlannedOf(trip);
    ASSIGN_OR_RETURN(const int more, Compare(session, stub, request));
    hits += more;
    return absl::OkStatus();
  };
  const auto name = [&](const ListTripsResponse& page) {
    for (const Trip& trip : page.trips()) {
      ShowUnjudged(session, trip.booking(), kDestinationUnknown);
    }
    return absl::OkStatus();
  };
  asked.set_destination_country(wanted.destination);
  RETURN_IF_ERROR(ForEachPage(session, slot, asked, judge));
  asked.clear_destination_country();
  RETURN_IF_ERROR(ForEachPage(session, slot, asked, name));
  return hits;
}

absl::StatusOr<int> CompareAll(const Session& session, const Wanted& wanted) {
  CompareTravelPolicyRequest request;
  ASSIGN_OR_RETURN(*request.mutable_policy(), ReadWhole(wanted.policy));
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Account());
  Stub stub(channel);
  if (wanted.trips.empty()) return CompareBooked(session, wanted, stub, request);
  return CompareFile(session, wanted, stub, request);
}

/// The options of `compare`. Trips come from a file or from slot.
void AddOptions(CLI::App& verb, Wanted& wanted) {
  verb.add_option("--policy", wanted.policy, "The new file.")->required();
  CLI::App* trips = verb.add_option_group("trips", "Which trips.");
  CLI::Option* file =
      trips->add_option("--trips", wanted.trips, "The trips, one JSON object a line.");
  trips->add_option("--destination", wanted.destination,
                    "All that slot has to this country, ISO 3166-1 alpha-2.");
  trips->require_option(1);
  verb.add_option("--from", wanted.from, "Only those on or after this day.")->excludes(file);
  verb.add_option("--to", wanted.to, "Only those on or before this day.")->excludes(file);
}

}  // namespace

void AddTravel(CLI::App& app, Session& session, std::vector<Command>& commands) {
  CLI::App* topic = app.add_subcommand("travel", "What destinations demand of travellers.");
  topic->require_subcommand(1);
  auto wanted = std::make_shared<Wanted>();
  Command command;
  command.verb =
      topic->add_subcommand("compare", "Names the trips that a new travel policy file hits.");
  AddOptions(*command.verb, *wanted);
  command.run = [&session, wanted] {
    const absl::StatusOr<int> hits = CompareAll(session, *wanted);
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
