#include "services/account/domain/document.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include <catch2/catch.hpp>

#include "services/account/domain/normalise.h"

namespace houbu::account {
namespace {

const absl::CivilDay kToday(2026, 11, 21);

TEST_CASE("resident IDs are held to GB 11643", "[account][R-04]") {
  struct Row {
    const char* number;
    const char* fault;  ///< Part of it; "" when nothing is wrong.
  };
  const std::vector<Row> table = {
      {"11010519491231002X", ""},
      {"440524188001010014", ""},
      {"110105194912310021", "check digit"},
      {"440524189001010014", "check digit"},
      {"11020519491231002X", "check digit"},
      {"1101051949123100", "has 16 characters, expected 18"},
      {"11010519491231002XX", "has 19 characters, expected 18"},
      {"990105194912310021", "province"},
      {"110105194902300021", "date of birth"},
      {"110105203012310021", "date of birth"},
      {"1101051949X2310021", "17 digits"},
  };
  for (const Row& row : table) {
    INFO(row.number);
    const std::string fault = ResidentIdFault(row.number, kToday);
    CHECK(absl::StrContains(fault, row.fault));
    CHECK(fault.empty() == std::string(row.fault).empty());
  }
}

TEST_CASE("check digits are those of ICAO 9303", "[account][R-04]") {
  for (const auto& [text, digit] :
       std::vector<std::pair<const char*, char>>{{"L898902C3", '6'},
                                                 {"740812", '2'},
                                                 {"120415", '9'},
                                                 {"ZE184226B<<<<<", '1'},
                                                 {"L898902C3674081221204159ZE184226B<<<<<1", '0'},
                                                 {"D23145890", '7'}}) {
    INFO(text);
    CHECK(MrzCheck(text) == digit);
  }
}

TEST_CASE("passport numbers have the form of their country", "[account][R-04]") {
  struct Row {
    const char* number;
    const char* country;
    const char* fault;
  };
  const std::vector<Row> table = {
      {"E12345678", "CN", ""},
      {"EA1234567", "CN", ""},
      {"E123456789", "CN", "has 10 characters, expected 9"},
      {"123456789", "CN", "a letter"},
      {"L898902C3", "UT", ""},
      {"L898902C36X", "UT", "has 11 characters, expected 9"},
      {"AB12", "US", "6 to 9"},
  };
  for (const Row& row : table) {
    INFO(row.number);
    const std::string fault = PassportFault(row.number, row.country);
    CHECK(absl::StrContains(fault, row.fault));
    CHECK(fault.empty() == std::string(row.fault).empty());
  }
}

TEST_CASE("what people type is brought into the documents' form", "[account][R-04]") {
  CHECK(NormaliseNumber(" e 1234-5678 ") == "E12345678");
  CHECK(NormaliseNumber("Ｅ１２３４５６７８") == "E12345678");
  CHECK(NormaliseNumber("11010519491231002x") == "11010519491231002X");
  CHECK(NormaliseText("  旅客甲\u200B ") == "旅客甲");
  CHECK(NormaliseText("e\u0301") == "\u00e9");
  CHECK(NormaliseText("\u202Eabc") == "abc");
  CHECK(NormaliseText("\xff") == "");
  CHECK(NormalisePhone("138 0000 0001") == "+8613800000001");
  CHECK(NormalisePhone("0086-13800000001") == "+8613800000001");
  CHECK(NormalisePhone("+1 202 555 0100") == "+12025550100");
  CHECK(NormalisePhone("12345") == "");
  CHECK(NormalisePhone("+86abc00000001") == "");
}

TEST_CASE("names of passports are upper-case Latin", "[account][R-16]") {
  CHECK(NameFault("LI, YIMING", DocumentType::kPassport).empty());
  CHECK_FALSE(NameFault("Li Yiming", DocumentType::kPassport).empty());
  CHECK_FALSE(NameFault("旅客甲", DocumentType::kPassport).empty());
  CHECK(NameFault("旅客甲", DocumentType::kResidentId).empty());
  CHECK(NameFault("𠮷·甲", DocumentType::kResidentId).empty());
  CHECK_FALSE(NameFault("", DocumentType::kResidentId).empty());
}

TEST_CASE("every fault of a passenger is named at once", "[account][R-04]") {
  Document passport;
  passport.type = DocumentType::kPassport;
  passport.number = "E1";
  passport.country = "CHN";
  Violations violations;
  CheckDocument(passport, "li", kToday, violations);
  std::vector<std::string> fields;
  for (const Violation& violation : ViolationsOf(violations.ToStatus())) {
    fields.push_back(violation.field);
  }
  CHECK(fields ==
        std::vector<std::string>{"full_name", "document_number", "country_code", "expire_date"});
}

TEST_CASE("names and numbers are shown masked", "[account][R-17]") {
  CHECK(MaskedName("旅客甲") == "旅**");
  CHECK(MaskedName("LI, YIMING") == "L*** Y***");
  CHECK(MaskedNumber("11010519491231002X") == "110*************2X");
  CHECK(MaskedNumber("E1") == "**");
}

}  // namespace
}  // namespace houbu::account
