/// Requests on the wire as commands: every field checked, all violations heard at once.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

#include "libs/base/refusal.h"
#include "libs/rpc/call.h"
#include "services/payment/app/payment_start.h"
#include "services/payment/app/viewer.h"
#include "services/payment/domain/change_fee.h"
#include "services/payment/domain/fee_policy.h"
#include "services/payment/domain/payment.h"
#include "services/payment/domain/refund.h"

#include "houbu/payment/v1/payment.pb.h"

namespace houbu::payment {

/// Who asks, as the seam identified them.
Viewer ViewerOf(const rpc::Caller& caller);

/// The payment a field names; empty with a violation.
PaymentId ParsePaymentName(Violations& violations, absl::string_view field, absl::string_view name);

/// The product of a field.
Product ParseProduct(Violations& violations, absl::string_view field, v1::Product product);

/// The channel of a field.
Channel ParseChannel(Violations& violations, absl::string_view field, v1::Channel channel);

/// Who pays `payment` inside the app of `channel`, by the field `payer_openid`; empty where it is.
Payer ParsePayer(Violations& violations, Channel channel, const PaymentId& payment,
                 const std::string& openid);

/// The reason of a field.
RefundReason ParseReason(Violations& violations, absl::string_view field, v1::RefundReason reason);

/// A fare or an amount to be paid: renminbi, more than zero, at most kFareMax.
Money ParseFare(Violations& violations, const std::string& field, bool set,
                const type::v1::Money& value);

/// The batch of a field, "runs/rn-..."; empty with a violation.
std::string ParseBatch(Violations& violations, absl::string_view field, absl::string_view batch);

/// The payment a quote is of, from `name`; nothing where none is named. `profile` is for quotes of
/// no payment.
std::optional<PaymentId> ParseQuoted(Violations& violations, absl::string_view name,
                                     absl::string_view profile);

/// The facts of a fee; `field` is where they stand.
FareFacts ParseFareFacts(Violations& violations, const std::string& field,
                         const v1::FareFacts& facts);

/// The facts of a change; `field` is where they stand. Days are those of RailwayZone().
ChangeFacts ParseChangeFacts(Violations& violations, const std::string& field,
                             const v1::ChangeFacts& facts);

}  // namespace houbu::payment
