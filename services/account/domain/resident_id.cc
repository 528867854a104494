#include "services/account/domain/resident_id.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "libs/base/text.h"

namespace houbu::account {
namespace {

/// The provinces of GB/T 2260, by their two digits.
constexpr absl::string_view kProvinces =
    " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65"
    " 71 81 82 83 ";

/// Nobody alive, and nobody in the standard's own examples, was born before.
constexpr absl::CivilDay kBirthMin(1850, 1, 1);

bool AllDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

bool IsProvince(absl::string_view two_digits) {
  return absl::StrContains(kProvinces, absl::StrCat(" ", two_digits, " "));
}

bool IsPermitRegion(absl::string_view number) {
  return absl::StartsWith(number, "810000") || absl::StartsWith(number, "820000") ||
         absl::StartsWith(number, "830000");
}

/// The day in digits 7 to 14; false where the calendar has no such day.
bool BirthOf(absl::string_view number, absl::CivilDay& birth) {
  int year = 0;
  int month = 0;
  int day = 0;
  const bool read = absl::SimpleAtoi(number.substr(6, 4), &year) &&
                    absl::SimpleAtoi(number.substr(10, 2), &month) &&
                    absl::SimpleAtoi(number.substr(12, 2), &day);
  birth = absl::CivilDay(year, month, day);
  return read && birth.year() == year && birth.month() == month && birth.day() == day;
}

std::string RegionFault(absl::string_view number, IdShape shape) {
  switch (shape) {
    case IdShape::kResidentId:
      if (IsPermitRegion(number)) {
        return "is the number of a residence permit (港澳台居民居住证): choose that document";
      }
      if (number[0] == '9' && IsProvince(number.substr(1, 2))) {
        return "is the number of a foreigner's permanent residence card: choose that document";
      }
      return IsProvince(number.substr(0, 2))
                 ? ""
                 : "begins with no known province: check the first two digits";
    case IdShape::kResidencePermit:
      return IsPermitRegion(number) ? ""
                                    : "must begin with 810000, 820000 or 830000 to be a residence "
                                      "permit's";
    case IdShape::kPermanentCard:
      if (number[0] != '9') {
        return "must begin with 9 to be a permanent residence card's";
      }
      return IsProvince(number.substr(1, 2))
                 ? ""
                 : "names no known province: check the second and third digit";
  }
  return "";
}

std::string BirthFault(absl::string_view number, absl::CivilDay today) {
  absl::CivilDay birth;
  if (!BirthOf(number, birth)) {
    return "has a date of birth in digits 7 to 14 that the calendar does not have";
  }
  if (birth > today) {
    return "has a date of birth in digits 7 to 14 that is still to come";
  }
  if (birth < kBirthMin) {
    return "has a date of birth in digits 7 to 14 that is before 1850";
  }
  return "";
}

}  // namespace

char ResidentIdCheck(absl::string_view first_17_digits) {
  constexpr std::array<int, 17> kWeights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr absl::string_view kChecks = "10X98765432";
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    sum += (first_17_digits[i] - '0') * kWeights[i];
  }
  return kChecks[static_cast<std::size_t>(sum % 11)];
}

std::string LongResidentId(absl::string_view number) {
  if (number.size() != 15 || !AllDigits(number) || number.substr(12) >= "996") {
    return std::string(number);
  }
  const std::string digits = absl::StrCat(number.substr(0, 6), "19", number.substr(6));
  return absl::StrCat(digits, std::string(1, ResidentIdCheck(digits)));
}

std::string IdNumberFault(absl::string_view number, IdShape shape, absl::CivilDay today) {
  const bool old_form = shape == IdShape::kResidentId && number.size() == 15 && AllDigits(number);
  if (old_form && number.substr(12) >= "996") {
    return "is an old number that does not tell the century of birth: give the 18 characters of "
           "the present card";
  }
  const std::string whole = old_form ? LongResidentId(number) : std::string(number);
  if (const int length = CountCharacters(whole); length != 18) {
    return absl::StrCat("has ", length, " characters, expected 18",
                        shape == IdShape::kResidentId ? " (or 15 of an old card)" : "");
  }
  if (whole.size() != 18 || !AllDigits(absl::string_view(whole).substr(0, 17))) {
    return "must be 17 digits and a check character: look for a letter among the digits";
  }
  if (std::string fault = RegionFault(whole, shape); !fault.empty()) {
    return fault;
  }
  if (std::string fault = BirthFault(whole, today); !fault.empty()) {
    return fault;
  }
  if (whole[17] != ResidentIdCheck(whole)) {
    return "has a check digit (the last one) that does not fit: look for a mistyped digit";
  }
  return "";
}

IdFacts FactsOf(absl::string_view number) {
  const std::string whole = LongResidentId(number);
  IdFacts facts;
  if (whole.size() == 18 && BirthOf(whole, facts.birth)) {
    facts.sex = (whole[16] - '0') % 2 == 1 ? Sex::kMale : Sex::kFemale;
  }
  return facts;
}

}  // namespace houbu::account
