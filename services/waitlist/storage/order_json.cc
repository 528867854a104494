#include "services/waitlist/storage/order_json.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "libs/base/civil.h"
#include "libs/base/status_macros.h"

namespace houbu::waitlist {
namespace {

using nlohmann::json;

json ChoiceJson(const Choice& choice) {
  json object;
  object["run"] = choice.wish.run;
  object["class"] = choice.wish.class_code;
  object["from"] = choice.wish.from;
  object["to"] = choice.wish.to;
  object["fare_minor"] = choice.quote.fare.minor_units;
  object["currency"] = std::string(choice.quote.fare.currency.code());
  object["departs_at_us"] = absl::ToUnixMicros(choice.quote.departs_at);
  object["boarding_day"] = FormatCivilDay(choice.quote.boarding_day);
  object["origin_city"] = choice.quote.origin_city;
  object["destination_city"] = choice.quote.destination_city;
  object["display_name"] = choice.quote.display_name;
  object["time_zone"] = choice.quote.time_zone;
  object["demand"] = choice.demand;
  object["failure"] = std::string(EndReasonName(choice.failure));
  return object;
}

absl::StatusOr<Choice> ParseChoice(const json& object) {
  Choice choice;
  choice.wish.run = object.value("run", "");
  choice.wish.class_code = object.value("class", "");
  choice.wish.from = object.value("from", "");
  choice.wish.to = object.value("to", "");
  choice.quote.fare.minor_units = object.value("fare_minor", std::int64_t{0});
  ASSIGN_OR_RETURN(choice.quote.fare.currency, Currency::Parse(object.value("currency", "")));
  choice.quote.departs_at = absl::FromUnixMicros(object.value("departs_at_us", std::int64_t{0}));
  ASSIGN_OR_RETURN(choice.quote.boarding_day, ParseCivilDay(object.value("boarding_day", "")));
  choice.quote.origin_city = object.value("origin_city", "");
  choice.quote.destination_city = object.value("destination_city", "");
  choice.quote.display_name = object.value("display_name", "");
  choice.quote.time_zone = object.value("time_zone", "");
  choice.demand = object.value("demand", "");
  ASSIGN_OR_RETURN(choice.failure, ParseEndReason(object.value("failure", "")));
  return choice;
}

absl::StatusOr<json> ParseArray(const std::string& text) {
  json array = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!array.is_array()) {
    return absl::InternalError("an order's row holds no JSON array");
  }
  return array;
}

}  // namespace

std::string ChoicesJson(const std::vector<Choice>& choices) {
  json array = json::array();
  for (const Choice& choice : choices) {
    array.push_back(ChoiceJson(choice));
  }
  return array.dump();
}

absl::StatusOr<std::vector<Choice>> ParseChoices(const std::string& text) {
  ASSIGN_OR_RETURN(const json array, ParseArray(text));
  std::vector<Choice> choices;
  for (const json& object : array) {
    ASSIGN_OR_RETURN(Choice choice, ParseChoice(object));
    choices.push_back(std::move(choice));
  }
  return choices;
}

std::string TravellersJson(const std::vector<Traveller>& travellers) {
  json array = json::array();
  for (const Traveller& traveller : travellers) {
    json object;
    object["key"] = traveller.key;
    object["passenger"] = traveller.passenger;
    object["masked_name"] = traveller.masked_name;
    object["type"] = traveller.type;
    array.push_back(std::move(object));
  }
  return array.dump();
}

absl::StatusOr<std::vector<Traveller>> ParseTravellers(const std::string& text) {
  ASSIGN_OR_RETURN(const json array, ParseArray(text));
  std::vector<Traveller> travellers;
  for (const json& object : array) {
    Traveller traveller;
    traveller.key = object.value("key", "");
    traveller.passenger = object.value("passenger", "");
    traveller.masked_name = object.value("masked_name", "");
    traveller.type = object.value("type", 0);
    travellers.push_back(std::move(traveller));
  }
  return travellers;
}

}  // namespace houbu::waitlist
