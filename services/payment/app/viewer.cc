#include "services/payment/app/viewer.h"

#include "services/payment/domain/refusals.h"

namespace houbu::payment {

absl::Status CheckVisible(const Payment& payment, const Viewer& viewer) {
  switch (viewer.kind) {
    case Viewer::Kind::kOperator:
      return absl::OkStatus();
    case Viewer::Kind::kAccount:
      if (payment.account == viewer.name) return absl::OkStatus();
      break;
    case Viewer::Kind::kService:
      if (payment.opener == viewer.name || payment.product == Product::kPrepayment) {
        return absl::OkStatus();
      }
      break;
  }
  return Refuse(kPaymentUnknown);
}

}  // namespace houbu::payment
