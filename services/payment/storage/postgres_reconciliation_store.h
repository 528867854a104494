/// Reconciliations and statements in PostgreSQL.
#pragma once

#include <string>
#include <vector>

#include "libs/base/id.h"
#include "libs/postgres/pool.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Keeps reconciliations in PostgreSQL.
class PostgresReconciliationStore final : public ReconciliationStore {
 public:
  /// Works on `pool` and takes new ids from `ids`; both outlive it.
  PostgresReconciliationStore(postgres::Pool& pool, IdSource& ids) : pool_(pool), ids_(ids) {}

  Task<void> Schedule(std::vector<Reconciliation> wanted, absl::Time now) override;
  Task<std::string> Restart(Reconciliation wanted, absl::Time now,
                            Mutation<Reconciliation> mutation) override;
  Task<std::vector<Reconciliation>> Due(absl::Time now, int count_max) override;
  Task<std::int64_t> CountOverdue(absl::Time first_due_before) override;
  Task<Reconciliation> Load(ReconciliationId id) override;
  Task<std::vector<Reconciliation>> List(Page page) override;
  Task<void> Save(Reconciliation reconciliation) override;
  Task<void> KeepStatement(Channel channel, absl::CivilDay day, Statement statement) override;
  Task<Statement> Stated(Channel channel, std::vector<PaymentId> payments) override;
  Task<std::vector<Booked>> BookedButNotStated(Stretch stretch, Booked after,
                                               int count_max) override;
  Task<std::vector<PaymentId>> ActiveIn(Stretch stretch, std::string after, int count_max) override;
  Task<std::vector<PaymentBooks>> Books(std::vector<PaymentId> payments) override;

 private:
  Task<postgres::Transaction> InsertLines(postgres::Transaction transaction, std::string channel,
                                          std::string day, int first, Statement lines);
  Task<std::vector<Reconciliation>> Select(std::string where, postgres::Parameters params);

  postgres::Pool& pool_;
  IdSource& ids_;
};

}  // namespace houbu::payment
