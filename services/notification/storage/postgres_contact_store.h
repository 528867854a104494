/// Contacts in PostgreSQL, addresses encrypted.
#pragma once

#include "libs/postgres/pool.h"
#include "libs/secrets/field_cipher.h"
#include "services/notification/app/ports.h"

namespace houbu::notification {

/// Keeps contacts in table `contacts`.
class PostgresContactStore final : public ContactStore {
 public:
  /// Uses the pool and the cipher, which must outlive it.
  PostgresContactStore(postgres::Pool& pool, const secrets::FieldCipher& cipher)
      : pool_(pool), cipher_(cipher) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<std::optional<Contact>> Load(std::string account) override;
  Task<std::string> Save(Contact contact, RequestKey key, std::string answer,
                         absl::Time now) override;

 private:
  postgres::Pool& pool_;
  const secrets::FieldCipher& cipher_;
};

}  // namespace houbu::notification
