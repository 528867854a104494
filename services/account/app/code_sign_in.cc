#include "services/account/app/code_sign_in.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

/// To whom the code goes: to the account's phone, however it was named, or to the phone that has no
/// account yet.
std::string DestinationOf(const Identifier& identifier, const std::optional<Credentials>& known) {
  if (known.has_value()) {
    return known->phone;
  }
  return identifier.kind == Identifier::Kind::kPhone ? identifier.text : "";
}

}  // namespace

Task<std::string> CodeSignIn::Start(Identifier identifier, std::string language,
                                    std::string address, Mutation<Challenge> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await tools_.challenges.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  const absl::Time now = tools_.clock.Now();
  ASSIGN_OR_CO_RETURN(const std::optional<Credentials> known,
                      co_await tools_.credentials.Find(identifier));
  CodeCount count;
  count.identifier = identifier.text;
  count.destination = DestinationOf(identifier, known);
  count.address = std::move(address);
  ASSIGN_OR_CO_RETURN(const CodesAsked asked, co_await tools_.challenges.CountAsked(count, now));
  CO_RETURN_IF_ERROR(CheckBudgets(asked, tools_.code_policy));
  Challenge challenge;
  challenge.id = tools_.ids.Next("sc");
  challenge.account = known.has_value() ? known->account : "";
  challenge.destination = DestinationMayGet(asked, tools_.code_policy) ? count.destination : "";
  challenge.language = std::move(language);
  challenge.created_at = now;
  challenge.expires_at = now + tools_.code_policy.life;
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(challenge);
  co_return co_await tools_.challenges.Add(std::move(challenge), std::move(count), std::move(reply),
                                           now);
}

Task<std::string> CodeSignIn::Complete(Proof proof, Mutation<Session> mutation) {
  RequestKey key = mutation.key;
  absl::StatusOr<std::string> done = co_await CompleteOnce(std::move(proof), std::move(mutation));
  if (done.ok()) {
    co_return done;
  }
  // The code may have been used by this very request, sent twice: then its answer is the answer.
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await tools_.sessions.FindAnswer(std::move(key)));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  co_return done;
}

Task<Challenge> CodeSignIn::Redeem(std::string id, std::string code, absl::Time now) {
  ASSIGN_OR_CO_RETURN(Challenge challenge, co_await tools_.challenges.Load(id));
  ASSIGN_OR_CO_RETURN(challenge.attempts, co_await tools_.challenges.CountAttempt(id));
  const bool open = IsOpen(challenge, CodePurpose::kSignIn, now, tools_.code_policy);
  if (!open || !tools_.secrets.CodeFits(challenge.id, code)) {
    co_return Refuse(kCodeRefused);
  }
  co_return challenge;
}

Task<std::string> CodeSignIn::CompleteOnce(Proof proof, Mutation<Session> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await tools_.sessions.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  const absl::Time now = tools_.clock.Now();
  ASSIGN_OR_CO_RETURN(Challenge challenge, co_await Redeem(proof.challenge, proof.code, now));
  Identifier phone;
  phone.text = challenge.destination;
  ASSIGN_OR_CO_RETURN(const std::optional<Credentials> known,
                      co_await tools_.credentials.Find(std::move(phone)));
  std::optional<Account> opened;
  Account account;
  if (known.has_value()) {
    CO_RETURN_IF_ERROR(co_await tools_.second_factor.Check(*known, proof.second_factor));
    ASSIGN_OR_CO_RETURN(account, co_await tools_.accounts.Load(known->account));
  } else {
    account.id = tools_.ids.Next("ac");
    account.phone = challenge.destination;
    account.created_at = now;
    opened = account;
  }
  CO_RETURN_IF_ERROR(co_await tools_.messenger.TellContact(account));
  Session session;
  session.id = tools_.ids.Next("ss");
  session.account = account.id;
  session.device_key = std::move(proof.origin.device_key);
  session.device_display_name = std::move(proof.origin.device_display_name);
  OpenAt(session, tools_.ids.Next("rt"), now, tools_.session_policy);
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(session);
  co_return co_await tools_.sessions.Open(std::move(session), std::move(challenge),
                                          std::move(opened), std::move(reply), now);
}

}  // namespace houbu::account
