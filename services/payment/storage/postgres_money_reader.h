/// How the money stands by PostgreSQL.
///
/// Read once a minute. The ledger is summed whole: nothing is kept beside the entries that could
/// differ from them. Two million entries take 0.2 s by the index that holds all of it, 0.6 s by the
/// table where that was not vacuumed yet. Payments and refunds are counted from indexes that hold
/// only those in flight.
#pragma once

#include "libs/postgres/pool.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Reads the figures of operators.
class PostgresMoneyReader final : public MoneyReader {
 public:
  /// Reads by `pool`, which outlives it.
  explicit PostgresMoneyReader(postgres::Pool& pool) : pool_(pool) {}

  Task<MoneyFigures> Read() override;

 private:
  Task<std::vector<LedgerTurnover>> ReadLedger();
  Task<std::map<Channel, std::int64_t>> ReadPayments();
  Task<std::vector<RefundsInFlight>> ReadRefunds();

  postgres::Pool& pool_;
};

}  // namespace houbu::payment
