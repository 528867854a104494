#include "services/payment/storage/postgres_money_reader.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "services/payment/storage/names.h"

namespace houbu::payment {
namespace {

// A ledger of years takes longer than an ordinary statement may.
constexpr absl::Duration kPatience = absl::Minutes(1);

constexpr char kSelectTurnover[] = R"sql(
    SELECT account, currency,
           coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint AS debits,
           coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::bigint AS credits
    FROM ledger_entries GROUP BY account, currency ORDER BY account, currency)sql";

constexpr char kCountPaymentsInFlight[] = R"sql(
    SELECT channel, count(*) AS payments FROM payments
    WHERE state = 'PENDING' GROUP BY channel)sql";

constexpr char kSumRefundsInFlight[] = R"sql(
    SELECT channel, currency, count(*) AS refunds, sum(amount)::bigint AS amount,
           min(create_time) AS oldest
    FROM refunds WHERE state = 'PENDING'
    GROUP BY channel, currency ORDER BY channel, currency)sql";

}  // namespace

Task<MoneyFigures> PostgresMoneyReader::Read() {
  MoneyFigures figures;
  ASSIGN_OR_CO_RETURN(figures.ledger, co_await ReadLedger());
  ASSIGN_OR_CO_RETURN(figures.payments_in_flight, co_await ReadPayments());
  ASSIGN_OR_CO_RETURN(figures.refunds_in_flight, co_await ReadRefunds());
  co_return figures;
}

Task<std::vector<LedgerTurnover>> PostgresMoneyReader::ReadLedger() {
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction, co_await pool_.Begin());
  CO_RETURN_IF_ERROR(co_await transaction.SetStatementTimeout(kPatience));
  ASSIGN_OR_CO_RETURN(const postgres::Result found, co_await transaction.Execute(kSelectTurnover));
  CO_RETURN_IF_ERROR(co_await transaction.Rollback());
  std::vector<LedgerTurnover> ledger;
  for (int i = 0; i < found.rows(); ++i) {
    const postgres::Row row = found.row(i);
    ASSIGN_OR_CO_RETURN(const Currency currency, Currency::Parse(row.Text("currency")));
    LedgerTurnover line;
    line.account = row.Text("account");
    line.debits = Money{row.Int64("debits"), currency};
    line.credits = Money{row.Int64("credits"), currency};
    ledger.push_back(std::move(line));
  }
  co_return ledger;
}

Task<std::map<Channel, std::int64_t>> PostgresMoneyReader::ReadPayments() {
  ASSIGN_OR_CO_RETURN(const postgres::Result found, co_await pool_.Query(kCountPaymentsInFlight));
  std::map<Channel, std::int64_t> payments;
  for (int i = 0; i < found.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(const Channel channel, ChannelOf(found.row(i).Text("channel")));
    payments[channel] = found.row(i).Int64("payments");
  }
  co_return payments;
}

Task<std::vector<RefundsInFlight>> PostgresMoneyReader::ReadRefunds() {
  ASSIGN_OR_CO_RETURN(const postgres::Result found, co_await pool_.Query(kSumRefundsInFlight));
  std::vector<RefundsInFlight> refunds;
  for (int i = 0; i < found.rows(); ++i) {
    const postgres::Row row = found.row(i);
    ASSIGN_OR_CO_RETURN(const Currency currency, Currency::Parse(row.Text("currency")));
    RefundsInFlight line;
    ASSIGN_OR_CO_RETURN(line.channel, ChannelOf(row.Text("channel")));
    line.count = row.Int64("refunds");
    line.amount = Money{row.Int64("amount"), currency};
    line.oldest = row.Time("oldest");
    refunds.push_back(std::move(line));
  }
  co_return refunds;
}

}  // namespace houbu::payment
