#include "services/payment/storage/postings.h"

#include <string>
#include <utility>
#include <vector>

#include "libs/async/status_macros.h"
#include "services/payment/storage/reconciliation_rows.h"

namespace houbu::payment {
namespace {

constexpr char kPostTransaction[] = R"sql(
    INSERT INTO ledger_transactions (key, event, payment, post_time)
    VALUES ($1, $2, $3, $4))sql";

constexpr char kPostEntries[] = R"sql(
    INSERT INTO ledger_entries (transaction_key, line, account, currency, amount)
    SELECT $1, entry.line, entry.account, entry.currency, entry.amount
    FROM unnest($2::text[], $3::text[], $4::bigint[])
         WITH ORDINALITY AS entry (account, currency, amount, line))sql";

}  // namespace

async::Task<postgres::UnitOfWork> Post(postgres::UnitOfWork work, LedgerTransaction posting) {
  postgres::Parameters header;
  header.Add(posting.key).Add(posting.event).Add(Nullable(posting.payment)).Add(posting.time);
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kPostTransaction, std::move(header)));
  std::vector<std::string> accounts;
  std::vector<std::string> currencies;
  std::vector<std::int64_t> amounts;
  for (const LedgerEntry& entry : posting.entries) {
    accounts.push_back(entry.account);
    currencies.emplace_back(entry.amount.currency.code());
    amounts.push_back(entry.amount.minor_units);
  }
  postgres::Parameters entries;
  entries.Add(posting.key).AddTextArray(accounts).AddTextArray(currencies).AddIntArray(amounts);
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kPostEntries, std::move(entries)));
  co_return work;
}

}  // namespace houbu::payment
