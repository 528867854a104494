#include "services/account/app/address_changes.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::account {

Task<std::string> AddressChanges::Start(Wish wish, Mutation<Challenge> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await tools_.challenges.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  CO_RETURN_IF_ERROR(co_await tools_.sessions.RequireRecent(wish.account, wish.session));
  const absl::Time now = tools_.clock.Now();
  CodeCount count;
  count.identifier = wish.address.text;
  count.destination = wish.address.text;
  count.address = wish.client_address;
  ASSIGN_OR_CO_RETURN(const CodesAsked asked, co_await tools_.challenges.CountAsked(count, now));
  CO_RETURN_IF_ERROR(CheckBudgets(asked, tools_.policy));
  Challenge challenge;
  challenge.id = tools_.ids.Next("sc");
  challenge.purpose = wish.address.kind == Identifier::Kind::kEmail ? CodePurpose::kEmailChange
                                                                    : CodePurpose::kPhoneChange;
  challenge.account = std::move(wish.account);
  challenge.destination = DestinationMayGet(asked, tools_.policy) ? wish.address.text : "";
  challenge.language = std::move(wish.language);
  challenge.created_at = now;
  challenge.expires_at = now + tools_.policy.life;
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(challenge);
  co_return co_await tools_.challenges.Add(std::move(challenge), std::move(count), std::move(reply),
                                           now);
}

Task<std::string> AddressChanges::Complete(std::string account, std::string id, std::string code,
                                           Mutation<Credentials> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await tools_.credentials.FindAnswer(mutation.key));
  if (stored.has_value()) {
    CO_RETURN_IF_ERROR(co_await TellContact(std::move(account)));
    co_return *std::move(stored);
  }
  const absl::Time now = tools_.clock.Now();
  ASSIGN_OR_CO_RETURN(Challenge challenge, co_await tools_.challenges.Load(id));
  ASSIGN_OR_CO_RETURN(challenge.attempts, co_await tools_.challenges.CountAttempt(id));
  const CodePurpose purpose =
      GoesByEmail(challenge) ? CodePurpose::kEmailChange : CodePurpose::kPhoneChange;
  if (challenge.account != account || !IsOpen(challenge, purpose, now, tools_.policy) ||
      !tools_.secrets.CodeFits(challenge.id, code)) {
    co_return Refuse(kCodeRefused);
  }
  ASSIGN_OR_CO_RETURN(Credentials credentials, co_await tools_.credentials.Load(account));
  credentials.version += 1;
  (GoesByEmail(challenge) ? credentials.email : credentials.phone) = challenge.destination;
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(credentials);
  ASSIGN_OR_CO_RETURN(std::string answer, co_await tools_.credentials.TakeAddress(
                                              std::move(challenge), std::move(reply), now));
  // Where the messenger is away, the same request tells it when it comes again, or else the next
  // sign-in does.
  CO_RETURN_IF_ERROR(co_await TellContact(std::move(account)));
  co_return answer;
}

Task<void> AddressChanges::TellContact(std::string account) {
  ASSIGN_OR_CO_RETURN(Account changed, co_await tools_.accounts.Load(std::move(account)));
  co_return co_await tools_.messenger.TellContact(std::move(changed));
}

}  // namespace houbu::account
