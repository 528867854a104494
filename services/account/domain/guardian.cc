#include "services/account/domain/guardian.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace houbu::account {
namespace {

bool NeedsGuardian(GuardianRule rule, const Passenger& passenger, absl::CivilDay today) {
  switch (rule) {
    case GuardianRule::kNobody:
      return false;
    case GuardianRule::kYoungChildren:
      return TakesConsent(passenger, today);
    case GuardianRule::kChildren:
      return WardKindOf(passenger, today) == WardKind::kChild;
  }
  return false;
}

}  // namespace

absl::string_view NameOf(WardKind kind) { return kind == WardKind::kChild ? "CHILD" : "ELDER"; }

absl::StatusOr<WardKind> ParseWardKind(absl::string_view name) {
  for (const WardKind kind : {WardKind::kChild, WardKind::kElder}) {
    if (NameOf(kind) == name) {
      return kind;
    }
  }
  return absl::DataLossError(absl::StrCat("no kind of a ward: ", name));
}

absl::string_view NameOf(GuardianshipState state) {
  switch (state) {
    case GuardianshipState::kPending:
      return "PENDING";
    case GuardianshipState::kAccepted:
      return "ACCEPTED";
    case GuardianshipState::kRejected:
      return "REJECTED";
    case GuardianshipState::kEnded:
      return "ENDED";
  }
  return "";
}

absl::StatusOr<GuardianshipState> ParseGuardianshipState(absl::string_view name) {
  for (const GuardianshipState state : {GuardianshipState::kPending, GuardianshipState::kAccepted,
                                        GuardianshipState::kRejected, GuardianshipState::kEnded}) {
    if (NameOf(state) == name) {
      return state;
    }
  }
  return absl::DataLossError(absl::StrCat("no state of a guardianship: ", name));
}

std::string NameOf(const Guardianship& guardianship) {
  return absl::StrCat("accounts/", guardianship.account, "/guardianships/", guardianship.id);
}

absl::CivilDay ChinaDay(absl::Time now) {
  return absl::ToCivilDay(now, absl::FixedTimeZone(8 * 60 * 60));  // no summer time since 1992
}

std::optional<absl::CivilDay> BirthDayOf(const Passenger& passenger) {
  for (const PassengerDocument& document : passenger.documents) {
    const std::optional<absl::CivilDay> told = BirthOf(document.document);
    if (told.has_value()) {
      return told;
    }
  }
  return passenger.birth;
}

std::optional<WardKind> WardKindOf(const Passenger& passenger, absl::CivilDay today) {
  const std::optional<absl::CivilDay> birth = BirthDayOf(passenger);
  if (!birth.has_value()) {
    return passenger.type == PassengerType::kChild   ? std::make_optional(WardKind::kChild)
           : passenger.type == PassengerType::kElder ? std::make_optional(WardKind::kElder)
                                                     : std::nullopt;
  }
  const int age = AgeOn(*birth, today);
  if (age < kAdultAge) {
    return WardKind::kChild;
  }
  return age >= kElderAge ? std::make_optional(WardKind::kElder) : std::nullopt;
}

bool TakesConsent(const Passenger& passenger, absl::CivilDay today) {
  const std::optional<absl::CivilDay> birth = BirthDayOf(passenger);
  return birth.has_value() ? AgeOn(*birth, today) < kConsentAge
                           : passenger.type == PassengerType::kChild;
}

absl::StatusOr<Guardianship> Decide(Guardianship guardianship, const GuardianDecision& decision,
                                    absl::Time now) {
  if (guardianship.state != GuardianshipState::kPending) {
    return Refuse(kGuardianshipDecided);
  }
  guardianship.state =
      decision.is_acceptance ? GuardianshipState::kAccepted : GuardianshipState::kRejected;
  guardianship.decided_by = decision.person;
  guardianship.reason = decision.reason;
  guardianship.decided_at = now;
  return guardianship;
}

absl::StatusOr<Guardianship> End(Guardianship guardianship, const std::string& who,
                                 const std::string& reason, absl::Time now) {
  if (guardianship.state != GuardianshipState::kPending &&
      guardianship.state != GuardianshipState::kAccepted) {
    return Refuse(kGuardianshipDecided);
  }
  guardianship.state = GuardianshipState::kEnded;
  guardianship.decided_by = who;
  guardianship.reason = reason;
  guardianship.ended_at = now;
  return guardianship;
}

absl::Status MayActFor(GuardianRule rule, const std::vector<Passenger>& travellers,
                       const std::vector<std::string>& accepted_wards, absl::CivilDay today) {
  std::vector<std::string> lacking;
  for (const Passenger& traveller : travellers) {
    const bool is_accepted = std::find(accepted_wards.begin(), accepted_wards.end(),
                                       traveller.id) != accepted_wards.end();
    if (!is_accepted && NeedsGuardian(rule, traveller, today)) {
      lacking.push_back(NameOf(traveller));
    }
  }
  if (lacking.empty()) {
    return absl::OkStatus();
  }
  Metadata metadata;
  metadata["passengers"] = absl::StrJoin(lacking, ",");
  return Refuse(kGuardianRequired, std::move(metadata));
}

}  // namespace houbu::account
