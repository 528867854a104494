#include "services/payment/storage/postgres_payment_store.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "libs/postgres/errors.h"
#include "services/payment/domain/refusals.h"
#include "services/payment/storage/books_reader.h"
#include "services/payment/storage/decisions.h"
#include "services/payment/storage/names.h"
#include "services/payment/storage/postings.h"
#include "services/payment/storage/rows.h"

namespace houbu::payment {
namespace {

// The key of a request that is answered here, none for loops.
std::optional<RequestKey> KeyOf(const Commitment& commitment) {
  if (!commitment.answer.has_value()) return std::nullopt;
  return commitment.answer->key;
}

std::string BytesOf(const Commitment& commitment) {
  return commitment.answer.has_value() ? commitment.answer->bytes : std::string();
}

constexpr char kInsertPayment[] = R"sql(
    INSERT INTO payments (%s)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19::text[], $20, $21, $22, $23, $24, $25, $26, $27, $28, NULLIF($29, '')))sql";

// Everything but the id and what was fixed when the payment was opened.
constexpr char kUpdatePayment[] = R"sql(
    UPDATE payments
    SET version = $2, order_name = $4, state = $12, channel = $13, provider_order = $14,
        code_url = $15, closing = $16, return_reason = $17, pay_time = $18,
        captures = $19::text[], captured = $20, returned = $21, fees = $22, fare = $23,
        refunds = $24, inquire_at = $25, inquiries = $26, prepay_id = $27, payer = $28,
        return_batch = NULLIF($29, '')
    WHERE id = $1 AND version = $2 - 1
      AND opener = $3 AND account = $5 AND product = $6 AND currency = $7 AND amount = $8
      AND policy = $9 AND create_time = $10 AND expire_time = $11)sql";

constexpr char kUpsertRefund[] = R"sql(
    INSERT INTO refunds (%s)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
            NULLIF($17, ''))
    ON CONFLICT (id) DO UPDATE
    SET state = excluded.state, refund_time = excluded.refund_time,
        generation = excluded.generation, asked = excluded.asked,
        provider_refund = excluded.provider_refund, ask_at = excluded.ask_at,
        tries = excluded.tries)sql";

constexpr char kUseGrace[] = R"sql(
    INSERT INTO graces (account, day, payment) VALUES ($1, $2::date, $3))sql";

constexpr char kHasUsedGrace[] = R"sql(
    SELECT EXISTS (SELECT FROM graces WHERE account = $1 AND day = $2::date) AS used)sql";

constexpr char kSelectDueInquiries[] = R"sql(
    SELECT id FROM payments WHERE inquire_at <= $1 ORDER BY inquire_at, id LIMIT $2)sql";

constexpr char kSelectDueRefunds[] = R"sql(
    (SELECT id, asked FROM refunds
     WHERE channel = $1 AND NOT asked AND ask_at <= $2 ORDER BY ask_at, id LIMIT $3)
    UNION ALL
    (SELECT id, asked FROM refunds
     WHERE channel = $1 AND asked AND ask_at <= $2 ORDER BY ask_at, id LIMIT $3))sql";

// The stages by the numbers of RefundStage.
constexpr char kSelectBatch[] = R"sql(
    SELECT CASE state WHEN 'SUCCEEDED' THEN 2 WHEN 'FAILED' THEN 3
                      ELSE CASE WHEN asked THEN 1 ELSE 0 END END AS stage,
           currency, count(*) AS refunds, sum(amount)::bigint AS amount
    FROM refunds WHERE batch = $1
    GROUP BY stage, currency ORDER BY stage, currency)sql";

constexpr char kSelectOldestOfBatch[] = R"sql(
    SELECT min(create_time) AS oldest FROM refunds WHERE batch = $1 AND state = 'PENDING')sql";

constexpr char kCountStuckRefunds[] = R"sql(
    SELECT count(*) AS stuck FROM refunds
    WHERE state = 'FAILED' OR (state = 'PENDING' AND create_time < $1))sql";

constexpr char kSelectBalances[] = R"sql(
    SELECT account, currency, sum(amount)::bigint AS balance
    FROM ledger_entries GROUP BY account, currency ORDER BY account, currency)sql";

constexpr char kKeepNotice[] = R"sql(
    INSERT INTO provider_facts (channel, nonce, event_id, kind, subject, body, receive_time)
    VALUES ($1, $2, $3, $4, $5, $6, $7))sql";

std::string WithColumns(absl::string_view sql, absl::string_view columns) {
  const std::size_t at = sql.find("%s");
  return absl::StrCat(sql.substr(0, at), columns, sql.substr(at + 2));
}

}  // namespace

Task<std::optional<std::string>> PostgresPaymentStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

