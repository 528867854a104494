// The account service: who people are, who they travel with, and what it vouches for.
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/status_macros.h"
#include "libs/identity/keys.h"
#include "libs/process/process.h"
#include "libs/secrets/keys.h"
#include "services/account/app/passenger_list.h"
#include "services/account/app/statements.h"
#include "services/account/attachment_parts.h"
#include "services/account/audit_parts.h"
#include "services/account/consent_parts.h"
#include "services/account/guardian_parts.h"
#include "services/account/key_parts.h"
#include "services/account/peers/messages.h"
#include "services/account/privacy_parts.h"
#include "services/account/readiness_parts.h"
#include "services/account/restriction_parts.h"
#include "services/account/retention_parts.h"
#include "services/account/rpc/account_handlers.h"
#include "services/account/rpc/passenger_handlers.h"
#include "services/account/rpc/statement_handlers.h"
#include "services/account/sign_in_parts.h"
#include "services/account/staff_parts.h"
#include "services/account/storage/keyed.h"
#include "services/account/storage/postgres_account_store.h"
#include "services/account/storage/postgres_consent_store.h"
#include "services/account/storage/postgres_passenger_store.h"
#include "services/account/storage/schema.h"
#include "services/account/verification_parts.h"

namespace houbu::account {
namespace {

/// What an operator sets.
struct AccountConfig {
  process::CommonConfig common;
  KeyConfig keys;
  VerificationConfig verification;
  SignInConfig sign_in;
  StatementPolicy statements;
  ReadinessConfig readiness;
  AuditConfig audit;
  StaffConfig staff;
  RestrictionConfig restrictions;
  GuardianConfig guardians;
  RetentionConfig retention;
  PrivacyConfig privacy;
  ConsentConfig consents;
  AttachmentConfig attachments;

  void Bind(process::Binder& binder) {
    common.Bind(binder);
    common.BindRequestKey(binder);
    audit.Bind(binder);
    staff.Bind(binder);
    restrictions.Bind(binder);
    guardians.Bind(binder);
    common.BindPeer(binder, "notification");
    for (const char* const keeper : {"slot", "waitlist", "payment"}) {
      common.BindPeer(binder, keeper);
    }
    keys.Bind(binder);
    retention.Bind(binder);
    privacy.Bind(binder);
    consents.Bind(binder);
    verification.Bind(binder);
    binder.Optional("statements.life", &statements.life, "How long a travel statement holds.");
    sign_in.Bind(binder);
    readiness.Bind(binder);
    attachments.Bind(binder);
  }
};

absl::StatusOr<process::Parts> BuildAccount(process::Environment& env,
                                            const AccountConfig& config) {
  ASSIGN_OR_RETURN(Vault loaded_vault, LoadVault(config.keys));
  ASSIGN_OR_RETURN(secrets::Key pseudonym_key,
                   secrets::LoadKeyFile(config.keys.pseudonym_key_file));
  ASSIGN_OR_RETURN(identity::Signer loaded_signer,
                   identity::Signer::FromSeedFile(config.keys.signing_seed_file));

  process::Parts parts;
  ASSIGN_OR_RETURN(const CountryBook* const countries,
                   BuildCountries(parts, env, config.readiness));
  auto& signer = parts.Own<identity::Signer>(std::move(loaded_signer));
  auto& vault = parts.Own<Vault>(std::move(loaded_vault));
  auto& accounts = parts.Own<PostgresAccountStore>(env.postgres(), vault);
  auto& passengers = parts.Own<PostgresPassengerStore>(env.postgres(), vault);
  auto& restrictions = parts.Own<PostgresRestrictionStore>(env.postgres());
  auto& pseudonyms = parts.Own<KeyedPseudonyms>(secrets::Pseudonym(pseudonym_key));
  auto& messages = parts.Own<Messages>(env.peer("notification"));
  ASSIGN_OR_RETURN(const std::string jwks, PublishedKeys(signer, config.keys));
  ASSIGN_OR_RETURN(const SignInParts sign_in,
                   AddSignIn(parts, env, config.sign_in,
                             SignInShared{vault, accounts, messages, restrictions, signer, jwks}));

  auto& consent_store = parts.Own<PostgresConsentStore>(env.postgres());
  auto& consents = AddConsents(parts, env, config.consents, consent_store);
  ASSIGN_OR_RETURN(
      Verifications* const verifications,
      AddVerification(parts, env, config.verification, vault, accounts, passengers, consents));
  auto& list = parts.Own<PassengerList>(passengers, consents, pseudonyms, *countries, env.clock(),
                                        env.ids());
  auto& guardians = parts.Own<PostgresGuardianStore>(env.postgres());
  auto& statements = parts.Own<Statements>(accounts, passengers, restrictions, guardians,
                                           env.clock(), config.statements, config.guardians.rule());
  auto& audit = AddAudit(parts, env, config.audit, signer);
  RETURN_IF_ERROR(AddStaff(parts, env, config.staff, audit));
  RETURN_IF_ERROR(AddRestrictions(parts, env, config.restrictions, restrictions, accounts));
  AddGuardians(parts, env, guardians, passengers);
  parts.Serve<AccountHandlers>(env.seam(), *verifications, jwks);
  parts.Serve<PassengerHandlers>(env.seam(), list);
  parts.Serve<StatementHandlers>(env.seam(), statements, signer);
  RETURN_IF_ERROR(BuildReadiness(parts, env, config.readiness, *countries, passengers));
  ASSIGN_OR_RETURN(AttachmentStore* const attachments,
                   AddAttachments(parts, env, config.attachments, vault, consents));
  AddPrivacy(parts, env, config.privacy,
             DataExports::Tools{accounts, *sign_in.credentials, passengers, *sign_in.session_store,
                                *attachments, guardians, restrictions, consent_store, audit,
                                *sign_in.sessions, env.clock()});
  AddRetention(parts, env, config.retention);
  return parts;
}

}  // namespace
}  // namespace houbu::account

int main(int argc, char** argv) {
  houbu::process::Service<houbu::account::AccountConfig> service;
  service.name = "account";
  service.migrations = houbu::account::kMigrations;
  service.build = houbu::account::BuildAccount;
  houbu::process::Command<houbu::account::AccountConfig> rewrap;
  rewrap.name = "rewrap-keys";
  rewrap.description = "Wraps all persons' keys by the newest master key.";
  rewrap.run = [](houbu::process::Environment& env, const houbu::account::AccountConfig& config,
                  std::vector<std::string>) { return houbu::account::RewrapAll(env, config.keys); };
  service.commands.push_back(std::move(rewrap));
  return houbu::process::Run(argc, argv, service);
}
