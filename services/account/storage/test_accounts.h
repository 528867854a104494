/// Account's use cases put together on a real PostgreSQL, for tests.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/async/status_macros.h"
#include "libs/postgres/migrations.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "libs/testing/sequential_id_source.h"
#include "libs/testing/test_postgres.h"
#include "services/account/app/address_changes.h"
#include "services/account/app/code_dispatch.h"
#include "services/account/app/code_sign_in.h"
#include "services/account/app/credential_changes.h"
#include "services/account/app/passenger_list.h"
#include "services/account/app/password_sign_in.h"
#include "services/account/app/sessions.h"
#include "services/account/app/statements.h"
#include "services/account/app/verification.h"
#include "services/account/storage/argon2_passwords.h"
#include "services/account/storage/iso_countries.h"
#include "services/account/storage/keyed.h"
#include "services/account/storage/postgres_account_store.h"
#include "services/account/storage/postgres_challenge_store.h"
#include "services/account/storage/postgres_check_store.h"
#include "services/account/storage/postgres_credential_store.h"
#include "services/account/storage/postgres_failure_counts.h"
#include "services/account/storage/postgres_guardian_store.h"
#include "services/account/storage/postgres_passenger_store.h"
#include "services/account/storage/postgres_restriction_store.h"
#include "services/account/storage/postgres_revocation_log.h"
#include "services/account/storage/postgres_session_store.h"
#include "services/account/storage/schema.h"
#include "services/account/storage/test_consents.h"
#include "services/account/storage/totp.h"

namespace houbu::account {

inline constexpr char kPhone[] = "+8619900000001";
inline constexpr char kCard[] = "11010519491231002X";

/// Remembers what was sent.
class FakeMessenger final : public Messenger {
 public:
  Task<void> SendCode(Challenge challenge, std::string code) override {
    if (challenge.destination == refused) co_return absl::InvalidArgumentError("no such number");
    destinations.push_back(challenge.destination);
    codes.push_back(std::move(code));
    co_return absl::OkStatus();
  }
  Task<void> TellContact(Account account) override {
    contacts.push_back(std::move(account));
    co_return absl::OkStatus();
  }

  std::vector<std::string> codes;
  std::vector<std::string> destinations;
  std::string refused;  ///< A destination that is never taken.
  std::vector<Account> contacts;
};

/// Finds what it is told to find.
class FakeProvider final : public IdentityProvider {
 public:
  Task<Finding> Compare(IdentityCheck check, Passenger, std::string) override {
    ++asked;
    checks.push_back(check.id);
    if (meanwhile) {
      CO_RETURN_IF_ERROR(co_await meanwhile());
    }
    co_return finding;
  }
  Task<Finding> Ask(std::string) override {
    ++asked_after;
    co_return known;
  }

  absl::StatusOr<Finding> finding = Finding{true, ""};
  absl::StatusOr<Finding> known = Finding{false, "", Finding::Stage::kUnknown};
  std::function<Task<void>()> meanwhile;  ///< What happens before it answers.
  std::vector<std::string> checks;        ///< Those it was asked for.
  int asked = 0;
  int asked_after = 0;
};

/// A key of one byte over and over.
inline secrets::Key KeyOf(char byte) {
  return secrets::Key::FromBytes(std::string(secrets::Key::kBytes, byte)).value();
}

/// The service's use cases on a database of their own.
struct Fixture {
  explicit Fixture(const std::string& conninfo) : pool(loop.get_executor(), OptionsOf(conninfo)) {
    REQUIRE(testing::RunTask(loop, postgres::Migrate(pool, kMigrations)).ok());
  }
  ~Fixture() { pool.Close(); }

  static postgres::PoolOptions OptionsOf(const std::string& conninfo) {
    postgres::PoolOptions options;
    options.conninfo = conninfo;
    return options;
  }

  template <class T>
  Mutation<T> MutationOf(const std::string& request_id) {
    Mutation<T> mutation;
    mutation.key.caller = "test";
    mutation.key.method = "/m";
    mutation.key.request_id = request_id;
    mutation.key.fingerprint = "f";
    return mutation;
  }

  /// Asks for a code and has it sent.
  absl::StatusOr<std::string> Start(const std::string& request_id,
                                    const std::string& identifier = kPhone,
                                    const std::string& address = "") {
    Mutation<Challenge> mutation = MutationOf<Challenge>(request_id);
    mutation.render = [](const Challenge& challenge) { return challenge.id; };
    const absl::StatusOr<std::string> started = testing::RunTask(
        loop,
        by_code.Start(ParseIdentifier(identifier).value(), "zh-CN", address, std::move(mutation)));
    REQUIRE(testing::RunTask(loop, dispatch.Round()).ok());
    return started;
  }

  absl::StatusOr<std::string> Complete(const std::string& request_id, const std::string& challenge,
                                       const std::string& code, const std::string& factor = "") {
    CodeSignIn::Proof proof;
    proof.challenge = challenge;
    proof.code = code;
    proof.second_factor = factor;
    proof.origin.device_key = device;
    return testing::RunTask(loop, by_code.Complete(proof, Opening(request_id)));
  }

  /// Remembers the session that is opened; its answer is the account.
  Mutation<Session> Opening(const std::string& request_id) {
    Mutation<Session> mutation = MutationOf<Session>(request_id);
    mutation.render = [this](const Session& opened) {
      session = opened;
      return opened.account;
    };
    return mutation;
  }

