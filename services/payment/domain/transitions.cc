#include "services/payment/domain/transitions.h"

#include <algorithm>
#include <compare>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {
namespace {

Change Unchanged(Payment payment) {
  Change change;
  change.payment = std::move(payment);
  return change;
}

Change Changed(Payment payment) {
  Change change = Unchanged(std::move(payment));
  change.changed = true;
  return change;
}

Channel ChannelOf(const Payment& payment) { return payment.channel.value_or(Channel::kSandbox); }

// Tells whether a fact is of the channel the payment was started on.
bool IsOwn(const Payment& payment, const OrderFact& fact) {
  return !fact.channel.has_value() || !payment.channel.has_value() ||
         *fact.channel == *payment.channel;
}

// Where money that goes back stood, and the way it goes.
struct Whence {
  Source source = Source::kFares;
  Channel channel = Channel::kSandbox;
};

// Decides that `gross` leaves the payment: `fee` of it is kept, the rest goes back.
absl::Status AddReturn(Change& change, Money gross, Money fee, const ReturnOrder& order,
                       Whence whence, absl::Time now) {
  if (gross.minor_units <= 0) return absl::OkStatus();
  Payment& payment = change.payment;
  Refund refund;
  refund.payment = payment.id;
  refund.number = payment.refunds + 1;
  refund.channel = whence.channel;
  ASSIGN_OR_RETURN(refund.amount, Subtract(gross, fee));
  refund.fee = fee;
  refund.reason = order.reason;
  refund.batch = order.batch;
  refund.create_time = now;
  refund.ask_at = now;
  ASSIGN_OR_RETURN(payment.returned, Add(payment.returned, refund.amount));
  ASSIGN_OR_RETURN(payment.fees, Add(payment.fees, fee));
  payment.refunds = refund.number;
  change.changed = true;
  change.postings.push_back(PostReturn(refund, whence.source, now));
  if (refund.amount.minor_units > 0) {
    const std::string seed = absl::StrCat(payment.id.value(), "/", refund.number);
    refund.id = RefundId(DerivedId(RefundTag::kPrefix, seed));
    change.refunds.push_back(std::move(refund));
  }
  return absl::OkStatus();
}

void TellSuccess(Change& change, absl::Time now) {
  const Payment& payment = change.payment;
  SuccessTold told;
  told.key = absl::StrCat(payment.id.value(), ":succeeded");
  told.listener = payment.opener;
  told.payment = NameOf(payment.id);
  told.order = payment.order;
  told.amount = payment.amount;
  told.pay_time = payment.pay_time.value_or(now);
  NoticeSent notice;
  notice.key = absl::StrCat(payment.id.value(), ":paid");
  notice.account = payment.account;
  notice.event = NoticeEvent::kPaid;
  notice.payment = told.payment;
  notice.order = payment.order;
  notice.amount = payment.amount;
  notice.time = told.pay_time;
  change.effects.push_back(std::move(told));
  change.effects.push_back(std::move(notice));
}

// Money that came by another channel than the payment was started on: all of it goes back the way
// it came, and the payment goes on as it was.
absl::StatusOr<Change> CaptureElsewhere(Payment payment, const CapturedMoney& money,
                                        absl::Time now) {
  Change change = Changed(std::move(payment));
  Payment& next = change.payment;
  ASSIGN_OR_RETURN(next.captured, Add(next.captured, money.amount));
  next.captures.push_back(money.order);
  change.postings.push_back(PostCapture(next, money, Source::kPrepayments, now));
  const Money no_fee{0, money.amount.currency};
  const Whence whence{Source::kPrepayments, money.channel};
  ReturnOrder back;
  back.reason = RefundReason::kUnexpected;
  RETURN_IF_ERROR(AddReturn(change, money.amount, no_fee, back, whence, now));
  return change;
}

// The money of an order arrived. A capture is known by the provider's name of the order.
absl::StatusOr<Change> Capture(Payment payment, const OrderFact& fact, absl::Time now) {
  const bool own = IsOwn(payment, fact);
  CapturedMoney money;
  money.channel = fact.channel.value_or(ChannelOf(payment));
  money.order =
      own ? fact.provider_order : absl::StrCat(NameOf(money.channel), ":", fact.provider_order);
  money.amount = fact.amount;
  const bool known = std::find(payment.captures.begin(), payment.captures.end(), money.order) !=
                     payment.captures.end();
  if (known) return Unchanged(std::move(payment));
  if (!own) return CaptureElsewhere(std::move(payment), money, now);
  const bool open =
      payment.state == PaymentState::kCreated || payment.state == PaymentState::kPending;
  const bool expected = open && fact.amount == payment.amount && !payment.return_reason;

  Change change = Changed(std::move(payment));
  Payment& next = change.payment;
  ASSIGN_OR_RETURN(next.captured, Add(next.captured, fact.amount));
  next.captures.push_back(money.order);
  next.channel = money.channel;
  next.provider_order = next.provider_order.empty() ? fact.provider_order : next.provider_order;
  next.closing = false;
  next.inquire_at.reset();
  if (expected) {
    next.state = PaymentState::kSucceeded;
    next.pay_time = fact.pay_time;
    const Source into = IsUnsettledPrepayment(next) ? Source::kPrepayments : Source::kFares;
    change.postings.push_back(PostCapture(next, money, into, now));
    TellSuccess(change, now);
    return change;
  }
  if (open) next.state = PaymentState::kClosed;
  ReturnOrder back;
  back.reason = next.return_reason.value_or(RefundReason::kUnexpected);
  back.batch = next.return_batch;
  change.postings.push_back(PostCapture(next, money, Source::kPrepayments, now));
  const Money no_fee{0, fact.amount.currency};
  const Whence whence{Source::kPrepayments, money.channel};
  RETURN_IF_ERROR(AddReturn(change, fact.amount, no_fee, back, whence, now));
  return change;
}

// The provider waits for the payer.
Change NoteOpen(Payment payment, const OrderFact& fact, absl::Time now) {
  const bool news = payment.provider_order != fact.provider_order ||
                    (!fact.code_url.empty() && payment.code_url != fact.code_url) ||
                    (!fact.prepay_id.empty() && payment.prepay_id != fact.prepay_id);
  Change change = Unchanged(std::move(payment));
  Payment& next = change.payment;
  if (news) {
    next.provider_order = fact.provider_order;
    if (!fact.code_url.empty()) next.code_url = fact.code_url;
    if (!fact.prepay_id.empty()) {
      next.prepay_id = fact.prepay_id;
      next.payer = fact.payer;
    }
    change.changed = true;
  }
  // It was opened there after we had closed it here.
  if (next.state == PaymentState::kClosed && !next.closing) {
    next.closing = true;
    next.inquire_at = now;
    change.changed = true;
  }
  return change;
}

// The provider says nobody can pay. Money may have been on its way, so it is asked again for a
// while: the callback of such money can get lost like any other.
Change NoteClosed(Payment payment, absl::Time now) {
  const bool open =
      payment.state == PaymentState::kCreated || payment.state == PaymentState::kPending;
  if (open || payment.closing) {
    if (open) payment.state = PaymentState::kClosed;
    payment.closing = false;
    payment.inquiries = 0;
  } else if (payment.state == PaymentState::kClosed && payment.inquire_at.has_value() &&
             *payment.inquire_at <= now) {
    ++payment.inquiries;
  } else {
    return Unchanged(std::move(payment));
  }
  const std::optional<absl::Duration> pause = LookPause(payment.inquiries);
  payment.inquire_at.reset();
  if (pause.has_value()) payment.inquire_at = now + *pause;
  return Changed(std::move(payment));
}

}  // namespace

