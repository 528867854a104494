#include "services/payment/storage/postgres_reconciliation_store.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "libs/postgres/unit_of_work.h"
#include "services/payment/domain/refusals.h"
#include "services/payment/storage/books_reader.h"
#include "services/payment/storage/reconciliation_rows.h"

namespace houbu::payment {
namespace {

// So many lines go into one statement of SQL.
constexpr std::size_t kLinesAtOnce = 5000;

constexpr char kInsert[] = R"sql(
    INSERT INTO reconciliations
        (id, channel, kind, from_time, to_time, create_time, first_due_time, due_time,
         finish_time, cursor, failure, compared, repaired, cases)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    ON CONFLICT ON CONSTRAINT reconciliations_once DO )sql";

constexpr char kSave[] = R"sql(
    UPDATE reconciliations
    SET due_time = $8, finish_time = $9, cursor = $10, failure = $11, compared = $12,
        repaired = $13, cases = $14
    WHERE id = $1 AND channel = $2 AND kind = $3 AND from_time = $4 AND to_time = $5
      AND create_time = $6 AND first_due_time = $7)sql";

constexpr char kCountOverdue[] = R"sql(
    SELECT count(*) AS overdue FROM reconciliations
    WHERE due_time IS NOT NULL AND finish_time IS NULL AND first_due_time < $1)sql";

constexpr char kInsertLines[] = R"sql(
    INSERT INTO statement_lines
        (channel, day, line, movement, provider_order, reference, payment, merchant_refund,
         currency, amount, line_time)
    SELECT $1, $2::date, $3 + each.line, each.movement, each.provider_order, each.reference,
           nullif(each.payment, ''), each.merchant_refund, each.currency, each.amount,
           each.line_time
    FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                $10::bigint[], $11::timestamptz[])
         WITH ORDINALITY AS each (movement, provider_order, reference, payment, merchant_refund,
                                  currency, amount, line_time, line))sql";

// Expected money is found by the provider's time of it, unexpected money a day after we booked it.
constexpr char kBookedButNotStated[] = R"sql(
    SELECT payment, movement, subject, currency, amount
    FROM (
        SELECT p.id, 'PAYMENT', own.capture, p.currency, p.amount
        FROM payments AS p
        CROSS JOIN LATERAL (SELECT each.capture FROM unnest(p.captures) WITH ORDINALITY
                                AS each (capture, number)
                            WHERE each.capture NOT LIKE '%:%'
                            ORDER BY each.number LIMIT 1) AS own
        WHERE p.channel = $1 AND p.pay_time >= $2 AND p.pay_time < $3
        UNION ALL
        SELECT r.payment, 'REFUND',
               CASE r.generation WHEN 1 THEN r.id ELSE r.id || '-' || r.generation END,
               r.currency, r.amount
        FROM refunds AS r
        WHERE r.channel = $1 AND r.refund_time >= $2 AND r.refund_time < $3
        UNION ALL
        SELECT t.payment, 'PAYMENT',
               regexp_replace(substr(t.key, length(t.payment || ':captured:') + 1), '^.*:', ''),
               e.currency, e.amount
        FROM ledger_transactions AS t
        JOIN ledger_entries AS e
          ON e.transaction_key = t.key AND e.account = 'provider_receivable:' || $1
        JOIN payments AS p ON p.id = t.payment
        WHERE t.event = 'CAPTURED'
          AND t.post_time >= $2 - interval '1 day' AND t.post_time < $3 - interval '1 day'
          AND (p.pay_time IS NULL OR p.channel <> $1 OR t.key <> p.id || ':captured:' ||
               (SELECT each.capture FROM unnest(p.captures) WITH ORDINALITY
                    AS each (capture, number)
                WHERE each.capture NOT LIKE '%:%' ORDER BY each.number LIMIT 1))
    ) AS booked (payment, movement, subject, currency, amount)
    WHERE (payment, movement, subject) > ($4, $5, $6)
      AND NOT EXISTS (SELECT FROM statement_lines AS s
                      WHERE booked.movement = 'PAYMENT' AND s.movement = 'PAYMENT'
                        AND s.channel = $1 AND s.provider_order = booked.subject)
      AND NOT EXISTS (SELECT FROM statement_lines AS s
                      WHERE booked.movement = 'REFUND' AND s.movement = 'REFUND'
                        AND s.channel = $1 AND s.merchant_refund = booked.subject)
    ORDER BY payment, movement, subject LIMIT $7)sql";

constexpr char kActiveIn[] = R"sql(
    SELECT id
    FROM (
        SELECT id FROM payments WHERE channel = $1 AND pay_time >= $2 AND pay_time < $3
        UNION
        SELECT id FROM payments WHERE channel = $1 AND expire_time >= $2 AND expire_time < $3
        UNION
        SELECT payment FROM refunds WHERE channel = $1 AND refund_time >= $2 AND refund_time < $3
    ) AS active (id)
    WHERE id > $4 ORDER BY id LIMIT $5)sql";

