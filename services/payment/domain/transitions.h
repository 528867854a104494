/// Transitions: how a payment and its refunds change. Pure: what was, what happened and when, to
/// what shall be; the store commits a change only on top of the version it was reckoned from.
///
/// Whatever a provider says, in its answer, its callback or when asked, goes through
/// ApplyProviderFact: facts may come doubled, late and in any order and take effect once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/base/money.h"
#include "services/payment/domain/effect.h"
#include "services/payment/domain/fee_policy.h"
#include "services/payment/domain/ledger.h"
#include "services/payment/domain/payment.h"
#include "services/payment/domain/refund.h"

namespace houbu::payment {

/// A grace that is used up: there is one per person and day.
struct GraceUse {
  std::string account;
  absl::CivilDay day;  ///< In RailwayZone().
};

/// A payment as it shall be, and what goes with it.
struct Change {
  Payment payment;
  std::vector<Refund> refunds;  ///< New ones and changed ones, as they shall be.
  std::vector<LedgerTransaction> postings;
  std::vector<Effect> effects;
  std::optional<GraceUse> grace;
  bool changed = false;  ///< False when nothing is to be stored.
};

/// What a provider says of an order it was asked to collect.
struct OrderFact {
  enum class State {
    kMissing,  ///< The provider does not know it.
    kOpen,     ///< It waits for the payer.
    kPaid,     ///< The money is there.
    kClosed,   ///< Nobody can pay it any more.
  };
  State state = State::kOpen;
  /// Whose word it is; nothing where it is that of the channel the payment was started on.
  std::optional<Channel> channel;
  std::string provider_order;
  std::string code_url;   ///< Only in answers.
  std::string prepay_id;  ///< Only in answers, see Payment::prepay_id.
  std::string payer;      ///< Whose `prepay_id` is.
  Money amount;
  absl::Time pay_time;  ///< When paid.
};

/// What a provider says of a refund it was asked for.
struct RefundFact {
  enum class State {
    kMissing,     ///< The provider does not know it.
    kProcessing,  ///< Under way.
    kSucceeded,   ///< Given back.
    kFailed,      ///< Not given back; may be asked anew under another name.
    kRefused,     ///< The provider will not, whatever the name.
  };
  State state = State::kProcessing;
  std::string merchant_refund;
  std::string provider_refund;
  Money amount;
  absl::Time refund_time;  ///< When succeeded.
};

/// How an owner wants to pay.
struct PaymentWay {
  Channel channel = Channel::kSandbox;
  std::string payer;  ///< Who pays inside the channel's app, a digest; "" where a code is scanned.
};

/// The owner asks to pay; the provider is asked once this is stored. Refuses kAlreadyPaid,
/// kPaymentClosed, kPaymentExpired, kChannelChosen, and kPayerChosen once a provider said where to
/// pay. Starting again changes nothing.
absl::StatusOr<Change> Start(Payment payment, const PaymentWay& way, absl::Time now);

/// The opener wants no money any more. Never started: closed at once; else the provider is asked to
/// close it. Money that is here stays: the opener has been told and decides.
Change Close(Payment payment, absl::Time now);

/// What shall go back.
struct ReturnOrder {
  RefundReason reason = RefundReason::kCancelled;
  std::optional<FeeQuote> quote;  ///< With it the fee is kept; without it all that is left goes.
  std::optional<Money> amount;    ///< Only this goes, by hand; not with a quote.
  std::string batch;              ///< What it is decided together with; "" for nothing.
};

/// As Close, and whatever arrives goes back whole, for the order's reason and in its batch.
Change ReturnOnArrival(Payment payment, const ReturnOrder& order, absl::Time now);

/// The provider says where the order stands. Expected money makes the payment SUCCEEDED and its
/// opener hear of it; money nobody expects (closed, doubled, another amount or channel) goes back
/// (W-04).
absl::StatusOr<Change> ApplyProviderFact(Payment payment, const OrderFact& fact, absl::Time now);

/// The provider says where a refund stands. kFactMismatch when it speaks of another amount.
absl::StatusOr<Change> ApplyProviderFact(Payment payment, Refund refund, const RefundFact& fact,
                                         absl::Time now);

/// Decides a refund: never more than is left (W-08, W-13). The refund stands last in the change's
/// refunds; there is none when nothing goes back, and then only the fee is kept. Refuses kNotPaid;
/// by hand kRefundAboveRest, and kPrepaymentHeld while an order waits with the money.
absl::StatusOr<Change> Return(Payment payment, const ReturnOrder& order, absl::Time now);

/// Keeps `fare` out of a prepayment for `order` and returns the difference, once (W-07). The same
/// settlement again changes nothing. Refuses kNotPaid, kNotAPrepayment, kAlreadySettled,
/// kFareExceedsPayment.
absl::StatusOr<Change> Settle(Payment payment, Money fare, const std::string& order,
                              absl::Time now);

/// The provider could not be asked: it is asked again later.
Change PostponeInquiry(Payment payment, absl::Time now);

/// The provider could not be asked for the refund: it is asked again later.
Change PostponeRefund(Payment payment, Refund refund, absl::Time now);

}  // namespace houbu::payment