absl::StatusOr<Change> Start(Payment payment, const PaymentWay& way, absl::Time now) {
  switch (payment.state) {
    case PaymentState::kSucceeded:
      return Refuse(kAlreadyPaid);
    case PaymentState::kClosed:
      return Refuse(kPaymentClosed);
    case PaymentState::kCreated:
    case PaymentState::kPending:
      break;
  }
  if (payment.closing) return Refuse(kPaymentClosed);
  if (now >= payment.expire_time) return Refuse(kPaymentExpired);
  if (payment.channel.has_value() && *payment.channel != way.channel) {
    return Refuse(kChannelChosen);
  }
  if (HasPlaceToPay(payment) && payment.payer != way.payer) return Refuse(kPayerChosen);
  if (payment.state == PaymentState::kPending) return Unchanged(std::move(payment));
  payment.state = PaymentState::kPending;
  payment.channel = way.channel;
  payment.inquiries = 0;
  payment.inquire_at = now + InquiryPause(0);
  return Changed(std::move(payment));
}

Change Close(Payment payment, absl::Time now) {
  if (payment.state == PaymentState::kCreated) {
    payment.state = PaymentState::kClosed;
    return Changed(std::move(payment));
  }
  if (payment.state != PaymentState::kPending || payment.closing) {
    return Unchanged(std::move(payment));
  }
  payment.closing = true;
  payment.inquiries = 0;
  payment.inquire_at = now;
  return Changed(std::move(payment));
}

