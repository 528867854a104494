#include "services/account/domain/account.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"

namespace houbu::account {
namespace {

constexpr std::array<std::pair<Verification, const char*>, 4> kVerifications = {{
    {Verification::kUnverified, "UNVERIFIED"},
    {Verification::kPending, "PENDING"},
    {Verification::kVerified, "VERIFIED"},
    {Verification::kRejected, "REJECTED"},
}};

}  // namespace

absl::string_view VerificationName(Verification verification) {
  for (const auto& [known, name] : kVerifications) {
    if (known == verification) {
      return name;
    }
  }
  return "";
}

absl::StatusOr<Verification> ParseVerification(absl::string_view name) {
  for (const auto& [verification, known] : kVerifications) {
    if (name == known) {
      return verification;
    }
  }
  return absl::InternalError(absl::StrCat("unknown verification ", name));
}

std::string NameOf(const Account& account) { return absl::StrCat("accounts/", account.id); }

bool MayWait(const Account& account) {
  return account.member || account.verification == Verification::kVerified;
}

}  // namespace houbu::account
