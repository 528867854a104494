/// Reads the books of payments within one transaction, so that all of them are of one moment.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "libs/async/task.h"
#include "libs/postgres/pool.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Used once; the transaction outlives it.
class BooksReader final {
 public:
  /// Reads within `transaction`.
  explicit BooksReader(postgres::Transaction& transaction) : transaction_(transaction) {}

  /// The books of a page, by id.
  Task<std::vector<PaymentBooks>> Read(BooksPage page);

  /// The books of these payments, those there are, by id.
  Task<std::vector<PaymentBooks>> Read(std::vector<std::string> ids);

 private:
  Task<void> ReadPayments(std::string where, postgres::Parameters params);
  Task<std::vector<PaymentBooks>> ReadWhatBelongsToThem();
  Task<void> ReadRefunds();
  Task<void> ReadTransactions();
  Task<postgres::Result> OfThese(std::string sql);

  postgres::Transaction& transaction_;
  std::map<std::string, PaymentBooks> books_;
};

}  // namespace houbu::payment
