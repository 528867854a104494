#include "services/payment/storage/books_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "services/payment/storage/rows.h"

namespace houbu::payment {

Task<std::vector<PaymentBooks>> BooksReader::Read(BooksPage page) {
  std::string where = page.only.empty() ? "id > $1 ORDER BY id LIMIT $2" : "id = $1 LIMIT $2";
  postgres::Parameters params;
  params.Add(page.only.empty() ? page.after : page.only).Add(page.size);
  CO_RETURN_IF_ERROR(co_await ReadPayments(std::move(where), std::move(params)));
  co_return co_await ReadWhatBelongsToThem();
}

Task<std::vector<PaymentBooks>> BooksReader::Read(std::vector<std::string> ids) {
  postgres::Parameters params;
  params.AddTextArray(ids);
  CO_RETURN_IF_ERROR(co_await ReadPayments("id = ANY($1::text[])", std::move(params)));
  co_return co_await ReadWhatBelongsToThem();
}

Task<std::vector<PaymentBooks>> BooksReader::ReadWhatBelongsToThem() {
  CO_RETURN_IF_ERROR(co_await ReadRefunds());
  CO_RETURN_IF_ERROR(co_await ReadTransactions());
  std::vector<PaymentBooks> books;
  for (auto& [id, each] : books_) books.push_back(std::move(each));
  co_return books;
}

Task<postgres::Result> BooksReader::OfThese(std::string sql) {
  std::vector<std::string> ids;
  for (const auto& [id, each] : books_) ids.push_back(id);
  postgres::Parameters params;
  params.AddTextArray(ids);
  co_return co_await transaction_.Execute(std::move(sql), std::move(params));
}

Task<void> BooksReader::ReadPayments(std::string where, postgres::Parameters params) {
  std::string sql = absl::StrCat("SELECT ", kPaymentColumns, " FROM payments WHERE ", where);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await transaction_.Execute(std::move(sql), std::move(params)));
  for (int i = 0; i < rows.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(Payment payment, ReadPayment(rows.row(i)));
    const std::string id = payment.id.value();
    books_[id].payment = std::move(payment);
  }
  co_return absl::OkStatus();
}

Task<void> BooksReader::ReadRefunds() {
  std::string sql = absl::StrCat("SELECT ", kRefundColumns,
                                 " FROM refunds WHERE payment = ANY($1::text[]) ORDER BY number");
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await OfThese(std::move(sql)));
  for (int i = 0; i < rows.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(Refund refund, ReadRefund(rows.row(i)));
    const std::string payment = refund.payment.value();
    books_.at(payment).refunds.push_back(std::move(refund));
  }
  co_return absl::OkStatus();
}

constexpr char kTransactions[] = R"sql(
    SELECT t.key, t.event, t.payment, t.post_time, e.account, e.currency, e.amount
    FROM ledger_transactions AS t JOIN ledger_entries AS e ON e.transaction_key = t.key
    WHERE t.payment = ANY($1::text[]) ORDER BY t.post_time, t.key, e.line)sql";

Task<void> BooksReader::ReadTransactions() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await OfThese(kTransactions));
  for (int i = 0; i < rows.rows(); ++i) {
    const postgres::Row row = rows.row(i);
    std::vector<LedgerTransaction>& posted = books_.at(row.Text("payment")).transactions;
    if (posted.empty() || posted.back().key != row.Text("key")) {
      LedgerTransaction transaction;
      transaction.key = row.Text("key");
      transaction.event = row.Text("event");
      transaction.payment = PaymentId(row.Text("payment"));
      transaction.time = row.Time("post_time");
      posted.push_back(std::move(transaction));
    }
    ASSIGN_OR_CO_RETURN(const Currency currency, Currency::Parse(row.Text("currency")));
    posted.back().entries.push_back(
        LedgerEntry{row.Text("account"), Money{row.Int64("amount"), currency}});
  }
  co_return absl::OkStatus();
}

}  // namespace houbu::payment