std::vector<std::string> Values(const std::vector<PaymentId>& ids) {
  std::vector<std::string> values;
  values.reserve(ids.size());
  for (const PaymentId& id : ids) values.push_back(id.value());
  return values;
}

}  // namespace

Task<void> PostgresReconciliationStore::Schedule(std::vector<Reconciliation> wanted,
                                                 absl::Time now) {
  for (Reconciliation& each : wanted) {
    each.id = NewId<ReconciliationTag>(ids_);
    each.create_time = now;
    std::string sql = absl::StrCat(kInsert, "NOTHING");
    postgres::Parameters params = WriteReconciliation(each);
    CO_RETURN_IF_ERROR(co_await pool_.Query(std::move(sql), std::move(params)));
  }
  co_return absl::OkStatus();
}

Task<std::string> PostgresReconciliationStore::Restart(Reconciliation wanted, absl::Time now,
                                                       Mutation<Reconciliation> mutation) {
  std::optional<RequestKey> key = mutation.key;
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, std::move(key)));
  if (work.answer().has_value()) co_return *work.answer();
  wanted.id = NewId<ReconciliationTag>(ids_);
  wanted.create_time = now;
  wanted.due_time = now;
  std::string sql = absl::StrCat(
      kInsert, "UPDATE SET due_time = excluded.due_time, cursor = '', failure = '', compared = 0, ",
      "repaired = 0, cases = 0 RETURNING ", kReconciliationColumns);
  postgres::Parameters params = WriteReconciliation(wanted);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await work.transaction().Execute(std::move(sql), std::move(params)));
  ASSIGN_OR_CO_RETURN(const Reconciliation kept, ReadReconciliation(rows.row(0)));
  std::string bytes = mutation.render(kept);
  CO_RETURN_IF_ERROR(co_await work.Commit(bytes, now));
  co_return bytes;
}

Task<std::vector<Reconciliation>> PostgresReconciliationStore::Select(std::string where,
                                                                      postgres::Parameters params) {
  std::string sql =
      absl::StrCat("SELECT ", kReconciliationColumns, " FROM reconciliations ", where);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(std::move(sql), std::move(params)));
  std::vector<Reconciliation> found;
  for (int i = 0; i < rows.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(Reconciliation each, ReadReconciliation(rows.row(i)));
    found.push_back(std::move(each));
  }
  co_return found;
}

Task<std::vector<Reconciliation>> PostgresReconciliationStore::Due(absl::Time now, int count_max) {
  postgres::Parameters params;
  params.Add(now).Add(count_max);
  co_return co_await Select("WHERE due_time <= $1 ORDER BY due_time, id LIMIT $2",
                            std::move(params));
}

Task<std::int64_t> PostgresReconciliationStore::CountOverdue(absl::Time first_due_before) {
  postgres::Parameters params;
  params.Add(first_due_before);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kCountOverdue, std::move(params)));
  co_return rows.row(0).Int64("overdue");
}

Task<Reconciliation> PostgresReconciliationStore::Load(ReconciliationId id) {
  postgres::Parameters params;
  params.Add(id.value());
  ASSIGN_OR_CO_RETURN(const std::vector<Reconciliation> found,
                      co_await Select("WHERE id = $1", std::move(params)));
  if (found.empty()) co_return Refuse(kReconciliationUnknown);
  co_return found.front();
}

Task<std::vector<Reconciliation>> PostgresReconciliationStore::List(Page page) {
  postgres::Parameters params;
  params.Add(page.after).Add(page.size);
  co_return co_await Select("WHERE $1 = '' OR id < $1 ORDER BY id DESC LIMIT $2",
                            std::move(params));
}

Task<void> PostgresReconciliationStore::Save(Reconciliation reconciliation) {
  postgres::Parameters params = WriteReconciliation(reconciliation);
  CO_RETURN_IF_ERROR(co_await pool_.Query(kSave, std::move(params)));
  co_return absl::OkStatus();
}