Task<std::string> PostgresPaymentStore::Insert(Payment payment, Commitment commitment) {
  std::optional<RequestKey> key = KeyOf(commitment);
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, std::move(key)));
  if (work.answer().has_value()) co_return *work.answer();
  std::string sql = WithColumns(kInsertPayment, kPaymentColumns);
  postgres::Parameters params = WritePayment(payment);
  const auto inserted = co_await work.transaction().Execute(std::move(sql), std::move(params));
  if (postgres::ConstraintOf(inserted.status()) == "payments_pkey") {
    co_return Refuse(kPaymentExists);
  }
  CO_RETURN_IF_ERROR(inserted.status());
  std::string bytes = BytesOf(commitment);
  CO_RETURN_IF_ERROR(co_await work.Commit(bytes, commitment.now));
  co_return bytes;
}

Task<std::string> PostgresPaymentStore::Commit(Change change, Commitment commitment) {
  std::optional<RequestKey> key = KeyOf(commitment);
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, std::move(key)));
  if (work.answer().has_value()) co_return *work.answer();
  if (commitment.approval.has_value()) {
    ASSIGN_OR_CO_RETURN(work, co_await Decide(std::move(work), *commitment.approval));
  }
  const std::vector<Effect> effects = change.effects;
  if (change.changed) {
    ASSIGN_OR_CO_RETURN(work, co_await WriteChange(std::move(work), std::move(change)));
  }
  for (const Effect& effect : effects) {
    postgres::OutboxCall call = encode_(effect, commitment);
    CO_RETURN_IF_ERROR(co_await work.Enqueue(std::move(call)));
  }
  std::string bytes = BytesOf(commitment);
  CO_RETURN_IF_ERROR(co_await work.Commit(bytes, commitment.now));
  co_return bytes;
}

Task<postgres::UnitOfWork> PostgresPaymentStore::WriteChange(postgres::UnitOfWork work,
                                                             Change change) {
  postgres::Parameters params = WritePayment(change.payment);
  ASSIGN_OR_CO_RETURN(const postgres::Result updated,
                      co_await work.transaction().Execute(kUpdatePayment, std::move(params)));
  if (updated.affected() == 0) co_return Refuse(kPaymentRaced);
  for (const Refund& refund : change.refunds) {
    std::string sql = WithColumns(kUpsertRefund, kRefundColumns);
    postgres::Parameters values = WriteRefund(refund);
    CO_RETURN_IF_ERROR(co_await work.transaction().Execute(std::move(sql), std::move(values)));
  }
  if (change.grace.has_value()) {
    postgres::Parameters grace;
    grace.Add(change.grace->account)
        .Add(FormatCivilDay(change.grace->day))
        .Add(change.payment.id.value());
    const auto used = co_await work.transaction().Execute(kUseGrace, std::move(grace));
    if (postgres::ConstraintOf(used.status()) == "graces_once_a_day") {
      co_return Refuse(kPaymentRaced);
    }
    CO_RETURN_IF_ERROR(used.status());
  }
  for (const LedgerTransaction& posting : change.postings) {
    ASSIGN_OR_CO_RETURN(work, co_await Post(std::move(work), posting));
  }
  co_return work;
}

Task<Payment> PostgresPaymentStore::Load(PaymentId id) {
  std::string sql = absl::StrCat("SELECT ", kPaymentColumns, " FROM payments WHERE id = $1");
  postgres::Parameters params;
  params.Add(id.value());
  ASSIGN_OR_CO_RETURN(const postgres::Result found,
                      co_await pool_.Query(std::move(sql), std::move(params)));
  if (found.empty()) co_return Refuse(kPaymentUnknown);
  co_return ReadPayment(found.row(0));
}

Task<Refund> PostgresPaymentStore::LoadRefund(RefundId id) {
  std::string sql = absl::StrCat("SELECT ", kRefundColumns, " FROM refunds WHERE id = $1");
  postgres::Parameters params;
  params.Add(id.value());
  ASSIGN_OR_CO_RETURN(const postgres::Result found,
                      co_await pool_.Query(std::move(sql), std::move(params)));
  if (found.empty()) co_return Refuse(kRefundUnknown);
  co_return ReadRefund(found.row(0));
}

Task<std::vector<Payment>> PostgresPaymentStore::List(std::string account, Page page) {
  std::string sql =
      absl::StrCat("SELECT ", kPaymentColumns, " FROM payments WHERE account = $1 AND ($2 = '' OR ",
                   "(create_time, id) < (SELECT create_time, id FROM payments WHERE id = $2)) ",
                   "ORDER BY create_time DESC, id DESC LIMIT $3");
  postgres::Parameters params;
  params.Add(account).Add(page.after).Add(page.size);
  ASSIGN_OR_CO_RETURN(const postgres::Result found,
                      co_await pool_.Query(std::move(sql), std::move(params)));
  std::vector<Payment> payments;
  for (int i = 0; i < found.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(Payment payment, ReadPayment(found.row(i)));
    payments.push_back(std::move(payment));
  }
  co_return payments;
}

Task<std::vector<Refund>> PostgresPaymentStore::ListRefunds(PaymentId payment, Page page) {
  std::string sql =
      absl::StrCat("SELECT ", kRefundColumns, " FROM refunds WHERE payment = $1 AND ($2 = '' OR ",
                   "number > (SELECT number FROM refunds WHERE id = $2)) ORDER BY number LIMIT $3");
  postgres::Parameters params;
  params.Add(payment.value()).Add(page.after).Add(page.size);
  ASSIGN_OR_CO_RETURN(const postgres::Result found,
                      co_await pool_.Query(std::move(sql), std::move(params)));
  std::vector<Refund> refunds;
  for (int i = 0; i < found.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(Refund refund, ReadRefund(found.row(i)));
    refunds.push_back(std::move(refund));
  }
  co_return refunds;
}

