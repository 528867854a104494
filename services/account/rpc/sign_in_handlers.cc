#include "services/account/rpc/sign_in_handlers.h"

#include <utility>
#include <vector>

#include "absl/strings/strip.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/answering.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/account/rpc/sign_in_wire.h"

namespace houbu::account {
namespace {

constexpr int kSecondFactorMax = 40;
constexpr int kRefreshTokenMax = 200;

v1::SignInChallenge RenderChallenge(const Challenge& challenge) { return ToWire(challenge); }

/// What is stored of a session's answer; see RenderSession.
Mutation<Session> Keeping(const rpc::Call& call) {
  Mutation<Session> mutation;
  mutation.key = call.request_key;
  mutation.render = RenderSession;
  return mutation;
}

}  // namespace

Task<v1::SignInChallenge> SignInHandlers::Start(const rpc::Call& call,
                                                const v1::StartSignInRequest& request) {
  Violations violations;
  Identifier identifier = ReadIdentifier(violations, "identifier", request.identifier());
  std::string language = ReadLanguage(violations, request.language_code());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Challenge> mutation = rpc::Answering<Challenge>(call, RenderChallenge);
  ASSIGN_OR_CO_RETURN(
      const std::string answer,
      co_await tools_.by_code.Start(std::move(identifier), std::move(language),
                                    call.caller.client_address, std::move(mutation)));
  co_return rpc::ParseAnswer<v1::SignInChallenge>(answer);
}

Task<v1::Session> SignInHandlers::Complete(const rpc::Call& call,
                                           const v1::CompleteSignInRequest& request) {
  Violations violations;
  CodeSignIn::Proof proof;
  proof.challenge =
      rpc::RequireName(violations, "challenge", request.challenge(), "signInChallenges/{challenge}")
          .front();
  proof.code = ReadCode(violations, request.code());
  rpc::AllowText(violations, "second_factor", request.second_factor(), kSecondFactorMax);
  proof.second_factor = request.second_factor();
  proof.origin = ReadOrigin(violations, call, request.device(), tools_.secrets);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Session> mutation = Keeping(call);
  ASSIGN_OR_CO_RETURN(const std::string kept,
                      co_await tools_.by_code.Complete(std::move(proof), std::move(mutation)));
  co_return co_await Answer(kept);
}

Task<v1::Session> SignInHandlers::OpenByPassword(const rpc::Call& call,
                                                 const v1::SignInWithPasswordRequest& request) {
  Violations violations;
  PasswordSignIn::Proof proof;
  proof.identifier = ReadIdentifier(violations, "identifier", request.identifier());
  proof.password = ReadPassword(violations, request.password());
  rpc::AllowText(violations, "second_factor", request.second_factor(), kSecondFactorMax);
  proof.second_factor = request.second_factor();
  proof.origin = ReadOrigin(violations, call, request.device(), tools_.secrets);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Session> mutation = Keeping(call);
  ASSIGN_OR_CO_RETURN(const std::string kept,
                      co_await tools_.by_password.Open(std::move(proof), std::move(mutation)));
  co_return co_await Answer(kept);
}

Task<v1::Session> SignInHandlers::Renew(const rpc::Call& call,
                                        const v1::RefreshSessionRequest& request) {
  Violations violations;
  rpc::RequireText(violations, "refresh_token", request.refresh_token(), kRefreshTokenMax);
  std::string device =
      ReadDeviceKey(violations, "device_key", request.device_key(), tools_.secrets);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Session> mutation = Keeping(call);
  ASSIGN_OR_CO_RETURN(const std::string kept,
                      co_await tools_.sessions.Renew(request.refresh_token(), std::move(device),
                                                     std::move(mutation)));
  co_return co_await Answer(kept);
}

// What the account may not do is no part of what is kept: a repeated request is answered with a
// token that says what holds now.
Task<v1::Session> SignInHandlers::Answer(std::string kept) {
  ASSIGN_OR_CO_RETURN(v1::Session session, rpc::ParseAnswer<v1::Session>(kept));
  std::string account(absl::StripPrefix(session.account(), "accounts/"));
  ASSIGN_OR_CO_RETURN(const std::vector<Bar> bars,
                      co_await tools_.standing.BarsOf(std::move(account)));
  co_return AnswerOf(std::move(session), bars, tools_.signer, tools_.secrets);
}

}  // namespace houbu::account
