/// How people sign in to a running account service: its settings, and the parts they are put into.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/identity/keys.h"
#include "libs/identity/revocations.h"
#include "libs/process/process.h"
#include "libs/secrets/keys.h"
#include "services/account/app/address_changes.h"
#include "services/account/app/code_dispatch.h"
#include "services/account/app/code_sign_in.h"
#include "services/account/app/credential_changes.h"
#include "services/account/app/password_sign_in.h"
#include "services/account/app/sessions.h"
#include "services/account/app/standing.h"
#include "services/account/rpc/credential_handlers.h"
#include "services/account/rpc/session_handlers.h"
#include "services/account/rpc/sign_in_handlers.h"
#include "services/account/rpc/sign_in_wire.h"
#include "services/account/rpc/trust_handlers.h"
#include "services/account/storage/argon2_passwords.h"
#include "services/account/storage/common_passwords.h"
#include "services/account/storage/keyed.h"
#include "services/account/storage/postgres_challenge_store.h"
#include "services/account/storage/postgres_credential_store.h"
#include "services/account/storage/postgres_failure_counts.h"
#include "services/account/storage/postgres_revocation_log.h"
#include "services/account/storage/postgres_session_store.h"
#include "services/account/storage/postgres_staff_store.h"
#include "services/account/storage/totp.h"

namespace houbu::account {

/// What an operator sets about signing in.
struct SignInConfig {
  std::string code_key_file;
  std::string pepper_key_file;
  std::string blocklist_file = "/usr/share/john/password.lst";
  int hashing_threads = 2;
  int hashing_waiting_max = 256;
  CodePolicy codes;
  LockoutPolicy lockout;
  SessionPolicy sessions;

