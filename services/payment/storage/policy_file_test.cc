#include "services/payment/storage/policy_file.h"

#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace houbu::payment {
namespace {

constexpr char kSound[] = R"json({"profiles": [{
  "id": "seed", "in_force_from": "2019-01-01T00:00:00+08:00", "rounding_step_fen": 50,
  "fee_min_fen": 200, "spring_festival_percent": 20,
  "rail": [{"tier": "FREE", "more_than_hours": 360, "percent": 0},
           {"tier": "FIVE_PERCENT", "at_least_hours": 48, "percent": 5},
           {"tier": "TEN_PERCENT", "at_least_hours": 24, "percent": 10},
           {"tier": "TWENTY_PERCENT", "percent": 20}],
  "appointment": [{"tier": "FREE", "more_than_hours": 0, "percent": 0},
                  {"tier": "FORFEITED", "percent": 100}],
  "spring_festivals": [{"first": "2025-01-14", "last": "2025-02-22"},
                       {"first": "2026-02-02", "last": "2026-03-13"},
                       {"first": "2027-01-22", "last": "2027-03-02"}],
  "service_fee_fen": {"least": 1000, "most": 5000},
  "expedite_fee_fen": {"least": 1000, "most": 10000}}]})json";

std::string Replaced(const std::string& from, const std::string& to) {
  std::string text = kSound;
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("The shipped policies: the seed is the one built in", "[payment][W-13][X-14]") {
  // __FILE__ is absolute, or relative to the build folder, where this program lies.
  const std::filesystem::path built = std::filesystem::read_symlink("/proc/self/exe");
  const std::filesystem::path here = built.parent_path() / __FILE__;
  const auto shipped = LoadPolicies(here.parent_path().parent_path() / "policies/policies.json");
  REQUIRE(shipped.ok());
  REQUIRE(shipped->policies().size() == 2);
  CHECK(shipped->policies()[0] == SeedPolicy());
  CHECK(ParsePolicies(kSound, "x")->policies()[0] == SeedPolicy());

  const auto rules = shipped->Find("cr-2024");
  REQUIRE(rules.ok());
  CHECK(rules->in_force_from == absl::InfiniteFuture());
  CHECK(rules->rail.front() == FeeTier{"FREE", absl::Hours(192), true, 0});
  REQUIRE(rules->change.tiers.size() == 4);
  CHECK(rules->change.tiers[3].percent == 40);
  CHECK(rules->later_change == LaterChangeRule{absl::Hours(192), 5});
  CHECK(rules->grace == GraceRule{absl::Minutes(30), absl::Hours(4)});
  CHECK(InSpringFestival(*rules, absl::CivilDay(2027, 2, 6)));
  CHECK(!InSpringFestival(*rules, absl::CivilDay(2027, 3, 3)));
}

TEST_CASE("A policy file says in one line what is wrong with it", "[payment]") {
  struct Row {
    std::string text;
    std::string message;
  };
  const std::vector<Row> rows = {
      {"{", "p.json is not JSON"},
      {"{}", "p.json: the file needs the list profiles"},
      {R"({"profiles": []})", "p.json: there is no policy"},
      {Replaced(R"("least": 1000, "most": 5000)", R"("least": 6000, "most": 5000)"),
       "p.json: policy seed: service_fee_fen needs least and most in order, 0 to 1000000"},
      {Replaced(R"("service_fee_fen": {)", R"("grace": {"minutes": 3}, "service_fee_fen": {)"),
       "p.json: profiles[0].grace has the unknown key minutes"},
      {Replaced("2025-01-14", "2025-02-30"),
       "p.json: profiles[0].spring_festivals[0] needs first as 2027-01-22"},
      {Replaced("fee_min_fen", "fee_minimum"),
       "p.json: profiles[0] has the unknown key fee_minimum"},
      {Replaced("\"percent\": 5", "\"percent\": 5.5"),
       "p.json: profiles[0].rail[1] needs the whole number percent, 0 to 1000000"},
      {Replaced("2019-01-01T00:00:00+08:00", "2019-01-01"),
       "p.json: profiles[0] needs in_force_from as 2019-01-01T00:00:00+08:00"},
      {Replaced("\"at_least_hours\": 24", "\"at_least_hours\": 48"),
       "p.json: policy seed: rail[2] is not after the tier before it"},
      {Replaced("\"at_least_hours\": 24", "\"more_than_hours\": 1, \"at_least_hours\": 24"),
       "p.json: profiles[0].rail[2] has two bounds"},
  };
  for (const Row& row : rows) {
    CHECK(std::string(ParsePolicies(row.text, "p.json").status().message()) == row.message);
  }
  CHECK(!LoadPolicies("/nonexistent/policies.json").ok());
}

}  // namespace
}  // namespace houbu::payment
