// Laws of what people type about themselves, over random input with fixed seeds.
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "services/account/domain/document.h"
#include "services/account/domain/mrz.h"
#include "services/account/domain/mrz_name.h"
#include "services/account/domain/normalise.h"

namespace houbu::account {
namespace {

const absl::CivilDay kToday(2026, 11, 21);
constexpr unsigned kSeeds = 40;

/// Text of random bytes, or of characters that matter here.
std::string Noise(std::mt19937& random, std::size_t length_max) {
  static constexpr const char* kPieces[] = {"<", "«",    "P",      "V",      "I",       "O", "0",
                                            "9", "\xff", "旅",     "\u202E", "Ü",       " ", "\n",
                                            ",", "'",    "\u0301", "😀",     "\xf0\x9f"};
  std::string text;
  const std::size_t length = random() % (length_max + 1);
  while (text.size() < length) {
    if (random() % 2 == 0) {
      text += static_cast<char>(random() % 256);
    } else {
      text += kPieces[random() % std::size(kPieces)];
    }
  }
  return text;
}

std::vector<std::string> ZoneOf(std::mt19937& random) {
  const auto pick = [&random](const std::string& from, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += from[random() % from.size()];
    return text;
  };
  const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::string top =
      "P<CHN" + pick(letters, 1 + random() % 10) + "<<" + pick(letters, 1 + random() % 15);
  top.resize(44, '<');
  const std::string number = pick(letters + "0123456789", 9);
  const std::string birth = "7" + pick("0123456789", 1) + "1016";
  const std::string expires = "3" + pick("0123456789", 1) + "0131";
  const std::string optional = pick(letters + "0123456789", 1 + random() % 14);
  std::string data = optional;
  data.resize(14, '<');
  std::string bottom = number + MrzCheck(number) + "CHN" + birth + MrzCheck(birth) + "F" + expires +
                       MrzCheck(expires) + data + MrzCheck(data);
  bottom += MrzCheck(bottom.substr(0, 10) + bottom.substr(13, 7) + bottom.substr(21, 22));
  return {top, bottom};
}

TEST_CASE("a sound zone is read, and one digit mistaken for another never is",
          "[account][document][R-04]") {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const std::vector<std::string> zone = ZoneOf(random);
    Violations none;
    REQUIRE(ReadMrz(zone, kToday, none).has_value());
    for (std::size_t at = 0; at < 44; ++at) {
      // Nationality and sex have no check digit.
      if ((at >= 10 && at < 13) || at == 20) continue;
      std::vector<std::string> mistyped = zone;
      char& digit = mistyped[1][at];
      if (digit < '0' || digit > '9') continue;
      const char was = digit;
      for (char other = '0'; other <= '9'; ++other) {
        if (other == was) continue;
        digit = other;
        Violations found;
        INFO("position " << at + 1);
        CHECK_FALSE(ReadMrz(mistyped, kToday, found).has_value());
        CHECK_FALSE(found.empty());
      }
    }
  }
}

TEST_CASE("a resident ID with one digit mistaken or two neighbours swapped is refused",
          "[account][document][R-04]") {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::string digits = "110105" + std::to_string(1950 + random() % 50) + "0" +
                         std::to_string(1 + random() % 9) + "1" + std::to_string(random() % 9) +
                         std::to_string(100 + random() % 900);
    const std::string number = digits + ResidentIdCheck(digits);
    REQUIRE(IdNumberFault(number, IdShape::kResidentId, kToday).empty());
    for (std::size_t at = 0; at < 17; ++at) {
      for (char other = '0'; other <= '9'; ++other) {
        std::string mistyped = number;
        mistyped[at] = other;
        const bool same = mistyped == number;
        CHECK(IdNumberFault(mistyped, IdShape::kResidentId, kToday).empty() == same);
      }
      std::string swapped = number;
      std::swap(swapped[at], swapped[at + 1]);
      const bool same = swapped == number;
      CHECK(IdNumberFault(swapped, IdShape::kResidentId, kToday).empty() == same);
    }
  }
}

TEST_CASE("whatever bytes come, they are read or refused", "[account][document][R-04]") {
  for (unsigned seed = 0; seed < 10 * kSeeds; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::vector<std::string> lines;
    const std::size_t count = random() % 4;
    for (std::size_t i = 0; i < count; ++i) lines.push_back(Noise(random, 120));
    Violations in_zone;
    const bool read = ReadMrz(lines, kToday, in_zone).has_value();
    CHECK(read == in_zone.empty());
    for (const DocumentType type : kDocumentTypes) {
      Document document;
      document.type = type;
      document.number = Noise(random, 40);
      document.country = Noise(random, 10);
      document.full_name = Noise(random, 80);
      document.category = Noise(random, 10);
      NormaliseDocument(document);
      const Document once = document;
      NormaliseDocument(document);
      CHECK(document.number == once.number);
      CHECK(document.full_name == once.full_name);
      Violations in_document;
      CheckDocument(document, document.full_name, kToday, in_document);
      Mrz mrz;
      mrz.primary = "LI";
      mrz.secondary = Noise(random, 20);
      static_cast<void>(IsNameOf(mrz, document.full_name));
      CHECK(MrzNameField(document.full_name, 39).size() == 39);
    }
  }
}

}  // namespace
}  // namespace houbu::account