Task<void> PostgresReconciliationStore::KeepStatement(Channel channel, absl::CivilDay day,
                                                      Statement statement) {
  const std::string of_channel(NameOf(channel));
  const std::string of_day = FormatCivilDay(day);
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction, co_await pool_.Begin());
  postgres::Parameters old;
  old.Add(of_channel).Add(of_day);
  CO_RETURN_IF_ERROR(co_await transaction.Execute(
      "DELETE FROM statement_lines WHERE channel = $1 AND day = $2::date", std::move(old)));
  for (std::size_t first = 0; first < statement.size(); first += kLinesAtOnce) {
    const auto begin = statement.begin() + static_cast<std::ptrdiff_t>(first);
    const std::size_t count = std::min(kLinesAtOnce, statement.size() - first);
    Statement lines(begin, begin + static_cast<std::ptrdiff_t>(count));
    ASSIGN_OR_CO_RETURN(transaction,
                        co_await InsertLines(std::move(transaction), of_channel, of_day,
                                             static_cast<int>(first), std::move(lines)));
  }
  co_return co_await transaction.Commit();
}

Task<postgres::Transaction> PostgresReconciliationStore::InsertLines(
    postgres::Transaction transaction, std::string channel, std::string day, int first,
    Statement lines) {
  std::vector<std::string> movements, orders, references, payments, refunds, currencies;
  std::vector<std::int64_t> amounts;
  std::vector<absl::Time> times;
  for (const StatementLine& line : lines) {
    movements.emplace_back(NameOf(line.movement));
    orders.push_back(line.provider_order);
    references.push_back(line.reference);
    payments.push_back(line.payment.value());
    refunds.push_back(line.merchant_refund);
    currencies.emplace_back(line.amount.currency.code());
    amounts.push_back(line.amount.minor_units);
    times.push_back(line.time);
  }
  postgres::Parameters params;
  params.Add(channel).Add(day).Add(first).AddTextArray(movements).AddTextArray(orders);
  params.AddTextArray(references).AddTextArray(payments).AddTextArray(refunds);
  params.AddTextArray(currencies).AddIntArray(amounts).AddTimeArray(times);
  CO_RETURN_IF_ERROR(co_await transaction.Execute(kInsertLines, std::move(params)));
  co_return transaction;
}

Task<Statement> PostgresReconciliationStore::Stated(Channel channel,
                                                    std::vector<PaymentId> payments) {
  std::string sql = absl::StrCat("SELECT ", kStatementLineColumns, " FROM statement_lines ",
                                 "WHERE channel = $1 AND payment = ANY($2::text[]) ",
                                 "ORDER BY payment, day, line");
  postgres::Parameters params;
  params.Add(NameOf(channel)).AddTextArray(Values(payments));
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(std::move(sql), std::move(params)));
  Statement lines;
  for (int i = 0; i < rows.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(StatementLine line, ReadStatementLine(rows.row(i)));
    lines.push_back(std::move(line));
  }
  co_return lines;
}

Task<std::vector<Booked>> PostgresReconciliationStore::BookedButNotStated(Stretch stretch,
                                                                          Booked after,
                                                                          int count_max) {
  // Before the first of all there is nothing, whatever its movement.
  const absl::string_view movement = after.payment.empty() ? "" : NameOf(after.movement);
  postgres::Parameters params;
  params.Add(NameOf(stretch.channel)).Add(stretch.from).Add(stretch.to);
  params.Add(after.payment.value()).Add(movement).Add(after.subject).Add(count_max);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kBookedButNotStated, std::move(params)));
  std::vector<Booked> found;
  for (int i = 0; i < rows.rows(); ++i) {
    const postgres::Row row = rows.row(i);
    Booked booked;
    booked.payment = PaymentId(row.Text("payment"));
    ASSIGN_OR_CO_RETURN(booked.movement, MovementOf(row.Text("movement")));
    booked.subject = row.Text("subject");
    ASSIGN_OR_CO_RETURN(booked.amount.currency, Currency::Parse(row.Text("currency")));
    booked.amount.minor_units = row.Int64("amount");
    found.push_back(std::move(booked));
  }
  co_return found;
}

Task<std::vector<PaymentId>> PostgresReconciliationStore::ActiveIn(Stretch stretch,
                                                                   std::string after,
                                                                   int count_max) {
  postgres::Parameters params;
  params.Add(NameOf(stretch.channel)).Add(stretch.from).Add(stretch.to).Add(after).Add(count_max);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kActiveIn, std::move(params)));
  std::vector<PaymentId> ids;
  for (int i = 0; i < rows.rows(); ++i) ids.emplace_back(rows.row(i).Text("id"));
  co_return ids;
}

Task<std::vector<PaymentBooks>> PostgresReconciliationStore::Books(
    std::vector<PaymentId> payments) {
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction,
                      co_await pool_.Begin(postgres::Isolation::kRepeatableRead));
  BooksReader reader(transaction);
  std::vector<std::string> ids = Values(payments);
  ASSIGN_OR_CO_RETURN(std::vector<PaymentBooks> books, co_await reader.Read(std::move(ids)));
  CO_RETURN_IF_ERROR(co_await transaction.Rollback());
  co_return std::move(books);
}

}  // namespace houbu::payment
