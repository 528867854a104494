#include "services/account/domain/mrz_name.h"

#include <catch2/catch.hpp>

namespace houbu::account {
namespace {

Mrz ZoneOf(std::string primary, std::string secondary, std::string issuer = "UTO") {
  Mrz mrz;
  mrz.primary = std::move(primary);
  mrz.secondary = std::move(secondary);
  mrz.issuer = std::move(issuer);
  return mrz;
}

TEST_CASE("names are written as Doc 9303 recommends", "[account][document][R-16]") {
  struct Row {
    const char* name;
    const char* field;  ///< Without the fillers at its end.
  };
  const std::vector<Row> table = {
      {"Eriksson, Anna Maria", "ERIKSSON<<ANNA<MARIA"},
      {"Ärzte, Øyvind Åse", "AERZTE<<OEYVIND<AASE"},
      {"Müller-Lüdenscheidt, Jürgen", "MUELLER<LUEDENSCHEIDT<<JUERGEN"},
      {"O'Connor, Séan", "OCONNOR<<SEAN"},
      {"D’Artagnan, Œdipe", "DARTAGNAN<<OEDIPE"},
      {"Strauß, Þór Łukasz", "STRAUSS<<THOR<LUKASZ"},
      {"Ñuñez, Đorđe", "NUNEZ<<DORDE"},
      {"Arkfreith", "ARKFREITH"},
      {"Çelik, İbrahim Işıl", "CELIK<<IBRAHIM<ISIL"},
  };
  for (const Row& row : table) {
    INFO(row.name);
    const std::string field = MrzNameField(row.name, 39);
    CHECK(field.size() == 39);
    CHECK(field.substr(0, field.find_last_not_of('<') + 1) == row.field);
  }
  CHECK(MrzNameField("Nilavadhanananda, Chayapa Dejthamrong Krasuang", 39) ==
        "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K");
  CHECK(MrzNameField("e\u0301", 5) == "E<<<<");
  CHECK(MrzNameField("旅客", 5) == "<<<<<");
}

TEST_CASE("a typed name is compared with the zone's", "[account][document][R-16]") {
  struct Row {
    Mrz zone;
    const char* typed;
    bool same;
  };
  Mrz cut = ZoneOf("NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG K");
  cut.name_truncated = true;
  const std::vector<Row> table = {
      {ZoneOf("ERIKSSON", "ANNA MARIA"), "ERIKSSON, ANNA MARIA", true},
      {ZoneOf("ERIKSSON", "ANNA MARIA"), "Eriksson Anna Maria", true},
      {ZoneOf("ERIKSSON", "ANNA MARIA"), "ERIKSSON, ANNA-MARIA", true},
      {ZoneOf("ERIKSSON", "ANNA MARIA"), "ERIKSSON, ANNA", false},
      {ZoneOf("ERIKSSON", "ANNA MARIA"), "ERIKSSON ANNA, MARIA", false},
      {ZoneOf("ERIKSSON", "ANNA MARIA"), "ANNA MARIA, ERIKSSON", false},
      {ZoneOf("ERIKSSON", "ANNA MARIA"), "ERIKSSON, ANNA MARIE", false},
      {ZoneOf("ERIKSSON", "ANNA MARIA"), "", false},
      {ZoneOf("MUELLER", "JURGEN"), "MÜLLER, JÜRGEN", true},
      {ZoneOf("MUXXLLER", "JUERGEN"), "MÜLLER, JÜRGEN", true},
      {ZoneOf("MYULLER", "JUERGEN"), "MÜLLER, JÜRGEN", false},
      {ZoneOf("NUNXXEZ", ""), "NUÑEZ", true},
      {ZoneOf("OCONNOR", "SEAN"), "O'CONNOR, SÉAN", true},
      {ZoneOf("O CONNOR", "SEAN"), "O’Connor, Sean", true},
      {ZoneOf("LYU", "XIAOJUN", "CHN"), "LV, XIAOJUN", true},
      {ZoneOf("LYU", "XIAOJUN", "CHN"), "LÜ, XIAOJUN", true},
      {ZoneOf("LYU", "XIAOJUN", "CHN"), "LU\u0308, XIAOJUN", true},
      {ZoneOf("LV", "XIAOJUN", "CHN"), "LYU, XIAOJUN", true},
      {ZoneOf("LYU", "XIAOJUN", "CHN"), "LU, XIAOJUN", false},
      {ZoneOf("LU", "XIAOJUN", "CHN"), "LYU, XIAOJUN", false},
      {ZoneOf("LU", "XIAOJUN", "CHN"), "LÜ, XIAOJUN", true},
      {ZoneOf("LYU", "XIAOJUN", "UTO"), "LV, XIAOJUN", false},
      {ZoneOf("WANG", "XIAONYU", "CHN"), "WANG, XIAONV", true},
      {ZoneOf("WANG", "LUE", "CHN"), "WANG, LÜE", true},
      {ZoneOf("WANG", "LUE", "CHN"), "WANG, LVE", true},
      {ZoneOf("WANG", "LUE", "CHN"), "WANG, LYUE", true},
      {cut, "NILAVADHANANANDA, CHAYAPA DEJTHAMRONG KRASUANG", true},
      {cut, "NILAVADHANANANDA, CHAYAPA DEJTHAMRONG KRASUANG SOMCHAI", true},
      {cut, "NILAVADHANANANDA, CHAYAPA DEJTHAMRONG", false},
      {cut, "NILAVADHANANANDA, CHAYAPA DEJTHAMRONG SOMCHAI", false},
      {ZoneOf("NULL", "TRUE"), "null, true", true},
  };
  for (const Row& row : table) {
    INFO(row.zone.primary << " " << row.zone.secondary << " / " << row.typed);
    CHECK(IsNameOf(row.zone, row.typed) == row.same);
  }
}

}  // namespace
}  // namespace houbu::account
