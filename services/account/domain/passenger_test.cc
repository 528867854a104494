#include "services/account/domain/passenger.h"

#include <vector>

#include "absl/strings/match.h"
#include <catch2/catch.hpp>

namespace houbu::account {
namespace {

const absl::CivilDay kToday(2026, 11, 21);

TEST_CASE("the kind of a passenger goes by age", "[account][passenger][R-04]") {
  struct Row {
    PassengerType type;
    std::optional<absl::CivilDay> birth;
    const char* fault;
  };
  const std::vector<Row> table = {
      {PassengerType::kAdult, std::nullopt, ""},
      {PassengerType::kStudent, std::nullopt, ""},
      {PassengerType::kDisabledServiceman, std::nullopt, ""},
      {PassengerType::kChild, std::nullopt, "date of birth"},
      {PassengerType::kElder, std::nullopt, "date of birth"},
      {PassengerType::kChild, absl::CivilDay(2026, 11, 21), ""},
      {PassengerType::kChild, absl::CivilDay(2012, 11, 22), ""},
      {PassengerType::kChild, absl::CivilDay(2012, 11, 21), "under 14"},
      {PassengerType::kAdult, absl::CivilDay(2012, 11, 21), ""},
      {PassengerType::kAdult, absl::CivilDay(2012, 11, 22), "CHILD"},
      {PassengerType::kStudent, absl::CivilDay(2012, 11, 22), "CHILD"},
      {PassengerType::kDisabledServiceman, absl::CivilDay(2012, 11, 22), "CHILD"},
      {PassengerType::kElder, absl::CivilDay(1966, 11, 21), ""},
      {PassengerType::kElder, absl::CivilDay(1966, 11, 22), "60 years"},
      {PassengerType::kElder, absl::CivilDay(2020, 1, 1), "CHILD"},
  };
  for (const Row& row : table) {
    const std::string fault = PassengerTypeFault(row.type, row.birth, kToday);
    INFO(static_cast<int>(row.type) << " " << fault);
    CHECK(absl::StrContains(fault, row.fault));
    CHECK(fault.empty() == std::string(row.fault).empty());
  }
}

TEST_CASE("who is born on 29 February turns older on 1 March", "[account][passenger]") {
  CHECK(AgeOn(absl::CivilDay(2012, 2, 29), absl::CivilDay(2026, 2, 28)) == 13);
  CHECK(AgeOn(absl::CivilDay(2012, 2, 29), absl::CivilDay(2026, 3, 1)) == 14);
  CHECK(AgeOn(absl::CivilDay(2012, 2, 29), absl::CivilDay(2028, 2, 29)) == 16);
}

TEST_CASE("a passenger is known by the oldest document that says who it is",
          "[account][passenger]") {
  Passenger passenger;
  PassengerDocument visa;
  visa.document.type = DocumentType::kVisa;
  PassengerDocument passport;
  passport.document.type = DocumentType::kPassport;
  passport.traveller_key = "p";
  PassengerDocument card;
  card.traveller_key = "c";
  passenger.documents = {visa, passport, card};
  TakeFirst(passenger);
  CHECK(passenger.traveller_key == "p");
  CHECK(IdentifyingDocuments(passenger) == 2);
  CHECK(FindDocument(passenger, DocumentType::kResidentId)->traveller_key == "c");
  CHECK(FindDocument(passenger, DocumentType::kHealthReport) == nullptr);
}

}  // namespace
}  // namespace houbu::account
