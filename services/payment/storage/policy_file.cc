#include "services/payment/storage/policy_file.h"

#include <fstream>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "libs/base/status_macros.h"

namespace houbu::payment {
namespace {

using Json = nlohmann::json;

absl::Status Wrong(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, " ", what));
}

absl::Status CheckKeys(const Json& object, const std::string& where,
                       const std::set<std::string>& known) {
  if (!object.is_object()) return Wrong(where, "is not an object");
  for (const auto& [key, value] : object.items()) {
    if (known.count(key) == 0) return Wrong(where, absl::StrCat("has the unknown key ", key));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> TextAt(const Json& object, const std::string& where, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) {
    return Wrong(where, absl::StrCat("needs the text ", key));
  }
  return found->get<std::string>();
}

absl::StatusOr<std::int64_t> NumberAt(const Json& object, const std::string& where,
                                      const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer() || *found < 0 || *found > 1'000'000) {
    return Wrong(where, absl::StrCat("needs the whole number ", key, ", 0 to 1000000"));
  }
  return found->get<std::int64_t>();
}

absl::StatusOr<FeeTier> ReadTier(const Json& json, const std::string& where) {
  RETURN_IF_ERROR(CheckKeys(json, where, {"tier", "more_than_hours", "at_least_hours", "percent"}));
  FeeTier tier{"", -absl::InfiniteDuration(), true, 0};
  ASSIGN_OR_RETURN(tier.name, TextAt(json, where, "tier"));
  ASSIGN_OR_RETURN(const std::int64_t percent, NumberAt(json, where, "percent"));
  if (percent > 100) return Wrong(where, "has a percent above 100");
  tier.percent = static_cast<int>(percent);
  const bool more_than = json.contains("more_than_hours");
  const bool at_least = json.contains("at_least_hours");
  if (more_than && at_least) return Wrong(where, "has two bounds");
  if (!more_than && !at_least) return tier;
  const char* const key = more_than ? "more_than_hours" : "at_least_hours";
  ASSIGN_OR_RETURN(const std::int64_t hours, NumberAt(json, where, key));
  tier.remaining = absl::Hours(hours);
  tier.holds_at_bound = at_least;
  return tier;
}

absl::StatusOr<std::vector<FeeTier>> ReadTiers(const Json& profile, const std::string& where,
                                               const char* key) {
  const auto found = profile.find(key);
  if (found == profile.end() || !found->is_array()) {
    return Wrong(where, absl::StrCat("needs the list ", key));
  }
  std::vector<FeeTier> tiers;
  for (std::size_t i = 0; i < found->size(); ++i) {
    const std::string tier_where = absl::StrCat(where, ".", key, "[", i, "]");
    ASSIGN_OR_RETURN(FeeTier tier, ReadTier((*found)[i], tier_where));
    tiers.push_back(std::move(tier));
  }
  return tiers;
}

absl::StatusOr<FeePolicy> ReadProfile(const Json& json, const std::string& where) {
  RETURN_IF_ERROR(CheckKeys(json, where,
                            {"id", "in_force_from", "rounding_step_fen", "fee_min_fen",
                             "spring_festival_percent", "rail", "appointment"}));
  FeePolicy policy;
  ASSIGN_OR_RETURN(policy.id, TextAt(json, where, "id"));
  ASSIGN_OR_RETURN(const std::string from, TextAt(json, where, "in_force_from"));
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, from, &policy.in_force_from, &error)) {
    return Wrong(where, "needs in_force_from as 2019-01-01T00:00:00+08:00");
  }
  ASSIGN_OR_RETURN(policy.rounding_step, NumberAt(json, where, "rounding_step_fen"));
  ASSIGN_OR_RETURN(policy.fee_min, NumberAt(json, where, "fee_min_fen"));
  ASSIGN_OR_RETURN(const std::int64_t percent, NumberAt(json, where, "spring_festival_percent"));
  policy.spring_festival_percent = static_cast<int>(percent);
  ASSIGN_OR_RETURN(policy.rail, ReadTiers(json, where, "rail"));
  ASSIGN_OR_RETURN(policy.appointment, ReadTiers(json, where, "appointment"));
  return policy;
}

absl::StatusOr<PolicyBook> ReadProfiles(const Json& root) {
  RETURN_IF_ERROR(CheckKeys(root, "the file", {"profiles"}));
  const auto profiles = root.find("profiles");
  if (profiles == root.end() || !profiles->is_array()) {
    return Wrong("the file", "needs the list profiles");
  }
  std::vector<FeePolicy> policies;
  for (std::size_t i = 0; i < profiles->size(); ++i) {
    const std::string where = absl::StrCat("profiles[", i, "]");
    ASSIGN_OR_RETURN(FeePolicy policy, ReadProfile((*profiles)[i], where));
    policies.push_back(std::move(policy));
  }
  return PolicyBook::Of(std::move(policies));
}

}  // namespace

absl::StatusOr<PolicyBook> ParsePolicies(absl::string_view text, absl::string_view name) {
  const Json root = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false,
                                /*ignore_comments=*/true);
  if (root.is_discarded()) return Wrong(name, "is not JSON");
  absl::StatusOr<PolicyBook> book = ReadProfiles(root);
  if (!book.ok()) return Wrong(absl::StrCat(name, ":"), book.status().message());
  return book;
}

absl::StatusOr<PolicyBook> LoadPolicies(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  return ParsePolicies(text.str(), path);
}

}  // namespace houbu::payment
