#include "services/payment/storage/policy_file.h"

#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "libs/base/civil.h"
#include "libs/base/json_fields.h"
#include "libs/base/status_macros.h"

namespace houbu::payment {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMost = 1'000'000;

absl::StatusOr<FeeTier> ReadTier(const Json& json, const std::string& where) {
  RETURN_IF_ERROR(CheckKeys(json, where, {"tier", "more_than_hours", "at_least_hours", "percent"}));
  FeeTier tier{"", -absl::InfiniteDuration(), true, 0};
  ASSIGN_OR_RETURN(tier.name, TextAt(json, where, "tier"));
  ASSIGN_OR_RETURN(const std::int64_t percent, NumberAt(json, where, "percent", kMost));
  if (percent > 100) return WrongJson(where, "has a percent above 100");
  tier.percent = static_cast<int>(percent);
  const bool more_than = json.contains("more_than_hours");
  const bool at_least = json.contains("at_least_hours");
  if (more_than && at_least) return WrongJson(where, "has two bounds");
  if (!more_than && !at_least) return tier;
  const char* const key = more_than ? "more_than_hours" : "at_least_hours";
  ASSIGN_OR_RETURN(const std::int64_t hours, NumberAt(json, where, key, kMost));
  tier.remaining = absl::Hours(hours);
  tier.holds_at_bound = at_least;
  return tier;
}

absl::StatusOr<std::vector<FeeTier>> ReadTiers(const Json& profile, const std::string& where,
                                               const char* key) {
  const auto found = profile.find(key);
  if (found == profile.end() || !found->is_array()) {
    return WrongJson(where, absl::StrCat("needs the list ", key));
  }
  std::vector<FeeTier> tiers;
  for (std::size_t i = 0; i < found->size(); ++i) {
    const std::string tier_where = absl::StrCat(where, ".", key, "[", i, "]");
    ASSIGN_OR_RETURN(FeeTier tier, ReadTier((*found)[i], tier_where));
    tiers.push_back(std::move(tier));
  }
  return tiers;
}

absl::StatusOr<int> PercentAt(const Json& object, const std::string& where, const char* key) {
  ASSIGN_OR_RETURN(const std::int64_t percent, NumberAt(object, where, key, kMost));
  return static_cast<int>(percent);
}

absl::StatusOr<bool> FlagAt(const Json& object, const std::string& where, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return false;
  if (!found->is_boolean()) return WrongJson(where, absl::StrCat("needs true or false for ", key));
  return found->get<bool>();
}

absl::StatusOr<absl::CivilDay> DayAt(const Json& object, const std::string& where,
                                     const char* key) {
  ASSIGN_OR_RETURN(const std::string text, TextAt(object, where, key));
  const absl::StatusOr<absl::CivilDay> day = ParseCivilDay(text);
  if (!day.ok()) return WrongJson(where, absl::StrCat("needs ", key, " as 2027-01-22"));
  return *day;
}

absl::StatusOr<std::vector<DayRange>> ReadDays(const Json& profile, const std::string& where) {
  std::vector<DayRange> ranges;
  const auto found = profile.find("spring_festivals");
  if (found == profile.end()) return ranges;
  if (!found->is_array()) return WrongJson(where, "needs a list for spring_festivals");
  for (std::size_t i = 0; i < found->size(); ++i) {
    const Json& json = (*found)[i];
    const std::string range_where = absl::StrCat(where, ".spring_festivals[", i, "]");
    RETURN_IF_ERROR(CheckKeys(json, range_where, {"first", "last"}));
    DayRange range;
    ASSIGN_OR_RETURN(range.first, DayAt(json, range_where, "first"));
    ASSIGN_OR_RETURN(range.last, DayAt(json, range_where, "last"));
    ranges.push_back(range);
  }
  return ranges;
}

absl::StatusOr<ChangeRules> ReadChange(const Json& profile, const std::string& where) {
  ChangeRules rules;
  const auto found = profile.find("change");
  if (found == profile.end()) {
    rules.tiers.push_back({"FREE", -absl::InfiniteDuration(), true, 0});
    return rules;
  }
  const std::string change_where = absl::StrCat(where, ".change");
  RETURN_IF_ERROR(
      CheckKeys(*found, change_where, {"tiers", "free_until_travel_day", "fee_on_difference"}));
  ASSIGN_OR_RETURN(rules.tiers, ReadTiers(*found, change_where, "tiers"));
  ASSIGN_OR_RETURN(rules.free_until_travel_day,
                   FlagAt(*found, change_where, "free_until_travel_day"));
  ASSIGN_OR_RETURN(rules.fee_on_difference, FlagAt(*found, change_where, "fee_on_difference"));
  return rules;
}

absl::StatusOr<std::optional<LaterChangeRule>> ReadLaterChange(const Json& profile,
                                                               const std::string& where) {
  const auto found = profile.find("later_change");
  if (found == profile.end()) return std::nullopt;
  const std::string rule_where = absl::StrCat(where, ".later_change");
  RETURN_IF_ERROR(CheckKeys(*found, rule_where, {"within_hours", "percent"}));
  LaterChangeRule rule{};
  ASSIGN_OR_RETURN(const std::int64_t hours, NumberAt(*found, rule_where, "within_hours", kMost));
  rule.within = absl::Hours(hours);
  ASSIGN_OR_RETURN(rule.percent, PercentAt(*found, rule_where, "percent"));
  return rule;
}

absl::StatusOr<std::optional<GraceRule>> ReadGrace(const Json& profile, const std::string& where) {
  const auto found = profile.find("grace");
  if (found == profile.end()) return std::nullopt;
  const std::string rule_where = absl::StrCat(where, ".grace");
  RETURN_IF_ERROR(
      CheckKeys(*found, rule_where, {"minutes_after_purchase", "minutes_before_departure"}));
  GraceRule rule;
  ASSIGN_OR_RETURN(const std::int64_t after,
                   NumberAt(*found, rule_where, "minutes_after_purchase", kMost));
  ASSIGN_OR_RETURN(const std::int64_t before,
                   NumberAt(*found, rule_where, "minutes_before_departure", kMost));
  rule.after_purchase = absl::Minutes(after);
  rule.before_departure = absl::Minutes(before);
  return rule;
}

absl::StatusOr<FeeRange> ReadRange(const Json& profile, const std::string& where, const char* key) {
  FeeRange range;
  const auto found = profile.find(key);
  if (found == profile.end()) return range;
  const std::string range_where = absl::StrCat(where, ".", key);
  RETURN_IF_ERROR(CheckKeys(*found, range_where, {"least", "most"}));
  ASSIGN_OR_RETURN(range.least, NumberAt(*found, range_where, "least", kMost));
  ASSIGN_OR_RETURN(range.most, NumberAt(*found, range_where, "most", kMost));
  return range;
}

absl::StatusOr<absl::Time> ReadDate(const Json& profile, const std::string& where) {
  if (!profile.contains("in_force_from")) return absl::InfiniteFuture();
  ASSIGN_OR_RETURN(const std::string from, TextAt(profile, where, "in_force_from"));
  absl::Time date;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, from, &date, &error)) {
    return WrongJson(where, "needs in_force_from as 2019-01-01T00:00:00+08:00");
  }
  return date;
}

