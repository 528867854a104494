/// The words rows use for enums; stable, for they outlive programs.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "services/payment/domain/payment.h"
#include "services/payment/domain/refund.h"

namespace houbu::payment {

/// The word of a product.
std::string WordOf(Product product);
/// The word of a payment's state.
std::string WordOf(PaymentState state);
/// The word of a reason.
std::string WordOf(RefundReason reason);
/// The word of a refund's state.
std::string WordOf(RefundState state);

/// The product of a word; INTERNAL for a row a newer program wrote.
absl::StatusOr<Product> ProductOf(absl::string_view word);
/// The state of a word; INTERNAL as above.
absl::StatusOr<PaymentState> PaymentStateOf(absl::string_view word);
/// The reason of a word; INTERNAL as above.
absl::StatusOr<RefundReason> RefundReasonOf(absl::string_view word);
/// The state of a word; INTERNAL as above.
absl::StatusOr<RefundState> RefundStateOf(absl::string_view word);
/// The channel of a word; INTERNAL as above.
absl::StatusOr<Channel> ChannelOf(absl::string_view word);

}  // namespace houbu::payment
