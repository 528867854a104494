#include "services/account/storage/travel_policy_file.h"

#include <fstream>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "libs/base/civil.h"
#include "libs/base/json_fields.h"
#include "libs/base/status_macros.h"

namespace houbu::account {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMost = 100'000;

/// A text that may be left out.
absl::StatusOr<std::string> OptionalTextAt(const Json& object, const std::string& where,
                                           const char* key) {
  if (!object.contains(key)) return std::string();
  return TextAt(object, where, key);
}

absl::StatusOr<int> SmallNumberAt(const Json& object, const std::string& where, const char* key) {
  ASSIGN_OR_RETURN(const std::int64_t number, NumberAt(object, where, key, kMost));
  return static_cast<int>(number);
}

absl::StatusOr<int> OptionalNumberAt(const Json& object, const std::string& where,
                                     const char* key) {
  if (!object.contains(key)) return 0;
  return SmallNumberAt(object, where, key);
}

/// A list that may be left out.
absl::StatusOr<Json> ListAt(const Json& object, const std::string& where, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return Json::array();
  if (!found->is_array()) return WrongJson(where, absl::StrCat("needs a list for ", key));
  return *found;
}

absl::StatusOr<std::vector<std::string>> TextsAt(const Json& object, const std::string& where,
                                                 const char* key) {
  ASSIGN_OR_RETURN(const Json list, ListAt(object, where, key));
  std::vector<std::string> texts;
  for (const Json& entry : list) {
    if (!entry.is_string()) return WrongJson(where, absl::StrCat("needs texts in ", key));
    texts.push_back(entry.get<std::string>());
  }
  return texts;
}

absl::StatusOr<DocumentType> TypeNamed(const std::string& name, const std::string& where) {
  const absl::StatusOr<DocumentType> type = ParseDocumentType(name);
  if (!type.ok()) return WrongJson(where, absl::StrCat("has the unknown document ", name));
  return *type;
}

absl::StatusOr<Acceptable> ReadAcceptable(const Json& json, const std::string& where) {
  RETURN_IF_ERROR(CheckKeys(json, where, {"type", "country", "category"}));
  Acceptable acceptable;
  ASSIGN_OR_RETURN(const std::string type, TextAt(json, where, "type"));
  ASSIGN_OR_RETURN(acceptable.type, TypeNamed(type, where));
  ASSIGN_OR_RETURN(acceptable.country, OptionalTextAt(json, where, "country"));
  ASSIGN_OR_RETURN(acceptable.category, OptionalTextAt(json, where, "category"));
  return acceptable;
}

absl::StatusOr<Requirement> ReadRequirement(const Json& json, const std::string& where) {
  RETURN_IF_ERROR(
      CheckKeys(json, where,
                {"code", "text", "any_of", "age_min", "days_after_travel", "except_passports_of"}));
  Requirement requirement;
  ASSIGN_OR_RETURN(requirement.code, TextAt(json, where, "code"));
  ASSIGN_OR_RETURN(requirement.text, TextAt(json, where, "text"));
  ASSIGN_OR_RETURN(const Json any_of, ListAt(json, where, "any_of"));
  for (std::size_t i = 0; i < any_of.size(); ++i) {
    const std::string inner = absl::StrCat(where, ".any_of[", i, "]");
    ASSIGN_OR_RETURN(Acceptable acceptable, ReadAcceptable(any_of[i], inner));
    requirement.any_of.push_back(std::move(acceptable));
  }
  ASSIGN_OR_RETURN(requirement.age_min, OptionalNumberAt(json, where, "age_min"));
  ASSIGN_OR_RETURN(requirement.days_after_travel,
                   OptionalNumberAt(json, where, "days_after_travel"));
  ASSIGN_OR_RETURN(const std::vector<std::string> excepted,
                   TextsAt(json, where, "except_passports_of"));
  requirement.except_passports_of.insert(excepted.begin(), excepted.end());
  return requirement;
}

absl::StatusOr<DestinationRules> ReadRules(const Json& json, const std::string& where) {
  RETURN_IF_ERROR(CheckKeys(json, where, {"passport", "identity", "requirements"}));
  DestinationRules rules;
  if (json.contains("passport")) {
    const std::string inner = absl::StrCat(where, ".passport");
    RETURN_IF_ERROR(CheckKeys(json["passport"], inner, {"months_after_travel", "blank_pages"}));
    rules.passport.emplace();
    ASSIGN_OR_RETURN(rules.passport->months_after_travel,
                     SmallNumberAt(json["passport"], inner, "months_after_travel"));
    ASSIGN_OR_RETURN(rules.passport->blank_pages,
                     SmallNumberAt(json["passport"], inner, "blank_pages"));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> identity, TextsAt(json, where, "identity"));
  for (const std::string& name : identity) {
    ASSIGN_OR_RETURN(const DocumentType type, TypeNamed(name, where));
    rules.identity.push_back(type);
  }
  ASSIGN_OR_RETURN(const Json requirements, ListAt(json, where, "requirements"));
  for (std::size_t i = 0; i < requirements.size(); ++i) {
    const std::string inner = absl::StrCat(where, ".requirements[", i, "]");
    ASSIGN_OR_RETURN(Requirement requirement, ReadRequirement(requirements[i], inner));
    rules.requirements.push_back(std::move(requirement));
  }
  return rules;
}

absl::StatusOr<TravelPolicy> ReadVersion(const Json& json, const std::string& where) {
  RETURN_IF_ERROR(CheckKeys(json, where, {"id", "travel_from", "others", "destinations"}));
  TravelPolicy policy;
  ASSIGN_OR_RETURN(policy.id, TextAt(json, where, "id"));
  ASSIGN_OR_RETURN(const std::string from, TextAt(json, where, "travel_from"));
  const absl::StatusOr<absl::CivilDay> day = ParseCivilDay(from);
  if (!day.ok()) return WrongJson(where, "needs travel_from as 2026-01-01");
  policy.travel_from = *day;
  if (!json.contains("others")) return WrongJson(where, "needs others");
  ASSIGN_OR_RETURN(policy.others, ReadRules(json["others"], absl::StrCat(where, ".others")));
  if (!json.contains("destinations")) return policy;
  if (!json["destinations"].is_object())
    return WrongJson(where, "needs an object for destinations");
  for (const auto& [country, rules] : json["destinations"].items()) {
    const std::string inner = absl::StrCat(where, ".destinations.", country);
    ASSIGN_OR_RETURN(policy.destinations[country], ReadRules(rules, inner));
  }
  return policy;
}

absl::StatusOr<TravelPolicyBook> ReadVersions(const Json& root, const CountryBook& countries) {
  RETURN_IF_ERROR(CheckKeys(root, "the file", {"versions"}));
  const auto versions = root.find("versions");
  if (versions == root.end() || !versions->is_array()) {
    return WrongJson("the file", "needs the list versions");
  }
  std::vector<TravelPolicy> policies;
  for (std::size_t i = 0; i < versions->size(); ++i) {
    ASSIGN_OR_RETURN(TravelPolicy policy,
                     ReadVersion((*versions)[i], absl::StrCat("versions[", i, "]")));
    policies.push_back(std::move(policy));
  }
  return TravelPolicyBook::Of(std::move(policies), countries);
}

}  // namespace

absl::StatusOr<TravelPolicyBook> ParseTravelPolicies(absl::string_view text, absl::string_view name,
                                                     const CountryBook& countries) {
  const Json root = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false,
                                /*ignore_comments=*/true);
  if (root.is_discarded()) return WrongJson(name, "is not JSON");
  absl::StatusOr<TravelPolicyBook> book = ReadVersions(root, countries);
  if (!book.ok()) return WrongJson(absl::StrCat(name, ":"), book.status().message());
  return book;
}

absl::StatusOr<TravelPolicyBook> LoadTravelPolicies(const std::string& path,
                                                    const CountryBook& countries) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  return ParseTravelPolicies(text.str(), path, countries);
}

}  // namespace houbu::account