Change ReturnOnArrival(Payment payment, const ReturnOrder& order, absl::Time now) {
  Change change = Close(std::move(payment), now);
  if (change.payment.state == PaymentState::kPending && !change.payment.return_reason) {
    change.payment.return_reason = order.reason;
    change.changed = true;
  }
  // Also of one that is closed: money may be on its way to it.
  const bool is_paid = change.payment.state == PaymentState::kSucceeded;
  if (!is_paid && change.payment.return_batch.empty() && !order.batch.empty()) {
    change.payment.return_batch = order.batch;
    change.changed = true;
  }
  return change;
}

absl::StatusOr<Change> ApplyProviderFact(Payment payment, const OrderFact& fact, absl::Time now) {
  // Elsewhere only money counts: whether nobody can pay there says nothing of where we asked.
  if (fact.state != OrderFact::State::kPaid && !IsOwn(payment, fact)) {
    return Unchanged(std::move(payment));
  }
  switch (fact.state) {
    case OrderFact::State::kPaid:
      return Capture(std::move(payment), fact, now);
    case OrderFact::State::kOpen:
      return NoteOpen(std::move(payment), fact, now);
    case OrderFact::State::kClosed:
      return NoteClosed(std::move(payment), now);
    case OrderFact::State::kMissing:
      // Asked to close what it never heard of: nothing can be paid there.
      if (payment.closing || payment.state == PaymentState::kClosed) {
        return NoteClosed(std::move(payment), now);
      }
      break;
  }
  return Unchanged(std::move(payment));
}

absl::StatusOr<Change> ApplyProviderFact(Payment payment, Refund refund, const RefundFact& fact,
                                         absl::Time now) {
  if (refund.state == RefundState::kSucceeded || fact.merchant_refund != MerchantRefund(refund)) {
    return Unchanged(std::move(payment));
  }
  if (refund.state == RefundState::kFailed && fact.state != RefundFact::State::kSucceeded) {
    return Unchanged(std::move(payment));
  }
  Change change = Changed(std::move(payment));
  switch (fact.state) {
    case RefundFact::State::kMissing:
      refund.asked = false;
      refund.ask_at = now + RefundPause(refund.tries++);
      break;
    case RefundFact::State::kProcessing:
      refund.asked = true;
      refund.provider_refund = fact.provider_refund;
      refund.ask_at = now + RefundPause(refund.tries++);
      break;
    case RefundFact::State::kSucceeded: {
      if (!(fact.amount == refund.amount)) return Refuse(kFactMismatch);
      refund.state = RefundState::kSucceeded;
      refund.asked = true;
      refund.provider_refund = fact.provider_refund;
      refund.refund_time = fact.refund_time;
      refund.ask_at.reset();
      change.postings.push_back(PostRefunded(refund, now));
      NoticeSent notice;
      notice.key = absl::StrCat(refund.id.value(), ":refunded");
      notice.account = change.payment.account;
      notice.event = NoticeEvent::kRefunded;
      notice.payment = NameOf(change.payment.id);
      notice.order = change.payment.order;
      notice.amount = refund.amount;
      notice.time = fact.refund_time;
      change.effects.push_back(std::move(notice));
      break;
    }
    case RefundFact::State::kFailed:
      if (refund.generation >= kRefundGenerationsMax) {
        refund.state = RefundState::kFailed;
        refund.ask_at.reset();
        break;
      }
      refund.ask_at = now + RefundPause(refund.generation);
      ++refund.generation;
      refund.asked = false;
      refund.tries = 0;
      refund.provider_refund.clear();
      break;
    case RefundFact::State::kRefused:
      refund.state = RefundState::kFailed;
      refund.ask_at.reset();
      break;
  }
  change.refunds.push_back(std::move(refund));
  return change;
}