  /// Signs in by code with ids of their own.
  std::string SignedIn(const std::string& phone = kPhone, const std::string& request_id = "in") {
    const std::string challenge = Start("start-" + request_id, phone).value();
    return Complete("complete-" + request_id, challenge, messenger.codes.back()).value();
  }

  /// Consents to having a face compared.
  void Consent(const std::string& account) {
    PurposeConsent consent;
    consent.account = account;
    consent.text_version = kTestTexts.at(consent.purpose);
    consent.channel = "APP";
    Mutation<PurposeConsent> mutation = MutationOf<PurposeConsent>("consent-" + account);
    mutation.render = [](const PurposeConsent& given) { return given.id; };
    REQUIRE(testing::RunTask(loop, consents.Give(consent, std::move(mutation))).ok());
  }

  /// Adds who the holder is, and consents to have their face compared.
  absl::StatusOr<std::string> AddCard(const std::string& account, const std::string& request_id) {
    Consent(account);
    Entry entry;
    entry.document.document.full_name = "旅客甲";
    entry.document.document.number = kCard;
    Mutation<Passenger> mutation = MutationOf<Passenger>(request_id);
    mutation.render = [](const Passenger& passenger) { return passenger.id; };
    return testing::RunTask(loop, list.Add(account, std::move(entry), std::move(mutation)));
  }

  absl::StatusOr<std::string> Verify(const std::string& account, const std::string& passenger,
                                     const std::string& request_id) {
    Mutation<Account> mutation = MutationOf<Account>(request_id);
    mutation.render = [](const Account& verified) {
      return std::string(VerificationName(verified.verification));
    };
    return testing::RunTask(loop,
                            verifications.Verify(account, passenger, "face", std::move(mutation)));
  }

  boost::asio::io_context loop;
  postgres::Pool pool;
  Vault vault{secrets::FieldCipher::Create({{1, KeyOf('f')}}).value(),
              secrets::BlindIndex(KeyOf('i'))};
  KeyedSecrets secrets{secrets::BlindIndex(KeyOf('c'))};
  KeyedPseudonyms pseudonyms{secrets::Pseudonym(KeyOf('p'))};
  testing::ManualClock clock;
  testing::SequentialIdSource ids;
  CodePolicy code_policy;
  SessionPolicy session_policy;
  LockoutPolicy lockout_policy;
  std::string device;  ///< Whose digest signs in.
  Session session;     ///< The one opened last.
  FakeMessenger messenger;
  FakeProvider provider;
  PostgresAccountStore accounts{pool, vault};
  PostgresPassengerStore passengers{pool, vault};
  PostgresChallengeStore challenges{pool, vault};
  PostgresCredentialStore credentials{pool, vault};
  PostgresSessionStore session_store{pool, vault, secrets};
  PostgresFailureCounts failures{pool, vault};
  PostgresRevocationLog revocations{pool};
  Argon2Passwords hasher{secrets::BlindIndex(KeyOf('w')), async::WorkerPoolOptions{2, 256}};
  Totp totp;
  PostgresRestrictionStore restrictions{pool};
  SecondFactor second_factor{credentials, totp, secrets, clock};
  Sessions sessions{session_store, clock, ids, session_policy};
  CodeSignIn by_code{CodeSignIn::Tools{challenges, credentials, accounts, session_store, messenger,
                                       second_factor, secrets, clock, ids, code_policy,
                                       session_policy}};
  PasswordSignIn by_password{PasswordSignIn::Tools{credentials, session_store, failures, hasher,
                                                   second_factor, clock, ids, lockout_policy,
                                                   session_policy}};
  CredentialChanges changes{CredentialChanges::Tools{
      credentials, sessions, hasher, totp, second_factor, secrets,
      [](absl::string_view word) { return word == "correcthorsebatterystaple"; }, clock}};
  AddressChanges addresses{AddressChanges::Tools{challenges, credentials, accounts, sessions,
                                                 messenger, secrets, clock, ids, code_policy}};
  CodeDispatch dispatch{challenges, messenger, secrets, clock};
  PostgresCheckStore checks{pool, vault, [](const CheckEnding& ending, absl::Time now) {
                              postgres::OutboxCall call;
                              call.id = ending.check.id;
                              call.aggregate = ending.check.account;
                              call.target = "notification";
                              call.method = ending.verdict.reason;
                              call.due_at = now;
                              return call;
                            }};
  std::vector<std::string> outcomes;  ///< Of checks.
  CheckEndings endings{
      CheckEndings::Tools{accounts, passengers, checks, clock,
                          [this](absl::string_view outcome) { outcomes.emplace_back(outcome); }}};
  PostgresConsentStore consent_store{pool};
  Consents consents{consent_store, clock, ids, kTestTexts};
  Verifications verifications{Verifications::Tools{accounts, passengers, checks, provider, endings,
                                                   consents, clock, ids, CheckPolicy()}};
  CountryBook countries = LoadCountries({}).value();
  PassengerList list{passengers, consents, pseudonyms, countries, clock, ids};
  PostgresGuardianStore guardian_store{pool};
  Statements statements{accounts,
                        passengers,
                        restrictions,
                        guardian_store,
                        clock,
                        StatementPolicy(),
                        GuardianRule::kYoungChildren};
};

}  // namespace houbu::account
