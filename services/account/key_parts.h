/// The keys of a running account service (docs/explanation/keys.md).
#pragma once

#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/identity/keys.h"
#include "libs/process/process.h"
#include "libs/secrets/keys.h"
#include "services/account/storage/person_keys.h"
#include "services/account/storage/vault.h"

namespace houbu::account {

/// What an operator sets about keys.
struct KeyConfig {
  std::string field_key_file;
  std::string previous_field_key_file;
  int field_key_id = 1;
  std::string index_key_file;
  std::string pseudonym_key_file;
  std::string signing_seed_file;
  std::vector<std::string> published_seed_files;

  void Bind(process::Binder& binder) {
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
  }
};

/// Loads the master keys and the key of the index.
inline absl::StatusOr<Vault> LoadVault(const KeyConfig& config) {
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

/// The key that signs now, and those that will or did lately, as a JWKS.
inline absl::StatusOr<std::string> PublishedKeys(const identity::Signer& signer,
                                                 const KeyConfig& config) {
  std::vector<identity::PublicKey> keys = {signer.public_key()};
  for (const std::string& path : config.published_seed_files) {
    ASSIGN_OR_RETURN(const identity::Signer other, identity::Signer::FromSeedFile(path));
    keys.push_back(other.public_key());
  }
  return identity::KeySetJson(keys);
}

/// The verb `rewrap-keys`: wraps all persons' keys by the newest master key, says how it goes.
inline Task<int> RewrapAll(process::Environment& env, KeyConfig config) {
  constexpr int kBatch = 500;
  ASSIGN_OR_CO_RETURN(const Vault vault, LoadVault(config));
  const int master = config.field_key_id;
  std::int64_t rewrapped = 0;
  for (;;) {
    ASSIGN_OR_CO_RETURN(const int batch,
                        co_await RewrapKeys(env.postgres(), vault, master, kBatch));
    rewrapped += batch;
    if (batch == 0) {
      break;
    }
    std::cout << "rewrapped " << rewrapped << std::endl;
  }
  ASSIGN_OR_CO_RETURN(const std::int64_t left, co_await CountStaleKeys(env.postgres(), master));
  std::cout << "rewrapped " << rewrapped << ", left " << left << std::endl;
  co_return left == 0 ? 0 : 1;
}

}  // namespace houbu::account
