#include "services/notification/app/contact_book.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::notification {

Task<std::string> ContactBook::UpdateAddresses(std::string account, std::string phone,
                                               std::string email, Mutation<Contact> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(std::optional<Contact> known, co_await store_.Load(account));
  Contact contact = WithAddresses(std::move(known).value_or(Contact()), phone, email);
  contact.account = account;
  std::string answer = mutation.render(contact);
  const absl::Time now = clock_.Now();
  co_return co_await store_.Save(std::move(contact), mutation.key, std::move(answer), now);
}

Task<std::string> ContactBook::Choose(std::string account, Preferences preferences,
                                      Mutation<Contact> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(std::optional<Contact> known, co_await store_.Load(account));
  Contact contact = std::move(known).value_or(Contact());
  contact.account = account;
  ASSIGN_OR_CO_RETURN(contact, WithPreferences(std::move(contact), preferences));
  std::string answer = mutation.render(contact);
  const absl::Time now = clock_.Now();
  co_return co_await store_.Save(std::move(contact), mutation.key, std::move(answer), now);
}

Task<Contact> ContactBook::Get(std::string account) {
  ASSIGN_OR_CO_RETURN(std::optional<Contact> known, co_await store_.Load(account));
  if (!known.has_value()) {
    co_return Refuse(kContactNotFound);
  }
  co_return *std::move(known);
}

}  // namespace houbu::notification
