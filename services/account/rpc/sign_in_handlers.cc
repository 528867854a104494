#include "services/account/rpc/sign_in_handlers.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/identity/access_token.h"
#include "libs/rpc/answering.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/account/domain/normalise.h"
#include "services/account/rpc/account_wire.h"

namespace houbu::account {
namespace {

v1::SignInChallenge RenderChallenge(const Challenge& challenge) { return ToWire(challenge); }

v1::Session RenderSession(const Session& session) { return ToWire(session); }

}  // namespace

Task<v1::SignInChallenge> SignInHandlers::Start(const rpc::Call& call,
                                                const v1::StartSignInRequest& request) {
  Violations violations;
  const std::string phone = NormalisePhone(request.phone());
  if (phone.empty()) {
    violations.Add("phone", "must be eleven digits, or a plus and 8 to 15 digits");
  }
  const std::string& language = request.language_code();
  if (!language.empty() && language != "zh-CN" && language != "en") {
    violations.Add("language_code", "must be \"zh-CN\" or \"en\", or empty for the default");
  }
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Challenge> mutation = rpc::Answering<Challenge>(call, RenderChallenge);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await sign_in_.Start(phone, language, std::move(mutation)));
  co_return rpc::ParseAnswer<v1::SignInChallenge>(answer);
}

Task<v1::Session> SignInHandlers::Complete(const rpc::Call& call,
                                           const v1::CompleteSignInRequest& request) {
  Violations violations;
  std::string challenge =
      rpc::RequireName(violations, "challenge", request.challenge(), "signInChallenges/{challenge}")
          .front();
  std::string code = NormaliseNumber(request.code());
  if (code.size() != 6) {
    violations.Add("code", "must be the six digits of the message");
  }
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Session> mutation = rpc::Answering<Session>(call, RenderSession);
  ASSIGN_OR_CO_RETURN(
      const std::string answer,
      co_await sign_in_.Complete(std::move(challenge), std::move(code), std::move(mutation)));
  ASSIGN_OR_CO_RETURN(v1::Session session, rpc::ParseAnswer<v1::Session>(answer));
  ASSIGN_OR_CO_RETURN(const absl::Time expires_at, rpc::FromWire(session.expire_time()));
  identity::AccessClaims claims;
  claims.account = session.account();
  claims.session = session.name();
  claims.token_id = session.name();
  claims.issue_time = absl::FromUnixSeconds(absl::ToUnixSeconds(expires_at - policy_.token_life));
  claims.expire_time = absl::FromUnixSeconds(absl::ToUnixSeconds(expires_at));
  session.set_access_token(identity::IssueAccessToken(signer_, claims));
  co_return session;
}

}  // namespace houbu::account
