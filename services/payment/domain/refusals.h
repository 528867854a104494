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

/// The payment waits for another payer, or for whoever scans its code.
inline constexpr Refusal kPayerChosen{
    absl::StatusCode::kFailedPrecondition, "PAYER_CHOSEN",
    "The payment was started for another payer, or for a code to scan."};

/// The channel knows no such payer of ours, or takes no money of them.
inline constexpr Refusal kPayerRefused{absl::StatusCode::kFailedPrecondition, "PAYER_REFUSED",
                                       "The channel does not take this payer."};

/// The caller's account may not pay for now; metadata says level and until (RFC 3339, "" for good).
inline constexpr Refusal kAccountRestricted{
    absl::StatusCode::kFailedPrecondition, "ACCOUNT_RESTRICTED",
    "The account is restricted for now; support can tell more and lift it."};

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

/// There is no such case of reconciliation.
inline constexpr Refusal kCaseUnknown{absl::StatusCode::kNotFound, "CASE_UNKNOWN",
                                      "There is no such case."};

/// The case was closed already.
inline constexpr Refusal kCaseClosed{absl::StatusCode::kFailedPrecondition, "CASE_CLOSED",
                                     "The case is closed."};

/// There is no such reconciliation.
inline constexpr Refusal kReconciliationUnknown{
    absl::StatusCode::kNotFound, "RECONCILIATION_UNKNOWN", "There is no such reconciliation."};

/// The channel's provider gives no bills.
inline constexpr Refusal kChannelWithoutBills{absl::StatusCode::kFailedPrecondition,
                                              "CHANNEL_WITHOUT_BILLS",
                                              "The provider of this channel gives no bills."};

/// There is no bill of a day: it is not made yet, or nothing happened on it.
inline constexpr Refusal kNoBill{absl::StatusCode::kNotFound, "BILL_MISSING",
                                 "There is no bill of this day."};

/// There is no such proposal.
inline constexpr Refusal kProposalUnknown{absl::StatusCode::kNotFound, "PROPOSAL_UNKNOWN",
                                          "There is no such proposal."};

/// The proposal was approved or rejected already.
inline constexpr Refusal kProposalDecided{absl::StatusCode::kFailedPrecondition, "PROPOSAL_DECIDED",
                                          "The proposal was decided already."};

/// Nobody decided for too long.
inline constexpr Refusal kProposalExpired{absl::StatusCode::kFailedPrecondition, "PROPOSAL_EXPIRED",
                                          "The proposal is too old; make it again."};

/// Whoever proposes cannot approve.
inline constexpr Refusal kOwnProposal{absl::StatusCode::kPermissionDenied, "OWN_PROPOSAL",
                                      "A second person must approve it."};

/// What two people do needs certificates that say who they are.
inline constexpr Refusal kPersonNeeded{absl::StatusCode::kPermissionDenied, "PERSON_NEEDED",
                                       "This needs a certificate that names a person."};

/// More shall go back by hand than what is left of the payment.
inline constexpr Refusal kRefundAboveRest{absl::StatusCode::kFailedPrecondition,
                                          "REFUND_ABOVE_REST",
                                          "The amount is more than what is left of the payment."};

/// What an order waits with is given back by ending the order.
inline constexpr Refusal kPrepaymentHeld{absl::StatusCode::kFailedPrecondition, "PREPAYMENT_HELD",
                                         "A waitlist order holds the prepayment; end the order."};

/// A callback that was taken before came again, byte for byte.
inline constexpr Refusal kNoticeReplayed{absl::StatusCode::kAlreadyExists, "REPLAYED",
                                         "This callback was received before."};

/// The provider takes no more requests of ours for now: an outage to callers, and whoever asks it
/// for much asks more slowly.
inline constexpr Refusal kProviderBusy{absl::StatusCode::kUnavailable, "PROVIDER_BUSY",
                                       "The payment provider takes no more requests now."};

}  // namespace houbu::payment