absl::StatusOr<Change> Return(Payment payment, const ReturnOrder& order, absl::Time now) {
  if (payment.state != PaymentState::kSucceeded) return Refuse(kNotPaid);
  ASSIGN_OR_RETURN(const Money left, Left(payment));
  Money gross = left;
  Money fee{0, left.currency};
  if (order.quote.has_value()) {
    ASSIGN_OR_RETURN(const FeeQuote quote, Within(*order.quote, left));
    ASSIGN_OR_RETURN(gross, Add(quote.fee, quote.refund));
    fee = quote.fee;
  }
  if (order.amount.has_value()) {
    if (IsUnsettledPrepayment(payment)) return Refuse(kPrepaymentHeld);
    ASSIGN_OR_RETURN(const auto fit, Compare(*order.amount, left));
    if (std::is_gt(fit)) {
      return Refuse(kRefundAboveRest, {{"field", "amount"}, {"left", FormatYuan(left)}});
    }
    gross = *order.amount;
  }
  const Source from = IsUnsettledPrepayment(payment) ? Source::kPrepayments : Source::kFares;
  const Whence whence{from, ChannelOf(payment)};
  Change change = Unchanged(std::move(payment));
  RETURN_IF_ERROR(AddReturn(change, gross, fee, order, whence, now));
  return change;
}

absl::StatusOr<Change> Settle(Payment payment, Money fare, const std::string& order,
                              absl::Time now) {
  if (payment.product != Product::kPrepayment) return Refuse(kNotAPrepayment);
  if (payment.state != PaymentState::kSucceeded) return Refuse(kNotPaid);
  if (payment.fare.has_value()) {
    if (*payment.fare == fare && payment.order == order) return Unchanged(std::move(payment));
    return Refuse(kAlreadySettled);
  }
  ASSIGN_OR_RETURN(const Money left, Left(payment));
  ASSIGN_OR_RETURN(const auto fit, Compare(fare, left));
  if (std::is_gt(fit)) {
    return Refuse(kFareExceedsPayment, {{"field", "fare"}, {"left", FormatYuan(left)}});
  }
  ASSIGN_OR_RETURN(const Money difference, Subtract(left, fare));
  Change change = Changed(std::move(payment));
  change.payment.fare = fare;
  change.payment.order = order;
  if (fare.minor_units > 0) {
    change.postings.push_back(PostSettlement(change.payment, fare, now));
  }
  const Money no_fee{0, fare.currency};
  ReturnOrder back;
  back.reason = RefundReason::kDifference;
  const Whence whence{Source::kPrepayments, ChannelOf(change.payment)};
  RETURN_IF_ERROR(AddReturn(change, difference, no_fee, back, whence, now));
  return change;
}

Change PostponeInquiry(Payment payment, absl::Time now) {
  payment.inquire_at = now + InquiryPause(payment.inquiries);
  // Looks after closing are counted when they saw something.
  if (payment.state == PaymentState::kPending) ++payment.inquiries;
  return Changed(std::move(payment));
}

Change PostponeRefund(Payment payment, Refund refund, absl::Time now) {
  refund.ask_at = now + RefundPause(refund.tries);
  ++refund.tries;
  Change change = Changed(std::move(payment));
  change.refunds.push_back(std::move(refund));
  return change;
}

}  // namespace houbu::payment
