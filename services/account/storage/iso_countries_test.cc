#include "services/account/storage/iso_countries.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace houbu::account {
namespace {

/// The code, or the reason and its candidates or names.
std::string Answer(const CountryBook& book, const std::string& typed) {
  const absl::StatusOr<const Country*> country = book.Resolve(typed);
  if (country.ok()) return (*country)->alpha2;
  const Metadata metadata = MetadataOf(country.status());
  std::string answer(ReasonOf(country.status()));
  if (metadata.count("candidates") > 0) answer += " " + metadata.at("candidates");
  if (metadata.count("withdrawn") > 0) answer += " " + metadata.at("withdrawn");
  return answer;
}

struct Row {
  std::string typed;
  std::string answer;
};

void CheckAll(const CountryBook& book, const std::vector<Row>& table) {
  for (const Row& row : table) {
    INFO(row.typed.substr(0, 40));
    CHECK(Answer(book, row.typed) == row.answer);
  }
}

TEST_CASE("countries are resolved from codes and from names in Chinese and English",
          "[account][country][R-04][R-16]") {
  const absl::StatusOr<CountryBook> book = LoadCountries({});
  REQUIRE(book.ok());
  CHECK(book->countries().size() == 249);
  CheckAll(*book, {
                      {"CN", "CN"},
                      {"us", "US"},
                      {" Us ", "US"},
                      {"ＣＮ", "CN"},
                      {"CHN", "CN"},
                      {"usa", "US"},
                      {"United States", "US"},
                      {"the united states of america", "US"},
                      {"U.S.A.", "US"},
                      {"UK", "GB"},
                      {"Great Britain", "COUNTRY_UNCLEAR GB"},
                      {"中国", "CN"},
                      {"中國", "CN"},
                      {"中华人民共和国", "CN"},
                      {"china", "CN"},
                      {"美国", "US"},
                      {"美國", "US"},
                      {"日本", "JP"},
                      {"香港", "HK"},
                      {"Macau", "COUNTRY_UNCLEAR MO"},
                      {"韩国", "KR"},
                      {"大韩民国", "KR"},
                      {"朝鲜", "KP"},
                      {"南韓", "KR"},
                  });
}

TEST_CASE("what is not clear gives candidates, what is misspelled too",
          "[account][country][R-04][R-16]") {
  const absl::StatusOr<CountryBook> book = LoadCountries({});
  REQUIRE(book.ok());
  CHECK(book->countries().size() == 249);
  CheckAll(*book, {
                      {"Korea", "COUNTRY_UNCLEAR KP,KR"},
                      {"Republic of Korea", "KR"},
                      {"Korea, Republic of", "KR"},
                      {"South Korea", "KR"},
                      {"Congo", "COUNTRY_UNCLEAR CG,CD"},
                      {"刚果", "COUNTRY_UNCLEAR CG,CD"},
                      {"刚果（金）", "CD"},
                      {"Democratic Republic of the Congo", "CD"},
                      {"Guinea", "COUNTRY_UNCLEAR GN,GQ,GW,PG"},
                      {"几内亚", "COUNTRY_UNCLEAR GN,GQ,GW,PG"},
                      {"几内亚比绍", "GW"},
                      {"Niger", "NE"},
                      {"Nigeria", "NG"},
                      {"Cote d'Ivoire", "CI"},
                      {"Côte d’Ivoire", "CI"},
                      {"co\u0302te d'ivoire", "CI"},
                      {"Ivory Coast", "CI"},
                      {"Turkey", "TR"},
                      {"Türkiye", "TR"},
                      {"Virgin Islands", "COUNTRY_UNCLEAR VG,VI"},
                      {"Saint Martin", "MF"},
                      {"St. Lucia", "LC"},
                      {"Georgia", "GE"},
                      {"Ireland", "IE"},
                      {"India", "IN"},
                      {"印度", "IN"},
                      {"马里", "ML"},
                      {"AND", "AD"},
                      {"ST", "ST"},
                  });
}

TEST_CASE("what is no country's is told as what it is", "[account][country][R-04][R-16]") {
  const absl::StatusOr<CountryBook> book = LoadCountries({});
  REQUIRE(book.ok());
  CHECK(book->countries().size() == 249);
  CheckAll(*book, {
                      {"Untied States", "COUNTRY_UNCLEAR US"},
                      {"Germny", "COUNTRY_UNCLEAR DE"},
                      {"Austalia", "COUNTRY_UNCLEAR AU,AT"},
                      {"澳大利压", "COUNTRY_UNCLEAR AU"},
                      {"XX", "COUNTRY_USER_ASSIGNED"},
                      {"AA", "COUNTRY_USER_ASSIGNED"},
                      {"qm", "COUNTRY_USER_ASSIGNED"},
                      {"QZ", "COUNTRY_USER_ASSIGNED"},
                      {"QL", "COUNTRY_UNKNOWN"},
                      {"ZZ", "COUNTRY_USER_ASSIGNED"},
                      {"XK", "COUNTRY_USER_ASSIGNED"},
                      {"XKX", "COUNTRY_USER_ASSIGNED"},
                      {"Kosovo", "COUNTRY_USER_ASSIGNED"},
                      {"科索沃", "COUNTRY_USER_ASSIGNED"},
                      {"SU", "COUNTRY_FORMER 1992-08-30"},
                      {"USSR", "COUNTRY_FORMER 1992-08-30"},
                      {"Yugoslavia", "COUNTRY_FORMER 2003-07-23"},
                      {"DDR", "COUNTRY_FORMER 1990-10-30"},
                      {"Burma", "COUNTRY_FORMER 1989-12-05"},
                      {"", "COUNTRY_UNKNOWN"},
                      {" ", "COUNTRY_UNKNOWN"},
                      {"null", "COUNTRY_UNKNOWN"},
                      {"undefined", "COUNTRY_UNKNOWN"},
                      {"Atlantis", "COUNTRY_UNKNOWN"},
                      {"\xff", "COUNTRY_UNKNOWN"},
                      {"😀", "COUNTRY_UNKNOWN"},
                      {std::string(100000, 'a'), "COUNTRY_UNKNOWN"},
                  });
}

TEST_CASE("every country is resolved from its codes and from the names it is shown under",
          "[account][country][R-16]") {
  const absl::StatusOr<CountryBook> book = LoadCountries({});
  REQUIRE(book.ok());
  for (const auto& [alpha2, country] : book->countries()) {
    INFO(alpha2 << " " << country.english << " " << country.chinese);
    CHECK(Answer(*book, alpha2) == alpha2);
    CHECK(Answer(*book, country.alpha3) == alpha2);
    if (alpha2 == "GN") continue;  // Guinea, after which three others are called
    CHECK(Answer(*book, country.english) == alpha2);
    CHECK(Answer(*book, country.chinese) == alpha2);
  }
}

TEST_CASE("the three letters of a machine-readable zone stand for what Doc 9303 says",
          "[account][country][R-04]") {
  const absl::StatusOr<CountryBook> book = LoadCountries({});
  REQUIRE(book.ok());
  using Kind = MrzState::Kind;
  struct Meaning {
    const char* code;
    Kind kind;
    const char* alpha2;
  };
  const std::vector<Meaning> table = {
      {"CHN", Kind::kCountry, "CN"},     {"D", Kind::kCountry, "DE"},
      {"DEU", Kind::kCountry, "DE"},     {"GBR", Kind::kCountry, "GB"},
      {"GBD", Kind::kCountry, "GB"},     {"GBN", Kind::kCountry, "GB"},
      {"GBO", Kind::kCountry, "GB"},     {"GBP", Kind::kCountry, "GB"},
      {"GBS", Kind::kCountry, "GB"},     {"RKS", Kind::kCountry, "XK"},
      {"HKG", Kind::kCountry, "HK"},     {"UTO", Kind::kSpecimen, ""},
      {"UNO", Kind::kOrganisation, ""},  {"EUE", Kind::kOrganisation, ""},
      {"XXA", Kind::kNoNationality, ""}, {"XXB", Kind::kNoNationality, ""},
      {"XXC", Kind::kNoNationality, ""}, {"XXX", Kind::kNoNationality, ""},
      {"CN", Kind::kUnknown, ""},        {"QQQ", Kind::kUnknown, ""},
      {"", Kind::kUnknown, ""},
  };
  for (const Meaning& row : table) {
    INFO(row.code);
    CHECK(book->OfMrzCode(row.code).kind == row.kind);
    CHECK(book->OfMrzCode(row.code).alpha2 == row.alpha2);
  }
}

TEST_CASE("a place without countries is named", "[account][country]") {
  IsoCodes nowhere;
  nowhere.json_dir = "/nonexistent";
  const absl::Status status = LoadCountries(nowhere).status();
  CHECK(status.code() == absl::StatusCode::kNotFound);
  CHECK(status.message() == "/nonexistent/iso_3166-1.json cannot be read: install iso-codes");
}

}  // namespace
}  // namespace houbu::account
