#include "services/account/domain/document_entry.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "services/account/domain/mrz.h"

namespace houbu::account {
namespace {

const absl::CivilDay kToday(2026, 11, 21);

CountryBook Countries() {
  Country china{"CN", "CHN", "China", "中国", {"China", "中国"}, {}};
  Country states{"US", "USA", "United States", "美国", {"United States", "美国"}, {}};
  Country south{"KR", "KOR", "South Korea", "韩国", {"South Korea", "韩国"}, {}};
  Country north{"KP", "PRK", "North Korea", "朝鲜", {"North Korea", "朝鲜"}, {}};
  return CountryBook::Of({china, states, south, north}, {}, {{"XK", {"Kosovo"}}}).value();
}

/// The zone of a passport issued to LV, XIAOJUN, born 1984-07-27, that ends on 2030-01-31.
std::vector<std::string> ZoneOf(const std::string& issuer, const std::string& name) {
  std::string top = "P<" + issuer + name;
  top.resize(44, '<');
  const std::string number = "E12345678";
  std::string bottom = number + MrzCheck(number) + issuer + "840727" + MrzCheck("840727") + "M" +
                       "300131" + MrzCheck("300131") + std::string(15, '<');
  bottom += MrzCheck(bottom.substr(0, 10) + bottom.substr(13, 7) + bottom.substr(21, 22));
  return {top, bottom};
}

DocumentEntry FromZone() {
  DocumentEntry entry;
  entry.document.type = DocumentType::kPassport;
  entry.mrz_lines = ZoneOf("CHN", "LYU<<XIAOJUN");
  return entry;
}

struct Outcome {
  CheckedDocument checked;
  std::vector<std::string> fields;
};

Outcome Check(const DocumentEntry& entry) {
  const CountryBook countries = Countries();
  Violations violations;
  Outcome outcome;
  outcome.checked = CheckEntry(entry, countries, kToday, violations);
  for (const Violation& violation : ViolationsOf(violations.ToStatus())) {
    outcome.fields.push_back(violation.field);
  }
  return outcome;
}

TEST_CASE("a zone says everything about a passport", "[account][document][R-04][R-16]") {
  const Outcome outcome = Check(FromZone());
  CHECK(outcome.fields.empty());
  const Document& document = outcome.checked.document;
  CHECK(document.number == "E12345678");
  CHECK(document.country == "CN");
  CHECK(document.full_name == "LYU, XIAOJUN");
  CHECK(document.expires == absl::CivilDay(2030, 1, 31));
  CHECK(outcome.checked.birth == absl::CivilDay(1984, 7, 27));
}

TEST_CASE("what is typed beside a zone must agree with it", "[account][document][R-04][R-16]") {
  DocumentEntry agreeing = FromZone();
  agreeing.document.number = "e 1234 5678";
  agreeing.document.country = "中国";
  agreeing.document.full_name = "Lü Xiaojun";
  agreeing.document.expires = absl::CivilDay(2030, 1, 31);
  agreeing.document.has_expiry = true;
  agreeing.birth = absl::CivilDay(1984, 7, 27);
  const Outcome agreed = Check(agreeing);
  CHECK(agreed.fields.empty());
  CHECK(agreed.checked.document.full_name == "LYU, XIAOJUN");

  DocumentEntry wrong = agreeing;
  wrong.document.number = "E12345679";
  wrong.document.country = "US";
  wrong.document.full_name = "LU, XIAOJUN";
  wrong.document.expires = absl::CivilDay(2031, 1, 31);
  wrong.birth = absl::CivilDay(1984, 7, 28);
  CHECK(Check(wrong).fields == std::vector<std::string>{"document_number", "expire_date",
                                                        "birth_date", "full_name", "country_code"});
}

TEST_CASE("a zone that is not a state's, or not of this kind, is refused",
          "[account][document][R-04]") {
  using Fields = std::vector<std::string>;
  for (const auto& [issuer, fields] : std::vector<std::pair<std::string, Fields>>{
           {"UTO", {"mrz.issuer", "country_code"}},
           {"UNO", {"mrz.issuer", "country_code"}},
           {"XXA", {"mrz.issuer", "country_code"}},
           {"QQQ", {"mrz.issuer", "mrz.nationality", "country_code"}},
           {"RKS", {}}}) {
    INFO(issuer);
    DocumentEntry entry = FromZone();
    entry.mrz_lines = ZoneOf(issuer, "LYU<<XIAOJUN");
    CHECK(Check(entry).fields == fields);
  }
  DocumentEntry card = FromZone();
  card.document.type = DocumentType::kHkMacaoTravelPermit;
  CHECK(Check(card).fields.front() == "document_type");
  DocumentEntry cut = FromZone();
  cut.mrz_lines = ZoneOf("CHN", "LYU<<XIAOJUN<AAAAAAAAAAAAAAAAAAAAAAAAAA");
  CHECK(Check(cut).fields == Fields{"full_name"});
  DocumentEntry broken = FromZone();
  broken.mrz_lines[1][0] = 'F';
  CHECK(Check(broken).fields == Fields{"mrz.document_number"});
}

TEST_CASE("a typed country is resolved or its candidates are named", "[account][document][R-16]") {
  DocumentEntry entry;
  entry.document.type = DocumentType::kPassport;
  entry.document.number = "E12345678";
  entry.document.full_name = "LI, YIMING";
  entry.document.expires = absl::CivilDay(2030, 1, 1);
  entry.document.has_expiry = true;
  for (const auto& [typed, country] : std::vector<std::pair<std::string, std::string>>{
           {"chn", "CN"}, {"China", "CN"}, {"中国", "CN"}, {"xk", "XK"}}) {
    entry.document.country = typed;
    const Outcome outcome = Check(entry);
    CHECK(outcome.fields.empty());
    CHECK(outcome.checked.document.country == country);
  }
  for (const std::string typed : {"", "Korea", "XX", "Atlantis"}) {
    INFO(typed);
    entry.document.country = typed;
    CHECK(Check(entry).fields == std::vector<std::string>{"country_code"});
  }
}

TEST_CASE("a number that tells a birth date is not contradicted", "[account][document][R-04]") {
  DocumentEntry entry;
  entry.document.number = "110105491231002";
  entry.document.full_name = "旅客甲";
  const Outcome told = Check(entry);
  CHECK(told.fields.empty());
  CHECK(told.checked.birth == absl::CivilDay(1949, 12, 31));
  entry.birth = absl::CivilDay(1950, 1, 1);
  CHECK(Check(entry).fields == std::vector<std::string>{"birth_date"});
}

}  // namespace
}  // namespace houbu::account
