#include "services/account/domain/passenger.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace houbu::account {
namespace {

constexpr int kChildUnder = 14;
constexpr int kElderFrom = 60;

}  // namespace

int AgeOn(absl::CivilDay birth, absl::CivilDay day) {
  const auto years = static_cast<int>(day.year() - birth.year());
  const bool before_birthday =
      day.month() < birth.month() || (day.month() == birth.month() && day.day() < birth.day());
  return years - (before_birthday ? 1 : 0);
}

std::string PassengerTypeFault(PassengerType type, std::optional<absl::CivilDay> birth,
                               absl::CivilDay day) {
  const bool needs_birth = type == PassengerType::kChild || type == PassengerType::kElder;
  if (!birth.has_value()) {
    return needs_birth ? "needs a date of birth: give birth_date, or a document that tells it" : "";
  }
  const int age = AgeOn(*birth, day);
  if (type == PassengerType::kChild) {
    return age < kChildUnder ? "" : "is for children under 14: choose another kind";
  }
  if (age < kChildUnder) {
    return "is not for children under 14: choose CHILD";
  }
  if (type == PassengerType::kElder && age < kElderFrom) {
    return "is for people of 60 years and more: choose another kind";
  }
  return "";
}

std::string NameOf(const Passenger& passenger) {
  return absl::StrCat("accounts/", passenger.account, "/passengers/", passenger.id);
}

std::string NameOf(const Passenger& passenger, const PassengerDocument& document) {
  return absl::StrCat(NameOf(passenger), "/documents/", document.id);
}

void TakeFirst(Passenger& passenger) {
  for (const PassengerDocument& held : passenger.documents) {
    if (!Identifies(held.document.type)) continue;
    passenger.document = held.document;
    passenger.traveller_key = held.traveller_key;
    return;
  }
}

const PassengerDocument* FindDocument(const Passenger& passenger, DocumentType type) {
  for (const PassengerDocument& held : passenger.documents) {
    if (held.document.type == type) return &held;
  }
  return nullptr;
}

int IdentifyingDocuments(const Passenger& passenger) {
  return static_cast<int>(
      std::count_if(passenger.documents.begin(), passenger.documents.end(),
                    [](const PassengerDocument& held) { return Identifies(held.document.type); }));
}

std::string HolderCardOf(const Passenger& passenger) {
  const PassengerDocument* const card = FindDocument(passenger, DocumentType::kResidentId);
  return card == nullptr ? ""
                         : absl::StrCat(IdentityOf(card->document), "/", card->document.full_name);
}

}  // namespace houbu::account
