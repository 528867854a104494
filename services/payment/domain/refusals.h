/// Every way the payment service says no; the reasons are part of its public interface.
#pragma once

#include "libs/base/refusal.h"

namespace houbu::payment {

/// There is no such payment, or it is not the caller's.
inline constexpr Refusal kPaymentUnknown{absl::StatusCode::kNotFound, "PAYMENT_UNKNOWN",
                                         "There is no such payment."};

/// There is no such refund.
inline constexpr Refusal kRefundUnknown{absl::StatusCode::kNotFound, "REFUND_UNKNOWN",
                                        "There is no such refund."};

/// Another payment has this id.
inline constexpr Refusal kPaymentExists{absl::StatusCode::kAlreadyExists, "PAYMENT_EXISTS",
                                        "A payment with this id exists."};

/// The money is here already.
inline constexpr Refusal kAlreadyPaid{absl::StatusCode::kFailedPrecondition, "ALREADY_PAID",
                                      "The payment was paid."};

/// Nobody can pay this any more.
inline constexpr Refusal kPaymentClosed{absl::StatusCode::kFailedPrecondition, "PAYMENT_CLOSED",
                                        "The payment is closed."};

/// The time to pay is over.
inline constexpr Refusal kPaymentExpired{absl::StatusCode::kFailedPrecondition, "PAYMENT_EXPIRED",
                                         "The time to pay is over."};

/// The payment waits on another channel.
inline constexpr Refusal kChannelChosen{absl::StatusCode::kFailedPrecondition, "CHANNEL_CHOSEN",
                                        "The payment was started on another channel."};

/// The channel is not served here.
inline constexpr Refusal kChannelUnknown{absl::StatusCode::kFailedPrecondition, "CHANNEL_UNKNOWN",
                                         "The channel is not available."};

/// What needs money came before the money.
inline constexpr Refusal kNotPaid{absl::StatusCode::kFailedPrecondition, "PAYMENT_NOT_PAID",
                                  "The payment has not been paid."};

/// Only prepayments are settled.
inline constexpr Refusal kNotAPrepayment{absl::StatusCode::kFailedPrecondition, "NOT_A_PREPAYMENT",
                                         "The payment is not a prepayment."};

/// A prepayment is settled once (W-07).
inline constexpr Refusal kAlreadySettled{absl::StatusCode::kFailedPrecondition, "ALREADY_SETTLED",
                                         "The prepayment was settled otherwise."};

/// The fare is more than what is left of the prepayment.
inline constexpr Refusal kFareExceedsPayment{absl::StatusCode::kFailedPrecondition,
                                             "FARE_EXCEEDS_PAYMENT",
                                             "The fare is more than what is left of the payment."};

/// Who was served out of a prepayment asked for a refund before the settlement arrived; it is on
/// its way, so trying again helps.
inline constexpr Refusal kNotSettledYet{absl::StatusCode::kAborted, "PREPAYMENT_NOT_SETTLED_YET",
                                        "The prepayment is not settled yet."};

/// Somebody else changed the payment meanwhile.
inline constexpr Refusal kPaymentRaced{absl::StatusCode::kAborted, "PAYMENT_RACED",
                                       "The payment was changed meanwhile."};

/// A payment names a fee policy the service no longer has.
inline constexpr Refusal kPolicyUnknown{absl::StatusCode::kFailedPrecondition, "POLICY_UNKNOWN",
                                        "The fee policy of the payment is not configured."};

/// More is to go back, or to be changed, than what is left of the payment.
inline constexpr Refusal kAboveRest{absl::StatusCode::kFailedPrecondition, "AMOUNT_ABOVE_REST",
                                    "The fares are more than what is left of the payment."};

/// A fact of a provider does not fit what was asked; it is asked again, never believed.
inline constexpr Refusal kFactMismatch{absl::StatusCode::kFailedPrecondition, "FACT_MISMATCH",
                                       "The provider's word does not fit the payment."};

/// A callback that was taken before came again, byte for byte.
inline constexpr Refusal kNoticeReplayed{absl::StatusCode::kAlreadyExists, "REPLAYED",
                                         "This callback was received before."};

}  // namespace houbu::payment
