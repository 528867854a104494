#include "services/payment/domain/statement.h"

namespace houbu::payment {

absl::string_view NameOf(Movement movement) {
  switch (movement) {
    case Movement::kPayment:
      return "PAYMENT";
    case Movement::kRefund:
      return "REFUND";
  }
  return "";
}

const std::string& SubjectOf(const StatementLine& line) {
  return line.movement == Movement::kPayment ? line.provider_order : line.merchant_refund;
}

}  // namespace houbu::payment