  void Bind(process::Binder& binder) {
    binder.File("secrets.code_key_file", &code_key_file,
                "32 bytes in hex that make one-time codes and refresh tokens.");
    binder.File("secrets.pepper_key_file", &pepper_key_file,
                "32 bytes in hex that passwords are digested under before they are hashed.");
    binder.Optional("passwords.blocklist_file", &blocklist_file,
                    "The passwords everybody tries, one a line.");
    binder.Optional("passwords.hashing_threads", &hashing_threads,
                    "Passwords hashed at once; each takes 19 MiB.",
                    process::Range{.least = 1, .most = 64});
    binder.Optional("passwords.hashing_waiting_max", &hashing_waiting_max,
                    "Sign-ins that may wait for that; more are told to come again.",
                    process::Range{.least = 1, .most = 10'000});
    binder.Optional("sign_in.code_life", &codes.life, "How long a code holds.");
    binder.Optional("sign_in.code_attempts_max", &codes.attempts_max, "Tries at one code.",
                    process::Range{.least = 1, .most = 20});
    binder.Optional("sign_in.codes_per_hour_max", &codes.per_identifier_hour_max,
                    "Codes for one phone number, e-mail or resident ID in an hour.",
                    process::Range{.least = 1, .most = 1000});
    binder.Optional("sign_in.codes_per_day_max", &codes.per_identifier_day_max,
                    "The same in a day.", process::Range{.least = 1, .most = 1000});
    binder.Optional("sign_in.codes_per_address_max", &codes.per_address_hour_max,
                    "Codes asked for from one network address in an hour.",
                    process::Range{.least = 1, .most = 1'000'000});
    binder.Optional("sign_in.codes_total_max", &codes.total_hour_max,
                    "Codes sent to everybody in an hour.",
                    process::Range{.least = 1, .most = 100'000'000});
    binder.Optional("sign_in.free_failures", &lockout.free_failures,
                    "Wrong passwords before the first pause.",
                    process::Range{.least = 1, .most = 100});
    binder.Optional("sign_in.token_life", &sessions.token_life,
                    "How long an access token holds; 15 minutes at most.");
    binder.Optional("sign_in.session_idle_max", &sessions.idle_max,
                    "How long a session lasts without being used.");
    binder.Optional("sign_in.session_life_max", &sessions.life_max, "How long it lasts at most.");
  }
};

/// Keeps this process's own knowledge of what was revoked: it asks the record, not itself.
class OwnTrust final {
 public:
  /// Uses what it is given, which must outlive it.
  OwnTrust(RevocationLog& log, identity::Revocations& revocations, const Clock& clock)
      : log_(log), revocations_(revocations), clock_(clock) {}

  /// One round: learns all there is.
  Task<void> Round() {
    const absl::Time now = clock_.Now();
    ASSIGN_OR_CO_RETURN(const std::vector<Revoked> revoked,
                        co_await log_.After(position_, now - kRevocationsMatterFor, kPage));
    for (const Revoked& entry : revoked) {
      identity::Revocation revocation;
      revocation.account = absl::StrCat("accounts/", entry.account);
      revocation.session = SessionNameOf(entry);
      revocation.tokens_before = entry.tokens_before.value_or(absl::InfinitePast());
      revocation.statements_before = entry.statements_before.value_or(absl::InfinitePast());
      if (entry.bars.has_value()) revocation.restrictions = ClaimsOf(*entry.bars);
      revocations_.Note(revocation, now);
      position_ = entry.position;
    }
    co_return absl::OkStatus();
  }

 private:
  static constexpr int kPage = 1000;

  RevocationLog& log_;
  identity::Revocations& revocations_;
  const Clock& clock_;
  std::int64_t position_ = 0;
};

/// What signing in shares with the rest of the service.
struct SignInShared {
  const Vault& vault;
  AccountStore& accounts;
  Messenger& messenger;
  ActiveRestrictions& restrictions;
  const identity::Signer& signer;
  std::string jwks;
};

/// What the rest of the service uses of signing in.
struct SignInParts {
  CredentialStore* credentials = nullptr;
  SessionStore* session_store = nullptr;
  Sessions* sessions = nullptr;
};

/// Puts signing in together and has it served.
inline absl::StatusOr<SignInParts> AddSignIn(process::Parts& parts, process::Environment& env,
                                             const SignInConfig& config,
                                             const SignInShared& shared) {
  ASSIGN_OR_RETURN(const secrets::Key code_key, secrets::LoadKeyFile(config.code_key_file));
  ASSIGN_OR_RETURN(const secrets::Key pepper_key, secrets::LoadKeyFile(config.pepper_key_file));
  ASSIGN_OR_RETURN(CommonPasswords loaded, CommonPasswords::Load(config.blocklist_file));
  const auto& common = parts.Own<CommonPasswords>(std::move(loaded));
  const auto& secrets = parts.Own<KeyedSecrets>(secrets::BlindIndex(code_key));
  const auto& totp = parts.Own<Totp>();
  auto& hasher = parts.Own<Argon2Passwords>(
      secrets::BlindIndex(pepper_key),
      async::WorkerPoolOptions{config.hashing_threads, config.hashing_waiting_max});
  auto& challenges = parts.Own<PostgresChallengeStore>(env.postgres(), shared.vault);
  auto& credentials = parts.Own<PostgresCredentialStore>(env.postgres(), shared.vault);
  auto& store = parts.Own<PostgresSessionStore>(env.postgres(), shared.vault, secrets);
  auto& failures = parts.Own<PostgresFailureCounts>(env.postgres(), shared.vault);
  auto& log = parts.Own<PostgresRevocationLog>(env.postgres());

  auto& second_factor = parts.Own<SecondFactor>(credentials, totp, secrets, env.clock());
  auto& sessions = parts.Own<Sessions>(store, env.clock(), env.ids(), config.sessions);
  auto& by_code = parts.Own<CodeSignIn>(CodeSignIn::Tools{
      challenges, credentials, shared.accounts, store, shared.messenger, second_factor, secrets,
      env.clock(), env.ids(), config.codes, config.sessions});
  auto& by_password = parts.Own<PasswordSignIn>(
      PasswordSignIn::Tools{credentials, store, failures, hasher, second_factor, env.clock(),
                            env.ids(), config.lockout, config.sessions});
  const IsCommon is_common = [&common](absl::string_view word) { return common.Contains(word); };
  auto& changes = parts.Own<CredentialChanges>(CredentialChanges::Tools{
      credentials, sessions, hasher, totp, second_factor, secrets, is_common, env.clock()});
  auto& addresses = parts.Own<AddressChanges>(
      AddressChanges::Tools{challenges, credentials, shared.accounts, sessions, shared.messenger,
                            secrets, env.clock(), env.ids(), config.codes});
  auto& dispatch = parts.Own<CodeDispatch>(challenges, shared.messenger, secrets, env.clock());
  auto& own_trust = parts.Own<OwnTrust>(log, env.revocations(), env.clock());

  auto& standing = parts.Own<Standing>(shared.restrictions, env.clock());
  parts.Serve<SignInHandlers>(env.seam(), SignInHandlers::Tools{by_code, by_password, sessions,
                                                                standing, shared.signer, secrets});
  parts.Serve<SessionHandlers>(env.seam(), sessions);
  parts.Serve<CredentialHandlers>(env.seam(), changes, addresses);
  auto& staff = parts.Own<PostgresStaffStore>(env.postgres());
  parts.Serve<TrustHandlers>(env.seam(), log, staff, env.clock(), shared.jwks);
  process::Loop codes;
  codes.name = "code_dispatch";
  codes.interval = absl::Milliseconds(100);
  codes.round = [&dispatch] { return dispatch.Round(); };
  parts.loops.push_back(std::move(codes));
  process::Loop trust;
  trust.name = "own_trust";
  trust.interval = absl::Milliseconds(250);
  trust.round = [&own_trust] { return own_trust.Round(); };
  parts.loops.push_back(std::move(trust));
  return SignInParts{&credentials, &store, &sessions};
}

}  // namespace houbu::account
