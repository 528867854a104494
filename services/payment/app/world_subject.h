/// The use cases on memory: a payment service without network or database, for tests.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "services/payment/app/change_quoting.h"
#include "services/payment/app/fact_application.h"
#include "services/payment/app/inquiry.h"
#include "services/payment/app/memory_payment_store.h"
#include "services/payment/app/memory_provider.h"
#include "services/payment/app/mortal_subject.h"
#include "services/payment/app/payment_closing.h"
#include "services/payment/app/payment_lookup.h"
#include "services/payment/app/payment_opening.h"
#include "services/payment/app/payment_start.h"
#include "services/payment/app/refund_dispatch.h"
#include "services/payment/app/refunding.h"
#include "services/payment/app/settlement.h"

namespace houbu::payment {

/// One world of a test. Every request gets an id of its own unless one is given.
struct TestWorld {
  testing::ManualClock clock;
  Life life;
  MortalStore store{life};
  MemoryProvider provider;
  MemoryProvider elsewhere;  ///< Behind WeChat Pay's channel.
  MortalProvider asked{life, provider};
  MortalProvider asked_elsewhere{life, elsewhere};
  PolicyBook policies;
  Providers providers{{Channel::kSandbox, &asked}, {Channel::kWechatPay, &asked_elsewhere}};
  FactApplication facts{store, clock, providers};
  PaymentOpening opening{store, clock, policies};
  PaymentStart start{store, clock, providers, facts};
  PaymentClosing closing{store, clock, providers, facts};
  Refunding refunding{store, clock, policies};
  ChangeQuoting change_quoting{store, clock, policies};
  Settlement settlement{store, clock};
  PaymentLookup lookup{store};
  Inquiry inquiry{store, clock, providers, facts, closing};
  RefundDispatchOptions pace;
  RefundDispatch dispatch{store, clock, Channel::kSandbox, asked, facts, pace};
  RefundDispatch dispatch_elsewhere{store,           clock, Channel::kWechatPay,
                                    asked_elsewhere, facts, pace};
  int requests = 0;
  int notices = 0;

  /// A process started anew after this one's death: of the old one nothing is left but the store.
  void Restart() {
    life.Renew();
    Rebuild(facts, store, clock, providers);
    Rebuild(opening, store, clock, policies);
    Rebuild(start, store, clock, providers, facts);
    Rebuild(closing, store, clock, providers, facts);
    Rebuild(refunding, store, clock, policies);
    Rebuild(change_quoting, store, clock, policies);
    Rebuild(settlement, store, clock);
    Rebuild(lookup, store);
    Rebuild(inquiry, store, clock, providers, facts, closing);
    Rebuild(dispatch, store, clock, Channel::kSandbox, asked, facts, pace);
    Rebuild(dispatch_elsewhere, store, clock, Channel::kWechatPay, asked_elsewhere, facts, pace);
  }

  /// The key of a new request, or of the one called `id`.
  RequestKey Key(std::string id = "") {
    if (id.empty()) id = absl::StrCat("rq-", ++requests);
    return RequestKey{"services/test", "/method", std::move(id), "same"};
  }

  /// A mutation whose answer names the payment's state and version.
  Mutation<Payment> ForPayment(std::string id = "") {
    Mutation<Payment> mutation;
    mutation.key = Key(std::move(id));
    mutation.render = [](const Payment& payment) {
      return absl::StrCat(payment.id.value(), "@", payment.version, ":",
                          static_cast<int>(payment.state), ":", payment.code_url);
    };
    return mutation;
  }

  /// A mutation whose answer is "<amount>-<fee>".
  Mutation<Refund> ForRefund(std::string id = "") {
    Mutation<Refund> mutation;
    mutation.key = Key(std::move(id));
    mutation.render = [](const Refund& refund) {
      return absl::StrCat(refund.amount.minor_units, "-", refund.fee.minor_units);
    };
    return mutation;
  }

  /// Opens py-<n> for `fen` and gives its id.
  PaymentId Open(const std::string& id, std::int64_t fen, Product product = Product::kRail) {
    OpenCommand command;
    command.id = PaymentId(id);
    command.opener = product == Product::kPrepayment ? "waitlist" : "slot";
    command.order = "bookings/bk-1";
    command.account = "accounts/ac-1";
    command.product = product;
    command.amount = Fen(fen);
    command.expire_time = clock.Now() + absl::Minutes(30);
    opened = testing::RunTask(opening.Open(command, ForPayment())).status();
    return command.id;
  }

  /// Starts a payment as its owner.
  absl::StatusOr<std::string> Start(const PaymentId& id, std::string request = "") {
    return testing::RunTask(Starting(id, std::move(request)));
  }

