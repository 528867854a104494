/// The payment store on PostgreSQL: the record.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libs/postgres/pool.h"
#include "libs/postgres/unit_of_work.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Turns an effect into the call that makes it; its id is the effect's own for ever.
using EncodeEffect =
    std::function<postgres::OutboxCall(const Effect& effect, const Commitment& commitment)>;

/// Keeps payments in PostgreSQL.
class PostgresPaymentStore final : public PaymentStore {
 public:
  /// Keeps them in `pool`'s database, which outlives the store.
  PostgresPaymentStore(postgres::Pool& pool, EncodeEffect encode)
      : pool_(pool), encode_(std::move(encode)) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<std::string> Insert(Payment payment, Commitment commitment) override;
  Task<std::string> Commit(Change change, Commitment commitment) override;
  Task<Payment> Load(PaymentId id) override;
  Task<Refund> LoadRefund(RefundId id) override;
  Task<std::vector<Payment>> List(std::string account, Page page) override;
  Task<std::vector<Refund>> ListRefunds(PaymentId payment, Page page) override;
  Task<bool> HasUsedGrace(std::string account, absl::CivilDay day) override;
  Task<std::vector<PaymentId>> DueInquiries(absl::Time now, int count_max) override;
  Task<RefundsDue> DueRefunds(DueQuestion question) override;
  Task<BatchProgress> Batch(std::string batch) override;
  Task<std::int64_t> CountStuckRefunds(absl::Time decided_before) override;
  Task<std::vector<LedgerBalance>> Balances() override;
  Task<std::vector<PaymentBooks>> Books(BooksPage page) override;
  Task<void> KeepNotice(RawNotice notice) override;

 private:
  Task<postgres::UnitOfWork> WriteChange(postgres::UnitOfWork work, Change change);

  postgres::Pool& pool_;
  EncodeEffect encode_;
};

}  // namespace houbu::payment
