/// Signing in to the service of test_accounts.h, for tests.
#pragma once

#include <liboath/oath.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "services/account/domain/password.h"
#include "services/account/storage/test_accounts.h"

namespace houbu::account {

inline constexpr char kPassword[] = "a sentence nobody guesses";
inline constexpr char kEmail[] = "sample@example.com";

/// Says who is signed in to an account of the fixture.
inline CredentialChanges::Asker AskerOf(const Fixture& fixture) {
  CredentialChanges::Asker asker;
  asker.account = fixture.session.account;
  asker.session = fixture.session.id;
  return asker;
}

inline Mutation<Credentials> Changing(Fixture& fixture, const std::string& request_id) {
  Mutation<Credentials> mutation = fixture.MutationOf<Credentials>(request_id);
  mutation.render = [](const Credentials& credentials) { return credentials.account; };
  return mutation;
}

inline absl::Status SetPassword(Fixture& fixture, const std::string& request_id,
                                const std::string& password) {
  return testing::RunTask(fixture.loop, fixture.changes.SetPassword(AskerOf(fixture), password,
                                                                    Changing(fixture, request_id)))
      .status();
}

inline absl::StatusOr<std::string> ByPassword(Fixture& fixture, const std::string& request_id,
                                              const std::string& identifier,
                                              const std::string& password,
                                              const std::string& second_factor = "",
                                              const std::string& address = "") {
  PasswordSignIn::Proof proof;
  proof.identifier = ParseIdentifier(identifier).value();
  proof.password = password;
  proof.second_factor = second_factor;
  proof.origin.device_key = fixture.device;
  proof.origin.address = address;
  return testing::RunTask(fixture.loop,
                          fixture.by_password.Open(proof, fixture.Opening(request_id)));
}

inline absl::StatusOr<std::string> Renew(Fixture& fixture, const std::string& request_id,
                                         const std::string& token_id) {
  return testing::RunTask(
      fixture.loop, fixture.sessions.Renew(fixture.secrets.RefreshTokenOf(token_id), fixture.device,
                                           fixture.Opening(request_id)));
}

inline std::vector<Revoked> RevokedOf(Fixture& fixture) {
  return testing::RunTask(fixture.loop, fixture.revocations.After(0, absl::InfinitePast(), 100))
      .value();
}

/// Runs tasks side by side until all have ended.
inline std::vector<absl::StatusOr<std::string>> RunTogether(boost::asio::io_context& loop,
                                                            std::vector<Task<std::string>> tasks) {
  std::vector<absl::StatusOr<std::string>> outcomes;
  const std::size_t expected = tasks.size();
  for (Task<std::string>& task : tasks) {
    boost::asio::co_spawn(loop, std::move(task),
                          [&outcomes](std::exception_ptr, absl::StatusOr<std::string> outcome) {
                            outcomes.push_back(std::move(outcome));
                          });
  }
  loop.restart();
  while (outcomes.size() < expected && loop.run_one() > 0) {
  }
  return outcomes;
}

/// What an authenticator with the secret shows at a time.
inline std::string TotpCodeOf(const std::string& secret, absl::Time at) {
  char* bytes = nullptr;
  std::size_t length = 0;
  REQUIRE(oath_base32_decode(secret.data(), secret.size(), &bytes, &length) == OATH_OK);
  std::string code(7, '\0');
  REQUIRE(oath_totp_generate(bytes, length, absl::ToUnixSeconds(at), 30, 0, 6, code.data()) ==
          OATH_OK);
  std::free(bytes);
  code.pop_back();
  return code;
}

/// Gives the account an e-mail address.
inline void TakeEmail(Fixture& fixture) {
  AddressChanges::Wish wish;
  wish.account = fixture.session.account;
  wish.session = fixture.session.id;
  wish.address = ParseIdentifier(kEmail).value();
  Mutation<Challenge> mutation = fixture.MutationOf<Challenge>("email");
  mutation.render = [](const Challenge& challenge) { return challenge.id; };
  const std::string challenge =
      testing::RunTask(fixture.loop, fixture.addresses.Start(wish, std::move(mutation))).value();
  REQUIRE(testing::RunTask(fixture.loop, fixture.dispatch.Round()).ok());
  REQUIRE(fixture.messenger.destinations.back() == kEmail);
  REQUIRE(testing::RunTask(fixture.loop, fixture.addresses.Complete(wish.account, challenge,
                                                                    fixture.messenger.codes.back(),
                                                                    Changing(fixture, "email-2")))
              .ok());
}

}  // namespace houbu::account