  /// The same, to be run beside others.
  Task<std::string> Starting(const PaymentId& id, std::string request) {
    StartCommand command;
    command.id = id;
    command.account = "accounts/ac-1";
    return start.Start(command, ForPayment(std::move(request)));
  }

  /// Closes a payment as its opener.
  absl::StatusOr<std::string> Close(const PaymentId& id, std::string request = "") {
    return testing::RunTask(Closing(id, std::move(request)));
  }

  /// The same, to be run beside others.
  Task<std::string> Closing(const PaymentId& id, std::string request) {
    CloseCommand command;
    command.id = id;
    command.opener = store.payments().at(id.value()).opener;
    return closing.Close(command, ForPayment(std::move(request)));
  }

  /// Refunds, whole or by policy, as the opener.
  absl::StatusOr<std::string> GiveBack(const PaymentId& id, RefundReason reason,
                                       std::optional<FareFacts> with = std::nullopt,
                                       std::string request = "", const std::string& service = "") {
    return testing::RunTask(GivingBack(id, reason, with, std::move(request), service));
  }

  /// The same, to be run beside others.
  Task<std::string> GivingBack(const PaymentId& id, RefundReason reason,
                               std::optional<FareFacts> with, std::string request,
                               const std::string& service = "") {
    RefundCommand command;
    command.id = id;
    command.service = service.empty() ? store.payments().at(id.value()).opener : service;
    command.reason = reason;
    command.facts = with;
    return refunding.Refund(command, ForRefund(std::move(request)));
  }

  /// Settles a prepayment for bookings/bk-9.
  absl::StatusOr<std::string> Settle(const PaymentId& id, std::int64_t fen,
                                     std::string request = "") {
    return testing::RunTask(Settling(id, fen, std::move(request)));
  }

  /// The same, to be run beside others.
  Task<std::string> Settling(const PaymentId& id, std::int64_t fen, std::string request) {
    SettleCommand command;
    command.id = id;
    command.opener = "waitlist";
    command.fare = Fen(fen);
    command.order = "bookings/bk-9";
    return settlement.Settle(command, ForPayment(std::move(request)));
  }

  /// A proven callback of an order's fact.
  absl::Status CallBack(const PaymentId& id, const OrderFact& fact,
                        Channel channel = Channel::kSandbox) {
    return testing::RunTask(CallingBack(id, fact, channel));
  }

  /// The same, to be run beside others.
  Task<void> CallingBack(const PaymentId& id, const OrderFact& fact, Channel channel) {
    ProvenNotice notice;
    notice.raw.channel = channel;
    notice.raw.nonce = absl::StrCat("n-", ++notices);
    notice.payment = id;
    notice.order = fact;
    return facts.Take(notice);
  }

  /// A proven callback of a refund's fact.
  absl::Status CallBack(const PaymentId& id, const RefundFact& fact,
                        Channel channel = Channel::kSandbox) {
    return testing::RunTask(CallingBack(id, fact, channel));
  }

  /// The same, to be run beside others.
  Task<void> CallingBack(const PaymentId& id, const RefundFact& fact, Channel channel) {
    ProvenNotice notice;
    notice.raw.channel = channel;
    notice.raw.nonce = absl::StrCat("n-", ++notices);
    notice.payment = id;
    notice.refund = fact;
    return facts.Take(notice);
  }

  /// A payment that was opened, started and paid.
  PaymentId Paid(const std::string& id, std::int64_t fen, Product product = Product::kRail) {
    PaymentId payment = Open(id, fen, product);
    opened.Update(Start(payment).status());
    opened.Update(CallBack(payment, provider.Pay(payment, clock.Now())));
    return payment;
  }

  /// One round of both loops; the provider ends refunds in between.
  void Work() {
    opened.Update(testing::RunTask(dispatch.Round()));
    for (const auto& [name, refund] : std::map(provider.refunds())) {
      provider.EndRefund(name, true, clock.Now());
    }
    clock.Advance(absl::Minutes(15));
    opened.Update(testing::RunTask(inquiry.Round()));
    opened.Update(testing::RunTask(dispatch.Round()));
  }

  /// The payment as it is.
  const Payment& Of(const PaymentId& id) const { return store.payments().at(id.value()); }

  /// The first failure of the steps above that give nothing back.
  absl::Status opened;

 private:
  template <class UseCase, class... Parts>
  static void Rebuild(UseCase& use_case, Parts&&... parts) {
    std::destroy_at(&use_case);
    std::construct_at(&use_case, std::forward<Parts>(parts)...);
  }
};

}  // namespace houbu::payment
