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
#include "services/account/app/verification.h"
#include "services/account/attachment_parts.h"
#include "services/account/audit_parts.h"
#include "services/account/guardian_parts.h"
#include "services/account/peers/identity_verifier.h"
#include "services/account/peers/messages.h"
#include "services/account/readiness_parts.h"
#include "services/account/restriction_parts.h"
#include "services/account/rpc/account_handlers.h"
#include "services/account/rpc/passenger_handlers.h"
#include "services/account/rpc/statement_handlers.h"
#include "services/account/sign_in_parts.h"
#include "services/account/staff_parts.h"
#include "services/account/storage/keyed.h"
#include "services/account/storage/postgres_account_store.h"
#include "services/account/storage/postgres_passenger_store.h"
#include "services/account/storage/schema.h"

namespace houbu::account {
namespace {

/// What an operator sets.
struct AccountConfig {
  process::CommonConfig common;
  std::string field_key_file;
  std::string previous_field_key_file;
  int field_key_id = 1;
  std::string index_key_file;
  std::string pseudonym_key_file;
  std::string signing_seed_file;
  std::vector<std::string> published_seed_files;
  std::string identity_url = "http://127.0.0.1:7461";
  SignInConfig sign_in;
  StatementPolicy statements;
  ReadinessConfig readiness;
  AuditConfig audit;
  StaffConfig staff;
  RestrictionConfig restrictions;
  GuardianConfig guardians;
  AttachmentConfig attachments;

  void Bind(process::Binder& binder) {
    common.Bind(binder);
    common.BindRequestKey(binder);
    audit.Bind(binder);
    staff.Bind(binder);
    restrictions.Bind(binder);
    guardians.Bind(binder);
    common.BindPeer(binder, "notification");
    binder.File("secrets.field_key_file", &field_key_file,
                "32 bytes in hex that wrap persons' keys.");
    binder.Optional("secrets.field_key_id", &field_key_id,
                    "The number of that key; one more with each new one.",
                    process::Range{.least = 1, .most = 255});
    binder.OptionalFile("secrets.previous_field_key_file", &previous_field_key_file,
                        "The key numbered one less, while keys are wrapped by it still.");
    binder.File("secrets.index_key_file", &index_key_file,
                "32 bytes in hex by which encrypted fields are found again.");
    binder.File("secrets.pseudonym_key_file", &pseudonym_key_file,
                "32 bytes in hex that make persons' pseudonyms.");
    binder.File("signing.seed_file", &signing_seed_file,
                "The Ed25519 seed, 32 bytes in hex, that signs tokens and statements.");
    binder.Optional("signing.published_seed_files", &published_seed_files,
                    "Seeds whose public halves are published too: the next one's, and the last "
                    "one's for a quarter of an hour.");
    binder.Optional("verifier.url", &identity_url, "Base URL of the identity provider.");
    binder.Optional("statements.life", &statements.life, "How long a travel statement holds.");
    sign_in.Bind(binder);
    readiness.Bind(binder);
    attachments.Bind(binder);
  }
};

absl::StatusOr<Vault> LoadVault(const AccountConfig& config) {
  ASSIGN_OR_RETURN(const secrets::Key field_key, secrets::LoadKeyFile(config.field_key_file));
  std::map<std::uint8_t, secrets::Key> masters;
  masters.emplace(static_cast<std::uint8_t>(config.field_key_id), field_key);
  if (!config.previous_field_key_file.empty()) {
    ASSIGN_OR_RETURN(const secrets::Key previous,
                     secrets::LoadKeyFile(config.previous_field_key_file));
    masters.emplace(static_cast<std::uint8_t>(config.field_key_id - 1), previous);
  }
  ASSIGN_OR_RETURN(const secrets::Key index_key, secrets::LoadKeyFile(config.index_key_file));
  ASSIGN_OR_RETURN(secrets::FieldCipher cipher, secrets::FieldCipher::Create(std::move(masters)));
  return Vault(std::move(cipher), secrets::BlindIndex(index_key));
}

/// The key that signs now, and those that will or did lately.
absl::StatusOr<std::string> PublishedKeys(const identity::Signer& signer,
                                          const AccountConfig& config) {
  std::vector<identity::PublicKey> keys = {signer.public_key()};
  for (const std::string& path : config.published_seed_files) {
    ASSIGN_OR_RETURN(const identity::Signer other, identity::Signer::FromSeedFile(path));
    keys.push_back(other.public_key());
  }
  return identity::KeySetJson(keys);
}

absl::StatusOr<process::Parts> BuildAccount(process::Environment& env,
                                            const AccountConfig& config) {
  ASSIGN_OR_RETURN(Vault loaded_vault, LoadVault(config));
  ASSIGN_OR_RETURN(secrets::Key pseudonym_key, secrets::LoadKeyFile(config.pseudonym_key_file));
  ASSIGN_OR_RETURN(identity::Signer loaded_signer,
                   identity::Signer::FromSeedFile(config.signing_seed_file));

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
  auto& verifier = parts.Own<IdentityVerifier>(env.http(), config.identity_url);
  ASSIGN_OR_RETURN(const std::string jwks, PublishedKeys(signer, config));
  RETURN_IF_ERROR(
      AddSignIn(parts, env, config.sign_in, SignInShared{vault, accounts, messages, signer, jwks}));

  auto& verifications = parts.Own<Verifications>(accounts, passengers, verifier, env.clock());
  auto& list = parts.Own<PassengerList>(passengers, pseudonyms, *countries, env.clock(), env.ids());
  auto& guardians = parts.Own<PostgresGuardianStore>(env.postgres());
  auto& statements = parts.Own<Statements>(accounts, passengers, restrictions, guardians,
                                           env.clock(), config.statements, config.guardians.rule());
  auto& audit = AddAudit(parts, env, config.audit, signer);
  RETURN_IF_ERROR(AddStaff(parts, env, config.staff, audit));
  RETURN_IF_ERROR(AddRestrictions(parts, env, config.restrictions, restrictions, accounts));
  AddGuardians(parts, env, guardians, passengers);
  parts.Serve<AccountHandlers>(env.seam(), verifications, jwks);
  parts.Serve<PassengerHandlers>(env.seam(), list);
  parts.Serve<StatementHandlers>(env.seam(), statements, signer);
  RETURN_IF_ERROR(BuildReadiness(parts, env, config.readiness, *countries, passengers));
  RETURN_IF_ERROR(AddAttachments(parts, env, config.attachments, vault));
  return parts;
}

}  // namespace
}  // namespace houbu::account

int main(int argc, char** argv) {
  houbu::process::Service<houbu::account::AccountConfig> service;
  service.name = "account";
  service.migrations = houbu::account::kMigrations;
  service.build = houbu::account::BuildAccount;
  return houbu::process::Run(argc, argv, service);
}
