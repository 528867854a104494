/// Rows of payments and refunds, both ways.
#pragma once

#include "absl/status/statusor.h"

#include "libs/postgres/parameters.h"
#include "libs/postgres/result.h"
#include "services/payment/domain/payment.h"
#include "services/payment/domain/refund.h"

namespace houbu::payment {

/// The columns ReadPayment needs, in SQL.
extern const char kPaymentColumns[];
/// The columns ReadRefund needs, in SQL.
extern const char kRefundColumns[];

/// Reads a payment; INTERNAL for a row that makes no sense.
absl::StatusOr<Payment> ReadPayment(const postgres::Row& row);
/// Reads a refund; INTERNAL as above.
absl::StatusOr<Refund> ReadRefund(const postgres::Row& row);

/// All columns of a payment in the order of kPaymentColumns.
postgres::Parameters WritePayment(const Payment& payment);
/// All columns of a refund in the order of kRefundColumns.
postgres::Parameters WriteRefund(const Refund& refund);

}  // namespace houbu::payment
