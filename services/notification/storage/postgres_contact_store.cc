#include "services/notification/storage/postgres_contact_store.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/unit_of_work.h"

namespace houbu::notification {
namespace {

std::string PhoneContext(absl::string_view account) {
  return absl::StrCat("contacts/phone/", account);
}

std::string EmailContext(absl::string_view account) {
  return absl::StrCat("contacts/email/", account);
}

std::optional<std::string> Seal(const secrets::FieldCipher& cipher, const std::string& text,
                                const std::string& context) {
  if (text.empty()) {
    return std::nullopt;
  }
  return cipher.Encrypt(text, context);
}

absl::StatusOr<std::string> Open(const secrets::FieldCipher& cipher,
                                 const std::optional<std::string>& box,
                                 const std::string& context) {
  if (!box.has_value()) {
    return std::string();
  }
  return cipher.Decrypt(*box, context);
}

void AddBox(postgres::Parameters& parameters, const std::optional<std::string>& box) {
  if (box.has_value()) {
    parameters.AddBytes(*box);
  } else {
    parameters.AddNull();
  }
}

absl::StatusOr<Contact> ContactOf(const postgres::Row& row, const secrets::FieldCipher& cipher) {
  Contact contact;
  contact.account = row.Text("account");
  ASSIGN_OR_RETURN(contact.phone,
                   Open(cipher, row.OptionalBytes("phone"), PhoneContext(contact.account)));
  ASSIGN_OR_RETURN(contact.email,
                   Open(cipher, row.OptionalBytes("email"), EmailContext(contact.account)));
  for (const std::string& name : row.TextArray("channels")) {
    ASSIGN_OR_RETURN(const Channel channel, ParseChannel(name));
    contact.channels.push_back(channel);
  }
  contact.channels_chosen = row.Bool("channels_chosen");
  contact.language = row.Text("language");
  return contact;
}

}  // namespace

Task<std::optional<std::string>> PostgresContactStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

constexpr char kLoadContact[] = R"sql(
  SELECT account, phone, email, channels, channels_chosen, language
  FROM contacts WHERE account = $1)sql";

Task<std::optional<Contact>> PostgresContactStore::Load(std::string account) {
  postgres::Parameters parameters;
  parameters.Add(account);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoadContact, std::move(parameters)));
  if (result.empty()) {
    co_return std::nullopt;
  }
  ASSIGN_OR_CO_RETURN(Contact contact, ContactOf(result.row(0), cipher_));
  co_return contact;
}

constexpr char kSaveContact[] = R"sql(
  INSERT INTO contacts (account, phone, email, channels, channels_chosen, language, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (account) DO UPDATE SET
    phone = EXCLUDED.phone, email = EXCLUDED.email, channels = EXCLUDED.channels,
    channels_chosen = EXCLUDED.channels_chosen, language = EXCLUDED.language,
    updated_at = EXCLUDED.updated_at)sql";

Task<std::string> PostgresContactStore::Save(Contact contact, RequestKey key, std::string answer,
                                             absl::Time now) {
  std::vector<std::string> channels;
  channels.reserve(contact.channels.size());
  for (const Channel channel : contact.channels) {
    channels.emplace_back(ChannelName(channel));
  }
  postgres::Parameters parameters;
  parameters.Add(contact.account);
  AddBox(parameters, Seal(cipher_, contact.phone, PhoneContext(contact.account)));
  AddBox(parameters, Seal(cipher_, contact.email, EmailContext(contact.account)));
  parameters.AddTextArray(channels).Add(contact.channels_chosen).Add(contact.language).Add(now);
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work, co_await postgres::UnitOfWork::Begin(pool_, key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kSaveContact, std::move(parameters)));
  CO_RETURN_IF_ERROR(co_await work.Commit(answer, now));
  co_return answer;
}

}  // namespace houbu::notification
