#include "services/account/app/sign_in.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

/// Compares without telling by time how much fits.
bool SameCode(absl::string_view a, absl::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned>(a[i] ^ b[i]);
  }
  return difference == 0;
}

}  // namespace

Task<std::string> SignIn::Start(std::string phone, std::string language,
                                Mutation<Challenge> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  const absl::Time now = clock_.Now();
  ASSIGN_OR_CO_RETURN(const int sent, co_await store_.CountChallenges(phone, now - absl::Hours(1)));
  if (sent >= policy_.codes_per_hour_max) {
    co_return WithRetryAfter(Refuse(kTooManyCodes), absl::Minutes(10));
  }
  Challenge challenge;
  challenge.id = ids_.Next("sc");
  challenge.phone = std::move(phone);
  challenge.language = std::move(language);
  challenge.created_at = now;
  challenge.expires_at = now + policy_.code_life;
  const std::string code = codes_.CodeOf(challenge.id);
  // Sent before it is recorded: a code nobody can use is better than one that never comes.
  CO_RETURN_IF_ERROR(co_await messenger_.SendCode(challenge, code));
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(challenge);
  co_return co_await store_.AddChallenge(std::move(challenge), std::move(reply), now);
}

Task<std::string> SignIn::Complete(std::string id, std::string code, Mutation<Session> mutation) {
  RequestKey key = mutation.key;
  absl::StatusOr<std::string> done =
      co_await CompleteOnce(std::move(id), std::move(code), std::move(mutation));
  if (done.ok()) {
    co_return done;
  }
  // The code may have been used by this very request, sent twice: then its answer is the answer.
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await store_.FindAnswer(std::move(key)));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  co_return done;
}

Task<std::string> SignIn::CompleteOnce(std::string id, std::string code,
                                       Mutation<Session> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Challenge challenge, co_await store_.LoadChallenge(id));
  const absl::Time now = clock_.Now();
  ASSIGN_OR_CO_RETURN(challenge.attempts, co_await store_.CountAttempt(id));
  if (!IsOpen(challenge, now, policy_) || !SameCode(codes_.CodeOf(challenge.id), code)) {
    co_return Refuse(kCodeRefused);
  }
  ASSIGN_OR_CO_RETURN(std::optional<Account> known, co_await store_.FindByPhone(challenge.phone));
  std::optional<Account> opened;
  if (!known.has_value()) {
    opened.emplace();
    opened->id = ids_.Next("ac");
    opened->phone = challenge.phone;
    opened->created_at = now;
  }
  const Account account = known.has_value() ? *known : *opened;
  CO_RETURN_IF_ERROR(co_await messenger_.TellContact(account));
  Session session;
  session.id = ids_.Next("ss");
  session.account = account.id;
  session.created_at = now;
  session.expires_at = now + policy_.token_life;
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(session);
  co_return co_await store_.OpenSession(std::move(challenge), std::move(opened), std::move(session),
                                        std::move(reply), now);
}

}  // namespace houbu::account