absl::StatusOr<FeePolicy> ReadProfile(const Json& json, const std::string& where) {
  RETURN_IF_ERROR(
      CheckKeys(json, where,
                {"id", "in_force_from", "rounding_step_fen", "fee_min_fen",
                 "spring_festival_percent", "rail", "appointment", "spring_festivals", "change",
                 "later_change", "grace", "service_fee_fen", "expedite_fee_fen"}));
  FeePolicy policy;
  ASSIGN_OR_RETURN(policy.id, TextAt(json, where, "id"));
  ASSIGN_OR_RETURN(policy.in_force_from, ReadDate(json, where));
  ASSIGN_OR_RETURN(policy.rounding_step, NumberAt(json, where, "rounding_step_fen", kMost));
  ASSIGN_OR_RETURN(policy.fee_min, NumberAt(json, where, "fee_min_fen", kMost));
  ASSIGN_OR_RETURN(policy.spring_festival_percent,
                   PercentAt(json, where, "spring_festival_percent"));
  ASSIGN_OR_RETURN(policy.rail, ReadTiers(json, where, "rail"));
  ASSIGN_OR_RETURN(policy.appointment, ReadTiers(json, where, "appointment"));
  ASSIGN_OR_RETURN(policy.spring_festivals, ReadDays(json, where));
  ASSIGN_OR_RETURN(policy.change, ReadChange(json, where));
  ASSIGN_OR_RETURN(policy.later_change, ReadLaterChange(json, where));
  ASSIGN_OR_RETURN(policy.grace, ReadGrace(json, where));
  ASSIGN_OR_RETURN(policy.service, ReadRange(json, where, "service_fee_fen"));
  ASSIGN_OR_RETURN(policy.expedite, ReadRange(json, where, "expedite_fee_fen"));
  return policy;
}

absl::StatusOr<PolicyBook> ReadProfiles(const Json& root) {
  RETURN_IF_ERROR(CheckKeys(root, "the file", {"profiles"}));
  const auto profiles = root.find("profiles");
  if (profiles == root.end() || !profiles->is_array()) {
    return WrongJson("the file", "needs the list profiles");
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
  if (root.is_discarded()) return WrongJson(name, "is not JSON");
  absl::StatusOr<PolicyBook> book = ReadProfiles(root);
  if (!book.ok()) return WrongJson(absl::StrCat(name, ":"), book.status().message());
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
