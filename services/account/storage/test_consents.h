/// Consents, for tests.
#pragma once

#include "services/account/app/consents.h"
#include "services/account/storage/postgres_consent_store.h"

namespace houbu::account {

/// The texts in force.
inline const ConsentTexts kTestTexts = {
    {ConsentPurpose::kIdentityVerification, "identity-verification-1"},
    {ConsentPurpose::kHealthDocuments, "health-documents-1"}};

}  // namespace houbu::account
