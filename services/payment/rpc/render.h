/// Answers on the wire.
#pragma once

#include <string>

#include "services/payment/app/payer_bridge.h"
#include "services/payment/app/payment_lookup.h"
#include "services/payment/domain/change_fee.h"
#include "services/payment/domain/fee_policy.h"
#include "services/payment/domain/payment.h"
#include "services/payment/domain/refund.h"

#include "houbu/payment/v1/payment.pb.h"

namespace houbu::payment {

/// A channel.
v1::Channel ChannelOnWire(Channel channel);
/// A payment.
v1::Payment Render(const Payment& payment);
/// What a page inside WeChat pays by.
v1::WechatPayBridge Render(const BridgeCall& call);
/// A refund.
v1::Refund Render(const Refund& refund);
/// How far the refunds of a batch are; the caller names the batch.
v1::RefundBatch Render(const BatchProgress& progress);
/// A quote of a change.
v1::ChangeQuote Render(const ChangeQuote& quote);
/// A quote.
v1::RefundQuote Render(const FeeQuote& quote);
/// The books of a payment, with what does not agree in them.
v1::Books Render(const PaymentBooks& books);
/// The ledger's sums.
v1::TrialBalance Render(const TrialSums& sums);

/// A payment's bytes, to be stored as an answer.
std::string RenderPaymentBytes(const Payment& payment);
/// A refund's bytes, to be stored as an answer.
std::string RenderRefundBytes(const Refund& refund);

}  // namespace houbu::payment
