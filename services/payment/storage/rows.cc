#include "services/payment/storage/rows.h"

#include <optional>
#include <string>

#include "libs/base/status_macros.h"
#include "services/payment/storage/names.h"

namespace houbu::payment {

const char kPaymentColumns[] =
    "id, version, opener, order_name, account, product, currency, amount, policy, create_time, "
    "expire_time, state, channel, provider_order, code_url, closing, return_reason, pay_time, "
    "captures, captured, returned, fees, fare, refunds, inquire_at, inquiries, prepay_id, payer, "
    "return_batch";

const char kRefundColumns[] =
    "id, payment, number, channel, currency, amount, fee, reason, state, create_time, "
    "refund_time, generation, asked, provider_refund, ask_at, tries, batch";

absl::StatusOr<Payment> ReadPayment(const postgres::Row& row) {
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(row.Text("currency")));
  Payment payment;
  payment.id = PaymentId(row.Text("id"));
  payment.version = row.Int64("version");
  payment.opener = row.Text("opener");
  payment.order = row.Text("order_name");
  payment.account = row.Text("account");
  ASSIGN_OR_RETURN(payment.product, ProductOf(row.Text("product")));
  payment.amount = Money{row.Int64("amount"), currency};
  payment.policy = row.Text("policy");
  payment.create_time = row.Time("create_time");
  payment.expire_time = row.Time("expire_time");
  ASSIGN_OR_RETURN(payment.state, PaymentStateOf(row.Text("state")));
  if (!row.IsNull("channel")) {
    ASSIGN_OR_RETURN(payment.channel, ChannelOf(row.Text("channel")));
  }
  payment.provider_order = row.Text("provider_order");
  payment.code_url = row.Text("code_url");
  payment.closing = row.Bool("closing");
  if (!row.IsNull("return_reason")) {
    ASSIGN_OR_RETURN(payment.return_reason, RefundReasonOf(row.Text("return_reason")));
  }
  payment.pay_time = row.OptionalTime("pay_time");
  payment.captures = row.TextArray("captures");
  payment.captured = Money{row.Int64("captured"), currency};
  payment.returned = Money{row.Int64("returned"), currency};
  payment.fees = Money{row.Int64("fees"), currency};
  if (!row.IsNull("fare")) payment.fare = Money{row.Int64("fare"), currency};
  payment.refunds = row.Int32("refunds");
  payment.inquire_at = row.OptionalTime("inquire_at");
  payment.inquiries = row.Int32("inquiries");
  payment.prepay_id = row.Text("prepay_id");
  payment.payer = row.Text("payer");
  if (!row.IsNull("return_batch")) payment.return_batch = row.Text("return_batch");
  return payment;
}

absl::StatusOr<Refund> ReadRefund(const postgres::Row& row) {
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(row.Text("currency")));
  Refund refund;
  refund.id = RefundId(row.Text("id"));
  refund.payment = PaymentId(row.Text("payment"));
  refund.number = row.Int32("number");
  ASSIGN_OR_RETURN(refund.channel, ChannelOf(row.Text("channel")));
  refund.amount = Money{row.Int64("amount"), currency};
  refund.fee = Money{row.Int64("fee"), currency};
  ASSIGN_OR_RETURN(refund.reason, RefundReasonOf(row.Text("reason")));
  ASSIGN_OR_RETURN(refund.state, RefundStateOf(row.Text("state")));
  refund.create_time = row.Time("create_time");
  refund.refund_time = row.OptionalTime("refund_time");
  refund.generation = row.Int32("generation");
  refund.asked = row.Bool("asked");
  refund.provider_refund = row.Text("provider_refund");
  refund.ask_at = row.OptionalTime("ask_at");
  refund.tries = row.Int32("tries");
  if (!row.IsNull("batch")) refund.batch = row.Text("batch");
  return refund;
}

postgres::Parameters WritePayment(const Payment& payment) {
  std::optional<std::string> channel;
  if (payment.channel.has_value()) channel = std::string(NameOf(*payment.channel));
  std::optional<std::string> return_reason;
  if (payment.return_reason.has_value()) return_reason = WordOf(*payment.return_reason);
  std::optional<std::int64_t> fare;
  if (payment.fare.has_value()) fare = payment.fare->minor_units;
  return postgres::Parameters()
      .Add(payment.id.value())
      .Add(payment.version)
      .Add(payment.opener)
      .Add(payment.order)
      .Add(payment.account)
      .Add(WordOf(payment.product))
      .Add(payment.amount.currency.code())
      .Add(payment.amount.minor_units)
      .Add(payment.policy)
      .Add(payment.create_time)
      .Add(payment.expire_time)
      .Add(WordOf(payment.state))
      .Add(channel)
      .Add(payment.provider_order)
      .Add(payment.code_url)
      .Add(payment.closing)
      .Add(return_reason)
      .Add(payment.pay_time)
      .AddTextArray(payment.captures)
      .Add(payment.captured.minor_units)
      .Add(payment.returned.minor_units)
      .Add(payment.fees.minor_units)
      .Add(fare)
      .Add(payment.refunds)
      .Add(payment.inquire_at)
      .Add(payment.inquiries)
      .Add(payment.prepay_id)
      .Add(payment.payer)
      .Add(payment.return_batch);
}

postgres::Parameters WriteRefund(const Refund& refund) {
  return postgres::Parameters()
      .Add(refund.id.value())
      .Add(refund.payment.value())
      .Add(refund.number)
      .Add(NameOf(refund.channel))
      .Add(refund.amount.currency.code())
      .Add(refund.amount.minor_units)
      .Add(refund.fee.minor_units)
      .Add(WordOf(refund.reason))
      .Add(WordOf(refund.state))
      .Add(refund.create_time)
      .Add(refund.refund_time)
      .Add(refund.generation)
      .Add(refund.asked)
      .Add(refund.provider_refund)
      .Add(refund.ask_at)
      .Add(refund.tries)
      .Add(refund.batch);
}

}  // namespace houbu::payment
