#include "services/account/domain/mrz.h"

#include <utility>

#include <catch2/catch.hpp>

namespace houbu::account {
namespace {

const absl::CivilDay kToday(2026, 11, 21);
constexpr char kTop[] = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<";
constexpr char kBottom[] = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";

/// The fields in which a zone is found wrong.
std::vector<std::string> FaultsOf(const std::vector<std::string>& lines) {
  Violations violations;
  const std::optional<Mrz> mrz = ReadMrz(lines, kToday, violations);
  std::vector<std::string> fields;
  for (const Violation& violation : ViolationsOf(violations.ToStatus())) {
    fields.push_back(violation.field);
  }
  CHECK(mrz.has_value() == fields.empty());
  return fields;
}

Mrz Sound(const std::vector<std::string>& lines) {
  Violations violations;
  const std::optional<Mrz> mrz = ReadMrz(lines, kToday, violations);
  for (const Violation& violation : ViolationsOf(violations.ToStatus())) {
    UNSCOPED_INFO(violation.field << " " << violation.description);
  }
  REQUIRE(mrz.has_value());
  return *mrz;
}

std::string With(std::string line, std::size_t position, char character) {
  line[position - 1] = character;
  return line;
}

TEST_CASE("check digits are those of ICAO 9303", "[account][document][R-04]") {
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

TEST_CASE("a passport's zone is read field by field", "[account][document][R-04]") {
  const Mrz mrz = Sound({kTop, kBottom});
  CHECK(mrz.format == MrzFormat::kTd3);
  CHECK(mrz.document_code == "P");
  CHECK(mrz.issuer == "UTO");
  CHECK(mrz.number == "L898902C3");
  CHECK(mrz.nationality == "UTO");
  CHECK(mrz.optional_data == "ZE184226B");
  CHECK(mrz.primary == "ERIKSSON");
  CHECK(mrz.secondary == "ANNA MARIA");
  CHECK_FALSE(mrz.name_truncated);
  CHECK(mrz.sex == Sex::kFemale);
  CHECK(mrz.birth == absl::CivilDay(1974, 8, 12));
  CHECK(mrz.expires == absl::CivilDay(2012, 4, 15));
}

TEST_CASE("a number too long for its field goes on in the optional data",
          "[account][document][R-04]") {
  const Mrz card = Sound({"I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2",
                          "STEVENSON<<PETER<JOHN<<<<<<<<<"});
  CHECK(card.format == MrzFormat::kTd1);
  CHECK(card.number == "D23145890734");
  CHECK(card.optional_data.empty());
  CHECK(card.birth == absl::CivilDay(1934, 7, 12));
  CHECK(card.expires == absl::CivilDay(1995, 7, 12));
  CHECK(FaultsOf({"I<UTOD23145890<7348<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2",
                  "STEVENSON<<PETER<JOHN<<<<<<<<<"}) ==
        std::vector<std::string>{"mrz.document_number"});
}

TEST_CASE("what a keyboard or a word processor made of a zone is put right",
          "[account][document][R-04]") {
  const std::string flat = std::string(kTop) + kBottom;
  for (const std::vector<std::string>& lines : std::vector<std::vector<std::string>>{
           {"  p<utoeriksson<<anna<maria<<<<<<<<<<<<<<<<<<< ", kBottom},
           {std::string(kTop) + "\n" + kBottom},
           {std::string(kTop) + "\r\n" + kBottom + "\r\n"},
           {flat},
           {"P UTOERIKSSON  ANNA MARIA<<<<<<<<<<<<<<<<<<<", kBottom},
           {"P<UTO ERIKSSON<<ANNA<MARIA <<<<<<<<<<<<<<<<<<<", kBottom},
           {"P<UTOERIKSSON«ANNA<MARIA«««««««««<", kBottom},
           {"Ｐ＜ＵＴＯERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", kBottom}}) {
    INFO(lines[0]);
    CHECK(Sound(lines).secondary == "ANNA MARIA");
  }
}

TEST_CASE("a zone that does not fit its check digits names the field",
          "[account][document][R-04]") {
  using Fields = std::vector<std::string>;
  struct Row {
    std::vector<std::string> lines;
    Fields fields;
  };
  const std::vector<Row> table = {
      {{kTop, With(kBottom, 1, 'K')}, {"mrz.document_number"}},
      {{kTop, With(kBottom, 10, '5')}, {"mrz.document_number"}},
      {{kTop, With(kBottom, 14, '8')}, {"mrz.birth_date"}},
      {{kTop, With(kBottom, 14, 'O')}, {"mrz.birth_date"}},
      {{kTop, With(kBottom, 22, '2')}, {"mrz.expire_date"}},
      {{kTop, With(kBottom, 29, 'Y')}, {"mrz.optional_data"}},
      {{kTop, With(kBottom, 44, '1')}, {"mrz"}},
      {{kTop, With(kBottom, 21, 'Q')}, {"mrz.sex"}},
      {{kTop, With(kBottom, 11, '1')}, {"mrz.nationality"}},
      {{With(kTop, 3, '0'), kBottom}, {"mrz.issuer"}},
      {{With(kTop, 7, '0'), kBottom}, {"mrz.name"}},
      {{With(kTop, 6, '<'), kBottom}, {"mrz.name"}},
      {{With(kTop, 1, '<'), kBottom}, {"mrz.document_code"}},
      {{With(kTop, 7, '*'), kBottom}, {"mrz"}},
      {{With(kTop, 7, '*'), With(kBottom, 3, '!')}, {"mrz", "mrz"}},
      {{kTop, With(With(kBottom, 1, 'K'), 14, '8')}, {"mrz.document_number", "mrz.birth_date"}},
      {{kTop}, {"mrz"}},
      {{kTop, "L898902C36UTO"}, {"mrz"}},
      {{}, {"mrz"}},
      {{"", " "}, {"mrz"}},
      {{kTop, kBottom, kBottom}, {"mrz"}},
      {{std::string(10000, '<')}, {"mrz"}},
      {{"\xff\xfe", "x"}, {"mrz"}},
      {{std::string(44, '<'), std::string(44, '<')},
       {"mrz.document_code", "mrz.issuer", "mrz.nationality", "mrz.document_number", "mrz.name"}},
  };
  for (const Row& row : table) {
    INFO((row.lines.empty() ? "" : row.lines.back()));
    CHECK(FaultsOf(row.lines) == row.fields);
  }
}

TEST_CASE("years of two digits are the ones that make sense today", "[account][document][R-04]") {
  struct Row {
    const char* digits;
    absl::CivilDay birth;
    absl::CivilDay expires;
  };
  const std::vector<Row> table = {
      {"261121", absl::CivilDay(2026, 11, 21), absl::CivilDay(2026, 11, 21)},
      {"261122", absl::CivilDay(1926, 11, 22), absl::CivilDay(2026, 11, 22)},
      {"000229", absl::CivilDay(2000, 2, 29), absl::CivilDay(2000, 2, 29)},
      {"761231", absl::CivilDay(1976, 12, 31), absl::CivilDay(1976, 12, 31)},
      {"751231", absl::CivilDay(1975, 12, 31), absl::CivilDay(2075, 12, 31)},
  };
  for (const Row& row : table) {
    INFO(row.digits);
    const std::string date = std::string(row.digits) + MrzCheck(row.digits);
    std::string bottom = std::string("L898902C36UTO") + date + "F" + date + "<<<<<<<<<<<<<<0";
    bottom += MrzCheck(bottom.substr(0, 10) + bottom.substr(13, 7) + bottom.substr(21, 22));
    const Mrz mrz = Sound({kTop, bottom});
    CHECK(mrz.birth == row.birth);
    CHECK(mrz.expires == row.expires);
  }
}

TEST_CASE("an unknown part of the birth date leaves it unknown", "[account][document][R-04]") {
  std::string bottom =
      std::string("L898902C36UTO") + "74<<<<" + MrzCheck("74<<<<") + "<1204159<<<<<<<<<<<<<<<";
  bottom += MrzCheck(bottom.substr(0, 10) + bottom.substr(13, 7) + bottom.substr(21, 22));
  const Mrz mrz = Sound({kTop, bottom});
  CHECK_FALSE(mrz.birth.has_value());
  CHECK(mrz.birth_digits == "74<<<<");
  CHECK(mrz.sex == Sex::kUnspecified);
}

TEST_CASE("a visa of the small kind has no overall check digit", "[account][document][R-04]") {
  const Mrz visa =
      Sound({"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"});
  CHECK(visa.format == MrzFormat::kMrvB);
  CHECK(visa.number == "L8988901C");
  CHECK(visa.nationality == "XXX");
}

}  // namespace
}  // namespace houbu::account
