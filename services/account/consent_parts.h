/// Consents as a part of the account service: their settings, and what they become.
#pragma once

#include <string>

#include "libs/process/process.h"
#include "services/account/app/consents.h"
#include "services/account/rpc/consent_handlers.h"

namespace houbu::account {

/// The settings of consents: which texts are in force.
struct ConsentConfig {
  std::string identity_verification = "identity-verification-2026-11";
  std::string health_documents = "health-documents-2026-11";

  /// Binds consents.*.
  void Bind(process::Binder& binder) {
    binder.Optional("consents.identity_verification", &identity_verification,
                    "The version of the text in force on comparing faces. Another one asks anew.");
    binder.Optional("consents.health_documents", &health_documents,
                    "The version of the text in force on keeping health documents.");
  }

  /// The texts by their purposes.
  ConsentTexts texts() const {
    return {{ConsentPurpose::kIdentityVerification, identity_verification},
            {ConsentPurpose::kHealthDocuments, health_documents}};
  }
};

/// Adds consents over their store; gives who checks them.
inline Consents& AddConsents(process::Parts& parts, process::Environment& env,
                             const ConsentConfig& config, ConsentStore& store) {
  auto& consents = parts.Own<Consents>(store, env.clock(), env.ids(), config.texts());
  parts.Serve<ConsentHandlers>(env.seam(), consents);
  return consents;
}

}  // namespace houbu::account
