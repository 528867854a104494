#include "services/payment/rpc/render.h"

#include "absl/strings/str_cat.h"

#include "libs/rpc/wire.h"

namespace houbu::payment {
namespace {

v1::Payment::State StateOf(PaymentState state) {
  switch (state) {
    case PaymentState::kCreated:
      return v1::Payment::STATE_CREATED;
    case PaymentState::kPending:
      return v1::Payment::STATE_PENDING;
    case PaymentState::kSucceeded:
      return v1::Payment::STATE_SUCCEEDED;
    case PaymentState::kClosed:
      return v1::Payment::STATE_CLOSED;
  }
  return v1::Payment::STATE_UNSPECIFIED;
}

v1::Refund::State StateOf(RefundState state) {
  switch (state) {
    case RefundState::kPending:
      return v1::Refund::STATE_PENDING;
    case RefundState::kSucceeded:
      return v1::Refund::STATE_SUCCEEDED;
    case RefundState::kFailed:
      return v1::Refund::STATE_FAILED;
  }
  return v1::Refund::STATE_UNSPECIFIED;
}

v1::Product ProductOnWire(Product product) {
  switch (product) {
    case Product::kRail:
      return v1::PRODUCT_RAIL;
    case Product::kAppointment:
      return v1::PRODUCT_APPOINTMENT;
    case Product::kPrepayment:
      return v1::PRODUCT_PREPAYMENT;
  }
  return v1::PRODUCT_UNSPECIFIED;
}

v1::RefundReason ReasonOnWire(RefundReason reason) {
  switch (reason) {
    case RefundReason::kCancelled:
      return v1::REFUND_REASON_CANCELLED;
    case RefundReason::kLate:
      return v1::REFUND_REASON_LATE;
    case RefundReason::kWaitlistEnded:
      return v1::REFUND_REASON_WAITLIST_ENDED;
    case RefundReason::kDifference:
      return v1::REFUND_REASON_DIFFERENCE;
    case RefundReason::kUnexpected:
      return v1::REFUND_REASON_UNEXPECTED;
    case RefundReason::kByHand:
      return v1::REFUND_REASON_BY_HAND;
  }
  return v1::REFUND_REASON_UNSPECIFIED;
}

v1::RefundBatch::Line::Stage OnWire(RefundStage stage) {
  switch (stage) {
    case RefundStage::kDecided:
      return v1::RefundBatch::Line::STAGE_DECIDED;
    case RefundStage::kAsked:
      return v1::RefundBatch::Line::STAGE_ASKED;
    case RefundStage::kSucceeded:
      return v1::RefundBatch::Line::STAGE_SUCCEEDED;
    case RefundStage::kFailed:
      return v1::RefundBatch::Line::STAGE_FAILED;
  }
  return v1::RefundBatch::Line::STAGE_UNSPECIFIED;
}

}  // namespace

v1::Channel ChannelOnWire(Channel channel) {
  switch (channel) {
    case Channel::kSandbox:
      return v1::CHANNEL_SANDBOX;
    case Channel::kWechatPay:
      return v1::CHANNEL_WECHAT_PAY;
    case Channel::kAlipay:
      return v1::CHANNEL_ALIPAY;
  }
  return v1::CHANNEL_UNSPECIFIED;
}

v1::Payment Render(const Payment& payment) {
  v1::Payment wire;
  wire.set_name(NameOf(payment.id));
  wire.set_etag(absl::StrCat("\"", payment.version, "\""));
  *wire.mutable_create_time() = rpc::ToWire(payment.create_time);
  *wire.mutable_expire_time() = rpc::ToWire(payment.expire_time);
  wire.set_state(StateOf(payment.state));
  wire.set_order(payment.order);
  wire.set_account(payment.account);
  *wire.mutable_amount() = rpc::ToWire(payment.amount);
  *wire.mutable_refunded_amount() = rpc::ToWire(payment.returned);
  if (payment.channel.has_value()) wire.set_channel(ChannelOnWire(*payment.channel));
  wire.set_code_url(payment.code_url);
  if (payment.pay_time.has_value()) *wire.mutable_pay_time() = rpc::ToWire(*payment.pay_time);
  wire.set_product(ProductOnWire(payment.product));
  wire.set_fee_profile(payment.policy);
  return wire;
}

v1::WechatPayBridge Render(const BridgeCall& call) {
  v1::WechatPayBridge wire;
  wire.set_app_id(call.app_id);
  wire.set_time_stamp(call.time_stamp);
  wire.set_nonce_str(call.nonce);
  wire.set_package(call.package);
  wire.set_sign_type(call.sign_type);
  wire.set_pay_sign(call.signature);
  return wire;
}

v1::Refund Render(const Refund& refund) {
  v1::Refund wire;
  wire.set_name(NameOf(refund));
  *wire.mutable_create_time() = rpc::ToWire(refund.create_time);
  wire.set_state(StateOf(refund.state));
  *wire.mutable_amount() = rpc::ToWire(refund.amount);
  *wire.mutable_fee() = rpc::ToWire(refund.fee);
  wire.set_reason(ReasonOnWire(refund.reason));
  if (refund.refund_time.has_value()) {
    *wire.mutable_refund_time() = rpc::ToWire(*refund.refund_time);
  }
  wire.set_batch(refund.batch);
  return wire;
}

v1::RefundQuote Render(const FeeQuote& quote) {
  v1::RefundQuote wire;
  *wire.mutable_fee() = rpc::ToWire(quote.fee);
  *wire.mutable_refund() = rpc::ToWire(quote.refund);
  wire.set_tier(quote.tier);
  *wire.mutable_expire_time() = rpc::ToWire(quote.holds_until);
  wire.set_profile(quote.policy);
  return wire;
}

v1::RefundBatch Render(const BatchProgress& progress) {
  v1::RefundBatch wire;
  for (const BatchLine& line : progress.lines) {
    v1::RefundBatch::Line& shown = *wire.add_lines();
    shown.set_stage(OnWire(line.stage));
    shown.set_refunds(line.refunds);
    *shown.mutable_amount() = rpc::ToWire(line.amount);
  }
  if (progress.oldest_pending.has_value()) {
    *wire.mutable_oldest_pending_time() = rpc::ToWire(*progress.oldest_pending);
  }
  return wire;
}

v1::ChangeQuote Render(const ChangeQuote& quote) {
  v1::ChangeQuote wire;
  *wire.mutable_fee() = rpc::ToWire(quote.fee);
  *wire.mutable_difference_fee() = rpc::ToWire(quote.difference_fee);
  *wire.mutable_due() = rpc::ToWire(quote.due);
  *wire.mutable_refund() = rpc::ToWire(quote.refund);
  wire.set_tier(quote.tier);
  *wire.mutable_expire_time() = rpc::ToWire(quote.holds_until);
  wire.set_profile(quote.policy);
  wire.set_into_spring_festival(quote.into_spring_festival);
  wire.set_later(quote.later);
  return wire;
}

v1::TrialBalance Render(const TrialSums& sums) {
  v1::TrialBalance wire;
  for (const LedgerBalance& each : sums.accounts) {
    v1::TrialBalance::Line& line = *wire.add_lines();
    line.set_ledger_account(each.account);
    *line.mutable_balance() = rpc::ToWire(each.balance);
  }
  for (const Money& sum : sums.imbalances) *wire.add_imbalances() = rpc::ToWire(sum);
  return wire;
}

v1::Books Render(const PaymentBooks& books) {
  v1::Books wire;
  *wire.mutable_payment() = Render(books.payment);
  for (const LedgerTransaction& transaction : books.transactions) {
    v1::Books::Transaction& shown = *wire.add_transactions();
    shown.set_key(transaction.key);
    shown.set_event(transaction.event);
    *shown.mutable_post_time() = rpc::ToWire(transaction.time);
    for (const LedgerEntry& entry : transaction.entries) {
      v1::Books::Transaction::Entry& line = *shown.add_entries();
      line.set_ledger_account(entry.account);
      *line.mutable_amount() = rpc::ToWire(entry.amount);
    }
  }
  for (const std::string& fault : FaultsIn(books)) wire.add_faults(fault);
  return wire;
}

std::string RenderPaymentBytes(const Payment& payment) {
  return Render(payment).SerializeAsString();
}

std::string RenderRefundBytes(const Refund& refund) { return Render(refund).SerializeAsString(); }

}  // namespace houbu::payment
