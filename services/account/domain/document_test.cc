#include "services/account/domain/document.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include <catch2/catch.hpp>

#include "services/account/domain/normalise.h"

namespace houbu::account {
namespace {

const absl::CivilDay kToday(2026, 11, 21);

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

TEST_CASE("each kind of document has its own numbers", "[account][document][R-04]") {
  struct Row {
    DocumentType type;
    const char* typed;
    const char* country;
    const char* normal;
    const char* fault;
  };
  const std::vector<Row> table = {
      {DocumentType::kResidentId, " 11010519491231002x ", "", "11010519491231002X", ""},
      {DocumentType::kResidentId, "１１０１０５１９４９１２３１００２ｘ", "", "11010519491231002X",
       ""},
      {DocumentType::kResidentId, "110105491231002", "", "11010519491231002X", ""},
      {DocumentType::kResidentId, "110105 19491231 002X", "", "11010519491231002X", ""},
      {DocumentType::kPassport, "e 1234 5678", "cn", "E12345678", ""},
      {DocumentType::kPassport, "E12345678 ", "CN", "E12345678", ""},
      {DocumentType::kPassport, "E1234567O", "CN", "E1234567O", "7 digits"},
      {DocumentType::kPassport, "E123456789", "CN", "E123456789", "has 10 characters, expected 9"},
      {DocumentType::kPassport, "L898902C3", "UT", "L898902C3", ""},
      {DocumentType::kHkMacaoTravelPermit, "h12345678", "", "H12345678", ""},
      {DocumentType::kHkMacaoTravelPermit, "M1234567801", "", "M1234567801", ""},
      {DocumentType::kHkMacaoTravelPermit, "T12345678", "", "T12345678", "H (Hong Kong)"},
      {DocumentType::kHkMacaoTravelPermit, "H1234567", "", "H1234567", "has 8 characters"},
      {DocumentType::kTaiwanTravelPermit, "12345678", "", "12345678", ""},
      {DocumentType::kTaiwanTravelPermit, "1234567890(b)", "", "1234567890B", ""},
      {DocumentType::kTaiwanTravelPermit, "1234567", "", "1234567", "has 7 characters"},
      {DocumentType::kTaiwanTravelPermit, "A2345678", "", "A2345678", "8 digits"},
      {DocumentType::kResidencePermit, "810000199001010019", "", "810000199001010019", ""},
      {DocumentType::kResidencePermit, "11010519491231002X", "", "11010519491231002X", "810000"},
      {DocumentType::kPermanentResidenceCard, "911124198108030024", "", "911124198108030024", ""},
      {DocumentType::kPermanentResidenceCard, "can110081080302", "", "CAN110081080302", ""},
      {DocumentType::kPermanentResidenceCard, "CA1110081080302", "", "CA1110081080302",
       "3 letters"},
      {DocumentType::kPermanentResidenceCard, "CAN", "", "CAN", "has 3 characters"},
      {DocumentType::kVisa, "12345678", "us", "12345678", ""},
      {DocumentType::kVisa, "", "us", "", "has 0 characters"},
      {DocumentType::kTravelAuthorisation, "abc/1", "us", "ABC/1", "letters A to Z and digits"},
  };
  for (const Row& row : table) {
    INFO(row.typed);
    Document document;
    document.type = row.type;
    document.number = row.typed;
    document.country = row.country;
    NormaliseDocument(document);
    CHECK(document.number == row.normal);
    CHECK(document.country.size() == 2);
    const std::string fault = NumberFault(document, kToday);
    INFO(fault);
    CHECK(absl::StrContains(fault, row.fault));
    CHECK(fault.empty() == std::string(row.fault).empty());
  }
}

TEST_CASE("a person is one whatever form their number is typed in", "[account][document][R-04]") {
  Document card;
  card.country = "CN";
  card.number = "110105491231002";
  const std::string person = IdentityOf(card);
  card.number = "11010519491231002X";
  CHECK(IdentityOf(card) == person);
  CHECK(person == "resident_id:CN:11010519491231002X");

  Document permit;
  permit.type = DocumentType::kHkMacaoTravelPermit;
  permit.country = "CN";
  permit.number = "H12345678";
  const std::string holder = IdentityOf(permit);
  permit.number = "H1234567803";
  CHECK(IdentityOf(permit) == holder);
  CHECK(holder != person);
}

TEST_CASE("what goes with a document depends on its kind", "[account][document][R-07]") {
  Document esta;
  esta.type = DocumentType::kTravelAuthorisation;
  esta.number = "ABC123";
  esta.country = "US";
  esta.blank_pages = 3;
  Violations violations;
  CheckDocument(esta, "", kToday, violations);
  std::vector<std::string> fields;
  for (const Violation& violation : ViolationsOf(violations.ToStatus())) {
    fields.push_back(violation.field);
  }
  CHECK(fields == std::vector<std::string>{"expire_date", "category", "blank_pages"});
}

TEST_CASE("every kind has a name that is read back", "[account][document]") {
  for (const DocumentType type : kDocumentTypes) {
    CHECK(ParseDocumentType(DocumentTypeName(type)).value() == type);
  }
  CHECK_FALSE(ParseDocumentType("LIBRARY_CARD").ok());
}

TEST_CASE("numbers are shown masked", "[account][R-17]") {
  CHECK(MaskedNumber("11010519491231002X") == "110*************2X");
  CHECK(MaskedNumber("E1") == "**");
}

}  // namespace
}  // namespace houbu::account