Task<bool> PostgresPaymentStore::HasUsedGrace(std::string account, absl::CivilDay day) {
  postgres::Parameters params;
  params.Add(account).Add(FormatCivilDay(day));
  ASSIGN_OR_CO_RETURN(const postgres::Result found,
                      co_await pool_.Query(kHasUsedGrace, std::move(params)));
  co_return found.row(0).Bool("used");
}

Task<std::vector<PaymentId>> PostgresPaymentStore::DueInquiries(absl::Time now, int count_max) {
  postgres::Parameters params;
  params.Add(now).Add(count_max);
  ASSIGN_OR_CO_RETURN(const postgres::Result found,
                      co_await pool_.Query(kSelectDueInquiries, std::move(params)));
  std::vector<PaymentId> ids;
  ids.reserve(static_cast<std::size_t>(found.rows()));
  for (int i = 0; i < found.rows(); ++i) ids.emplace_back(found.row(i).Text("id"));
  co_return ids;
}

Task<RefundsDue> PostgresPaymentStore::DueRefunds(DueQuestion question) {
  postgres::Parameters params;
  params.Add(NameOf(question.channel)).Add(question.now).Add(question.count_max);
  ASSIGN_OR_CO_RETURN(const postgres::Result found,
                      co_await pool_.Query(kSelectDueRefunds, std::move(params)));
  RefundsDue due;
  for (int i = 0; i < found.rows(); ++i) {
    const postgres::Row row = found.row(i);
    std::vector<RefundId>& kind = row.Bool("asked") ? due.asked : due.fresh;
    kind.emplace_back(row.Text("id"));
  }
  co_return due;
}

Task<BatchProgress> PostgresPaymentStore::Batch(std::string batch) {
  postgres::Parameters params;
  params.Add(batch);
  std::vector<postgres::Statement> statements(2);
  statements[0] = {kSelectBatch, params};
  statements[1] = {kSelectOldestOfBatch, params};
  ASSIGN_OR_CO_RETURN(const std::vector<postgres::Result> found,
                      co_await pool_.QueryAll(std::move(statements)));
  BatchProgress progress;
  for (int i = 0; i < found[0].rows(); ++i) {
    const postgres::Row row = found[0].row(i);
    ASSIGN_OR_CO_RETURN(const Currency currency, Currency::Parse(row.Text("currency")));
    BatchLine line;
    line.stage = static_cast<RefundStage>(row.Int32("stage"));
    line.refunds = row.Int64("refunds");
    line.amount = Money{row.Int64("amount"), currency};
    progress.lines.push_back(line);
  }
  progress.oldest_pending = found[1].row(0).OptionalTime("oldest");
  co_return progress;
}

Task<std::int64_t> PostgresPaymentStore::CountStuckRefunds(absl::Time decided_before) {
  postgres::Parameters params;
  params.Add(decided_before);
  ASSIGN_OR_CO_RETURN(const postgres::Result found,
                      co_await pool_.Query(kCountStuckRefunds, std::move(params)));
  co_return found.row(0).Int64("stuck");
}

Task<std::vector<LedgerBalance>> PostgresPaymentStore::Balances() {
  ASSIGN_OR_CO_RETURN(const postgres::Result found, co_await pool_.Query(kSelectBalances));
  std::vector<LedgerBalance> balances;
  for (int i = 0; i < found.rows(); ++i) {
    const postgres::Row row = found.row(i);
    ASSIGN_OR_CO_RETURN(const Currency currency, Currency::Parse(row.Text("currency")));
    balances.push_back(LedgerBalance{row.Text("account"), Money{row.Int64("balance"), currency}});
  }
  co_return balances;
}

Task<std::vector<PaymentBooks>> PostgresPaymentStore::Books(BooksPage page) {
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction,
                      co_await pool_.Begin(postgres::Isolation::kRepeatableRead));
  BooksReader reader(transaction);
  ASSIGN_OR_CO_RETURN(std::vector<PaymentBooks> books, co_await reader.Read(std::move(page)));
  CO_RETURN_IF_ERROR(co_await transaction.Rollback());
  co_return std::move(books);
}

Task<void> PostgresPaymentStore::KeepNotice(RawNotice notice) {
  postgres::Parameters params;
  params.Add(NameOf(notice.channel)).Add(notice.nonce).Add(notice.event_id).Add(notice.kind);
  params.Add(notice.subject).AddBytes(notice.body).Add(notice.receive_time);
  const auto kept = co_await pool_.Query(kKeepNotice, std::move(params));
  if (postgres::ConstraintOf(kept.status()) == "provider_facts_nonce") {
    co_return Refuse(kNoticeReplayed);
  }
  co_return kept.status();
}

}  // namespace houbu::payment
