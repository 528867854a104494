/// Messages and deliveries in PostgreSQL; recipients and texts on their way encrypted.
#pragma once

#include "libs/postgres/pool.h"
#include "libs/secrets/field_cipher.h"
#include "services/notification/app/ports.h"

namespace houbu::notification {

/// Keeps messages in table `messages` and deliveries in table `deliveries`.
class PostgresMessageStore final : public MessageStore {
 public:
  /// Uses the pool and the cipher, which must outlive it.
  PostgresMessageStore(postgres::Pool& pool, const secrets::FieldCipher& cipher)
      : pool_(pool), cipher_(cipher) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<std::string> Record(Intake intake, RequestKey key, std::string answer,
                           absl::Time now) override;
  Task<std::vector<Message>> ListMessages(std::string account, Page page) override;
  Task<std::vector<Delivery>> ListDeliveries(std::optional<DeliveryState> state,
                                             Page page) override;
  Task<std::optional<Delivery>> Claim(Channel channel, absl::Time now,
                                      absl::Time lease_until) override;
  Task<void> Save(Delivery delivery) override;
  Task<int> RemoveEnded(absl::Time before, int limit) override;

 private:
  absl::StatusOr<std::vector<Delivery>> DeliveriesOf(const postgres::Result& result) const;

  postgres::Pool& pool_;
  const secrets::FieldCipher& cipher_;
};

}  // namespace houbu::notification
