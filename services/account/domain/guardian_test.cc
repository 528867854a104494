#include "services/account/domain/guardian.h"

#include <string>

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

namespace houbu::account {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1793491200);
const absl::CivilDay kToday(2026, 11, 1);

Passenger Born(const std::string& digits, const std::string& id = "pg-1") {
  Passenger passenger;
  passenger.id = id;
  passenger.account = "ac-1";
  PassengerDocument card;
  card.document.number = absl::StrCat("110105", digits, "0000");
  passenger.documents.push_back(std::move(card));
  return passenger;
}

Passenger WithPassport(PassengerType type) {
  Passenger passenger;
  passenger.id = "pg-2";
  passenger.account = "ac-1";
  passenger.type = type;
  PassengerDocument passport;
  passport.document.type = DocumentType::kPassport;
  passport.document.number = "E12345678";
  passenger.documents.push_back(std::move(passport));
  return passenger;
}

}  // namespace

TEST_CASE("children and elders are wards, by their documents before what was said",
          "[account][guardian][R-21]") {
  struct Row {
    Passenger passenger;
    std::optional<WardKind> kind;
    bool takes_consent;
  };
  const Row rows[] = {
      {Born("20121102"), WardKind::kChild, true},
      {Born("20121101"), WardKind::kChild, false},
      {Born("20081102"), WardKind::kChild, false},
      {Born("20081101"), std::nullopt, false},
      {Born("19661102"), std::nullopt, false},
      {Born("19661101"), WardKind::kElder, false},
      {WithPassport(PassengerType::kChild), WardKind::kChild, true},
      {WithPassport(PassengerType::kAdult), std::nullopt, false},
  };
  Passenger said = WithPassport(PassengerType::kAdult);
  said.birth = absl::CivilDay(2020, 1, 1);
  CHECK(TakesConsent(said, kToday));
  said.documents.push_back(Born("19900101").documents.front());
  CHECK_FALSE(TakesConsent(said, kToday));
  for (const Row& row : rows) {
    INFO(row.passenger.documents.front().document.number);
    CHECK(WardKindOf(row.passenger, kToday) == row.kind);
    CHECK(TakesConsent(row.passenger, kToday) == row.takes_consent);
  }
}

TEST_CASE("whom the rule gives a guardian is acted for by an accepted one only",
          "[account][guardian][R-21]") {
  const Passenger young = Born("20200101", "pg-young");
  const Passenger older = Born("20100101", "pg-older");
  const Passenger adult = Born("19900101", "pg-adult");
  const Passenger elder = Born("19400101", "pg-elder");
  const std::vector<Passenger> all = {young, older, adult, elder};
  CHECK(MayActFor(GuardianRule::kNobody, all, {}, kToday).ok());
  const absl::Status refused = MayActFor(GuardianRule::kYoungChildren, all, {}, kToday);
  CHECK(ReasonOf(refused) == "GUARDIAN_REQUIRED");
  CHECK(MetadataOf(refused)["passengers"] == "accounts/ac-1/passengers/pg-young");
  CHECK(MayActFor(GuardianRule::kYoungChildren, all, {"pg-young"}, kToday).ok());
  CHECK_FALSE(MayActFor(GuardianRule::kYoungChildren, all, {"pg-older"}, kToday).ok());
  CHECK(MetadataOf(MayActFor(GuardianRule::kChildren, all, {}, kToday))["passengers"] ==
        "accounts/ac-1/passengers/pg-young,accounts/ac-1/passengers/pg-older");
  CHECK(MayActFor(GuardianRule::kChildren, all, {"pg-young", "pg-older"}, kToday).ok());
}

TEST_CASE("a guardianship is decided once and ended once", "[account][guardian][R-21]") {
  const Guardianship pending;
  const GuardianDecision yes{true, "operators/mei", "birth certificate"};
  const auto accepted = Decide(pending, yes, kNow);
  REQUIRE(accepted.ok());
  CHECK(accepted->state == GuardianshipState::kAccepted);
  CHECK(ReasonOf(Decide(*accepted, yes, kNow).status()) == "GUARDIANSHIP_DECIDED");
  const auto ended = End(*accepted, "accounts/ac-1", "grown up", kNow);
  REQUIRE(ended.ok());
  CHECK(ReasonOf(End(*ended, "accounts/ac-1", "again", kNow).status()) == "GUARDIANSHIP_DECIDED");
  CHECK(End(pending, "accounts/ac-1", "withdrawn", kNow).ok());
  const GuardianDecision no{false, "operators/mei", "not legible"};
  CHECK(ReasonOf(End(*Decide(pending, no, kNow), "x", "y", kNow).status()) ==
        "GUARDIANSHIP_DECIDED");
}

}  // namespace houbu::account
