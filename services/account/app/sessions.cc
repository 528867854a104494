#include "services/account/app/sessions.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "services/account/domain/password.h"

namespace houbu::account {

Task<std::string> Sessions::Renew(std::string refresh_token, std::string device_key,
                                  Mutation<Session> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  const absl::Time now = clock_.Now();
  for (;;) {
    ASSIGN_OR_CO_RETURN(const ShownToken shown, co_await store_.FindToken(refresh_token, now));
    Reply reply;
    reply.key = mutation.key;
    switch (Judge(shown.token, shown.session, device_key, now, policy_)) {
      case RefreshVerdict::kRefuse:
        co_return Refuse(kRefreshRefused);
      case RefreshVerdict::kReuse:
        CO_RETURN_IF_ERROR(co_await store_.EndStolen(shown.session, now));
        co_return Refuse(kRefreshRefused);
      case RefreshVerdict::kRepeat:
        reply.answer = mutation.render(shown.session);
        co_return co_await store_.Repeat(std::move(reply), now);
      case RefreshVerdict::kRenew:
        break;
    }
    Session renewed = Renewed(shown.session, ids_.Next("rt"), now, policy_);
    reply.answer = mutation.render(renewed);
    ASSIGN_OR_CO_RETURN(
        std::optional<std::string> answer,
        co_await store_.Renew(shown.token, std::move(renewed), std::move(reply), now));
    if (answer.has_value()) {
      co_return *std::move(answer);
    }
    // Used by another call in the meantime: what it is now decides.
  }
}

Task<std::vector<Session>> Sessions::List(std::string account, std::string before, int limit) {
  const absl::Time now = clock_.Now();
  return store_.List(std::move(account), std::move(before), limit, now);
}

Task<std::string> Sessions::End(std::string account, std::string id, Mutation<Session> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  const absl::Time now = clock_.Now();
  ASSIGN_OR_CO_RETURN(Session session,
                      co_await store_.Load(std::move(account), std::move(id), now));
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(session);
  co_return co_await store_.End(std::move(session), std::move(reply), now);
}

Task<std::string> Sessions::EndAll(std::string account, std::string kept, Mutation<int> mutation) {
  const absl::Time now = clock_.Now();
  return store_.EndAll(std::move(account), std::move(kept), std::move(mutation), now);
}

Task<void> Sessions::RequireRecent(std::string account, std::string id) {
  const absl::Time now = clock_.Now();
  const absl::StatusOr<Session> session =
      co_await store_.Load(std::move(account), std::move(id), now);
  if (ReasonOf(session.status()) == kSessionNotFound.reason) {
    co_return Refuse(kRecentSignInRequired);
  }
  CO_RETURN_IF_ERROR(session.status());
  co_return IsRecent(*session, now, policy_) ? absl::OkStatus() : Refuse(kRecentSignInRequired);
}

}  // namespace houbu::account
