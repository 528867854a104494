// The account service: who people are, who they travel with, and what it vouches for.
#include <array>
#include <string>

#include "libs/base/status_macros.h"
#include "libs/identity/keys.h"
#include "libs/process/process.h"
#include "libs/secrets/keys.h"
#include "services/account/app/passenger_list.h"
#include "services/account/app/sign_in.h"
#include "services/account/app/statements.h"
#include "services/account/app/verification.h"
#include "services/account/peers/identity_verifier.h"
#include "services/account/peers/messages.h"
#include "services/account/rpc/account_handlers.h"
#include "services/account/rpc/passenger_handlers.h"
#include "services/account/rpc/sign_in_handlers.h"
#include "services/account/rpc/statement_handlers.h"
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
  std::string index_key_file;
  std::string pseudonym_key_file;
  std::string code_key_file;
  std::string signing_seed_file;
  std::string identity_url = "http://127.0.0.1:7461";
  SignInPolicy policy;

  void Bind(process::Binder& binder) {
    common.Bind(binder);
    common.BindRequestKey(binder);
    common.BindPeer(binder, "notification");
    binder.File("secrets.field_key_file", &field_key_file,
                "32 bytes in hex that encrypt personal fields at rest.");
    binder.File("secrets.index_key_file", &index_key_file,
                "32 bytes in hex by which encrypted fields are found again.");
    binder.File("secrets.pseudonym_key_file", &pseudonym_key_file,
                "32 bytes in hex that make persons' pseudonyms.");
    binder.File("secrets.code_key_file", &code_key_file,
                "32 bytes in hex that make one-time codes.");
    binder.File("signing.seed_file", &signing_seed_file,
                "The Ed25519 seed, 32 bytes in hex, that signs tokens and statements.");
    binder.Optional("verifier.url", &identity_url, "Base URL of the identity provider.");
    binder.Optional("sign_in.code_life", &policy.code_life, "How long a code holds.");
    binder.Optional("sign_in.code_attempts_max", &policy.code_attempts_max, "Tries at one code.",
                    process::Range{.least = 1, .most = 20});
    binder.Optional("sign_in.codes_per_hour_max", &policy.codes_per_hour_max,
                    "Codes sent to one phone in an hour.",
                    process::Range{.least = 1, .most = 1000});
    binder.Optional("sign_in.token_life", &policy.token_life,
                    "How long an access token holds; 15 minutes at most.");
    binder.Optional("sign_in.statement_life", &policy.statement_life,
                    "How long a travel statement holds.");
  }
};

absl::StatusOr<Vault> LoadVault(const AccountConfig& config) {
  ASSIGN_OR_RETURN(secrets::Key field_key, secrets::LoadKeyFile(config.field_key_file));
  ASSIGN_OR_RETURN(secrets::Key index_key, secrets::LoadKeyFile(config.index_key_file));
  ASSIGN_OR_RETURN(secrets::FieldCipher cipher, secrets::FieldCipher::Create({{1, field_key}}));
  return Vault(std::move(cipher), secrets::BlindIndex(index_key));
}

absl::StatusOr<process::Parts> BuildAccount(process::Environment& env,
                                            const AccountConfig& config) {
  ASSIGN_OR_RETURN(Vault loaded_vault, LoadVault(config));
  ASSIGN_OR_RETURN(secrets::Key pseudonym_key, secrets::LoadKeyFile(config.pseudonym_key_file));
  ASSIGN_OR_RETURN(secrets::Key code_key, secrets::LoadKeyFile(config.code_key_file));
  ASSIGN_OR_RETURN(identity::Signer loaded_signer,
                   identity::Signer::FromSeedFile(config.signing_seed_file));

  process::Parts parts;
  auto& signer = parts.Own<identity::Signer>(std::move(loaded_signer));
  auto& vault = parts.Own<Vault>(std::move(loaded_vault));
  auto& accounts = parts.Own<PostgresAccountStore>(env.postgres(), vault);
  auto& passengers = parts.Own<PostgresPassengerStore>(env.postgres(), vault);
  auto& codes = parts.Own<KeyedCodes>(secrets::BlindIndex(code_key));
  auto& pseudonyms = parts.Own<KeyedPseudonyms>(secrets::Pseudonym(pseudonym_key));
  auto& messages = parts.Own<Messages>(env.peer("notification"));
  auto& verifier = parts.Own<IdentityVerifier>(env.http(), config.identity_url);

  auto& sign_in =
      parts.Own<SignIn>(accounts, messages, codes, env.clock(), env.ids(), config.policy);
  auto& verifications = parts.Own<Verifications>(accounts, passengers, verifier, env.clock());
  auto& list = parts.Own<PassengerList>(passengers, pseudonyms, env.clock(), env.ids());
  auto& statements = parts.Own<Statements>(accounts, passengers, env.clock(), config.policy);

  const std::array<identity::PublicKey, 1> keys = {signer.public_key()};
  parts.Serve<SignInHandlers>(env.seam(), sign_in, signer, config.policy);
  parts.Serve<AccountHandlers>(env.seam(), verifications, identity::KeySetJson(keys));
  parts.Serve<PassengerHandlers>(env.seam(), list);
  parts.Serve<StatementHandlers>(env.seam(), statements, signer);
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
