#include "services/account/domain/person_name.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include <catch2/catch.hpp>

namespace houbu::account {
namespace {

std::string Repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

struct Row {
  std::string typed;
  std::string normal;
  std::string fault;  ///< Part of it; "" when nothing is wrong.
};

void CheckAll(const std::vector<Row>& table, NameScript script) {
  for (const Row& row : table) {
    INFO(row.typed);
    const std::string normal = NormaliseName(row.typed, script);
    CHECK(normal == row.normal);
    const std::string fault = NameFault(normal, script);
    INFO(fault);
    CHECK(absl::StrContains(fault, row.fault));
    CHECK(fault.empty() == row.fault.empty());
  }
}

TEST_CASE("Chinese names: what is put right and what is refused", "[account][name][R-04]") {
  const std::string override_left = "旅\u202E客甲";
  CheckAll(
      {
          {"旅客甲", "旅客甲", ""},
          {"甲", "甲", ""},
          {"", "", "1 to 60"},
          {Repeated("甲", 60), Repeated("甲", 60), ""},
          {Repeated("甲", 61), Repeated("甲", 61), "1 to 60"},
          {"  旅客甲 ", "旅客甲", ""},
          {"\u00A0旅客甲\u3000", "旅客甲", ""},
          {"旅 客甲", "旅 客甲", "Chinese characters and middle dots"},
          {"𠮷𡘙甲", "𠮷𡘙甲", ""},              // beyond GB 2312 and the BMP
          {"\U00030000甲", "\U00030000甲", ""},  // extension G
          {"〇甲", "〇甲", ""},
          {"\uE000甲", "\uE000甲", "of one computer's own"},
          {"阿凡提\u00B7买买提", "阿凡提\u00B7买买提", ""},
          {"阿凡提\u2022买买提", "阿凡提\u00B7买买提", ""},
          {"阿凡提\u2027买买提", "阿凡提\u00B7买买提", ""},
          {"阿凡提\u30FB买买提", "阿凡提\u00B7买买提", ""},
          {"阿凡提\uFF65买买提", "阿凡提\u00B7买买提", ""},  // half-width
          {"阿凡提 · 买买提", "阿凡提\u00B7买买提", ""},
          {"\u00B7买买提", "\u00B7买买提", "middle dot"},
          {"阿凡提\u00B7", "阿凡提\u00B7", "middle dot"},
          {"阿凡提\u00B7\u00B7买买提", "阿凡提\u00B7\u00B7买买提", "middle dot"},
          {"阿凡提.买买提", "阿凡提.买买提", "U+002E"},
          {"旅\u200B客\u200D甲\uFEFF", "旅客甲", ""},  // zero-width, left by copying
          {"葛\U000E0100甲", "葛甲", ""},              // a variation selector
          {override_left, override_left, "U+202E"},
          {"旅客\u2066甲", "旅客\u2066甲", "U+2066"},
          {"旅客甲😀", "旅客甲😀", "emoji"},
          {"旅客🇨🇳", "旅客🇨🇳", "emoji"},
          {"旅客1", "旅客1", "digit"},
          {"旅客１", "旅客1", "digit"},
          {"null", "null", "passport"},
          {"undefined", "undefined", "passport"},
          {"true", "true", "passport"},
          {"ＬＩ", "LI", "passport"},
          {"旅客A", "旅客A", "passport"},
          {"ひらがな", "ひらがな", "Chinese characters"},
          {"<script>", "<script>", "U+003C"},
          {"旅\x01客", "旅\x01客", "U+0001"},
          {"\xff", "", "1 to 60"},
      },
      NameScript::kChinese);
}

TEST_CASE("Latin names: what is put right and what is refused", "[account][name][R-04][R-16]") {
  CheckAll(
      {
          {"LI, YIMING", "LI, YIMING", ""},
          {"Li,Yiming", "LI, YIMING", ""},
          {" li ,  yiming ", "LI, YIMING", ""},
          {"ＬＩ，　ＹＩＭＩＮＧ", "LI, YIMING", ""},
          {"LI\u00A0YIMING", "LI YIMING", ""},
          {"LI", "LI", ""},
          {"O", "O", ""},
          {"null", "NULL", ""},
          {"undefined", "UNDEFINED", ""},
          {"true", "TRUE", ""},
          {"O'Connor, Se\u0301an", "O'CONNOR, SEAN", ""},
          {"O\u2019Connor, S\u00E9an", "O'CONNOR, SEAN", ""},
          {"Lefebvre\u2010Durand, Zoe", "LEFEBVRE-DURAND, ZOE", ""},
          {"Stra\u00DFe", "STRASSE", ""},
          {"Lyu, Xiaojun", "LYU, XIAOJUN", ""},
          {"Lv, Xiaojun", "LV, XIAOJUN", ""},
          {"L\u00FC, Xiaojun", "L\u00DC, XIAOJUN", "YU"},
          {"Lu\u0308, Xiaojun", "L\u00DC, XIAOJUN", "UE or UXX or U"},
          {"Mu\u00F1oz", "MU\u00D1OZ", "N or NXX"},
          {"旅客甲", "旅客甲", "Latin letters"},
          {"\u041B\u0418", "\u041B\u0418", "Latin letters"},  // Cyrillic
          {"LI\u202EYIMING", "LI\u202EYIMING", "U+202E"},
          {"LI\u200DYIMING", "LIYIMING", ""},
          {"LI 2", "LI 2", "digit"},
          {"LI 😀", "LI 😀", "emoji"},
          {"LI, YI, MING", "LI, YI, MING", "more than one comma"},
          {"-LI", "-LI", "begin with a letter"},
          {",", ",", "begin with a letter"},
          {"LI; DROP TABLE", "LI; DROP TABLE", "Latin letters"},
          {"=LI", "=LI", "Latin letters"},
          {Repeated("A", 60), Repeated("A", 60), ""},
          {Repeated("A", 61), Repeated("A", 61), "1 to 60"},
      },
      NameScript::kLatin);
}

TEST_CASE("permits have Chinese or Latin names", "[account][name][R-04]") {
  CheckAll({{"旅客甲", "旅客甲", ""},
            {"Chan, Tai Man", "CHAN, TAI MAN", ""},
            {"旅客 A", "旅客 A", "Chinese characters"}},
           NameScript::kEither);
}

TEST_CASE("a name's normal form is its own normal form", "[account][name][R-04]") {
  for (const NameScript script : {NameScript::kChinese, NameScript::kLatin, NameScript::kEither}) {
    for (const std::string typed :
         {"旅客甲", " li ,  yiming ", "阿凡提 • 买买提", "O\u2019Connor, S\u00E9an", "L\u00FC",
          "a\u0301\u0323b", "ﬁ ½ ㎏", "\uFF65x", "Ǆ ǆ", "i\u0307"}) {
      const std::string once = NormaliseName(typed, script);
      CHECK(NormaliseName(once, script) == once);
    }
  }
}

TEST_CASE("names are shown masked", "[account][name][R-17]") {
  CHECK(MaskedName("旅客甲") == "旅**");
  CHECK(MaskedName("𠮷甲") == "𠮷**");
  CHECK(MaskedName("LI, YIMING") == "L*** Y***");
}

}  // namespace
}  // namespace houbu::account
