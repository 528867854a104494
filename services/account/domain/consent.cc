#include "services/account/domain/consent.h"

#include "absl/strings/str_cat.h"

namespace houbu::account {
namespace {

constexpr char kIdentityVerification[] = "IDENTITY_VERIFICATION";
constexpr char kHealthDocuments[] = "HEALTH_DOCUMENTS";

}  // namespace

absl::string_view NameOf(ConsentPurpose purpose) {
  return purpose == ConsentPurpose::kIdentityVerification ? kIdentityVerification
                                                          : kHealthDocuments;
}

absl::StatusOr<ConsentPurpose> ParseConsentPurpose(absl::string_view name) {
  if (name == kIdentityVerification) return ConsentPurpose::kIdentityVerification;
  if (name == kHealthDocuments) return ConsentPurpose::kHealthDocuments;
  return absl::InternalError(absl::StrCat("unknown purpose of a consent: ", name));
}

std::string NameOf(const PurposeConsent& consent) {
  return absl::StrCat("accounts/", consent.account, "/consents/", consent.id);
}

absl::Status CheckConsent(const std::optional<PurposeConsent>& standing, ConsentPurpose purpose,
                          const std::string& text_version) {
  if (standing.has_value() && standing->text_version == text_version) return absl::OkStatus();
  return Refuse(kConsentRequired,
                {{"purpose", std::string(NameOf(purpose))}, {"text_version", text_version}});
}

}  // namespace houbu::account
