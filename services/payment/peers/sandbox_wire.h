/// The sandbox provider's JSON as our facts. Whatever it sends is checked: a provider's mistake is
/// an outage to us, never a crash.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Renders the body that asks to collect.
std::string RenderOrder(const OrderRequest& request, const std::string& notify_url);

/// Renders the body that asks to give back.
std::string RenderRefund(const RefundRequest& request, const std::string& notify_url);

/// Reads an order; INVALID_ARGUMENT when it is not one.
absl::StatusOr<OrderFact> ReadOrder(absl::string_view body);

/// Reads a refund; INVALID_ARGUMENT when it is not one.
absl::StatusOr<RefundFact> ReadRefundAnswer(absl::string_view body);

/// Reads a callback; INVALID_ARGUMENT when it is not one.
absl::StatusOr<ProvenNotice> ReadNotice(absl::string_view body);

/// The code of an error body, "" when there is none.
std::string ReadErrorCode(absl::string_view body);

}  // namespace houbu::payment
