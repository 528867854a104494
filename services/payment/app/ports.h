/// What the payment service needs from outside: where payments are kept, who takes the money, who
/// vouches for a callback.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "services/payment/app/commitment.h"
#include "services/payment/app/reconciliation_ports.h"
#include "services/payment/domain/books.h"
#include "services/payment/domain/ledger.h"
#include "services/payment/domain/payment.h"
#include "services/payment/domain/refund.h"
#include "services/payment/domain/transitions.h"

namespace houbu::payment {

/// A callback as it came, kept whatever becomes of it.
struct RawNotice {
  Channel channel = Channel::kSandbox;
  std::string nonce;
  std::string event_id;
  std::string kind;     ///< "ORDER_PAID".
  std::string subject;  ///< The payment or refund it speaks of.
  std::string body;
  absl::Time receive_time;
};

/// Whose books are read.
struct BooksPage {
  std::string only;   ///< One payment's id.
  std::string after;  ///< The id the page before ended with; "" for the first.
  int size = 200;
};

/// Which refunds are looked for.
struct DueQuestion {
  Channel channel = Channel::kSandbox;
  absl::Time now;
  int count_max = 50;  ///< Of each kind.
};

/// Refunds the provider shall be asked about by now, the most overdue first.
struct RefundsDue {
  std::vector<RefundId> fresh;  ///< The provider does not know them yet.
  std::vector<RefundId> asked;  ///< It knows them and is asked where they stand.
};

/// Where a refund of a batch stands.
enum class RefundStage { kDecided, kAsked, kSucceeded, kFailed };

/// The refunds of a batch that stand at one point, of one currency.
struct BatchLine {
  RefundStage stage = RefundStage::kDecided;
  std::int64_t refunds = 0;
  Money amount;  ///< Their sum.
};

/// How far the refunds of a batch are.
struct BatchProgress {
  std::vector<BatchLine> lines;              ///< By stage and currency, none of no refunds.
  std::optional<absl::Time> oldest_pending;  ///< When it was decided; nothing where all are done.
};

/// Where payments, refunds and the ledger are kept.
class PaymentStore {
 public:
  virtual ~PaymentStore() = default;

  /// The stored answer of `key`; nothing for a new request; REQUEST_ID_REUSED.
  virtual Task<std::optional<std::string>> FindAnswer(RequestKey key) = 0;

  /// Stores a new payment with its answer; kPaymentExists. The answer's bytes come back.
  virtual Task<std::string> Insert(Payment payment, Commitment commitment) = 0;

  /// Stores a change, its postings, its effects and the answer, all or nothing. The change's
  /// payment carries the next version; kPaymentRaced when another change took it first, or took the
  /// grace. A change
  /// that changed nothing stores its answer alone. The answer's bytes come back, "" without one.
  virtual Task<std::string> Commit(Change change, Commitment commitment) = 0;

  /// A payment; kPaymentUnknown.
  virtual Task<Payment> Load(PaymentId id) = 0;

  /// A refund; kRefundUnknown.
  virtual Task<Refund> LoadRefund(RefundId id) = 0;

  /// An account's payments, newest first.
  virtual Task<std::vector<Payment>> List(std::string account, Page page) = 0;

  /// A payment's refunds, oldest first.
  virtual Task<std::vector<Refund>> ListRefunds(PaymentId payment, Page page) = 0;

  /// Whether the account used its grace of `day`, see GraceRule.
  virtual Task<bool> HasUsedGrace(std::string account, absl::CivilDay day) = 0;

  /// Payments whose provider shall be asked by now, the most overdue first.
  virtual Task<std::vector<PaymentId>> DueInquiries(absl::Time now, int count_max) = 0;

  /// Refunds of a channel the provider shall be asked about by now.
  virtual Task<RefundsDue> DueRefunds(DueQuestion question) = 0;

  /// How far the refunds of a batch are; empty for one nobody named.
  virtual Task<BatchProgress> Batch(std::string batch) = 0;

  /// Refunds given up, and those decided before `decided_before` and still not done: somebody must
  /// look (W-14).
  virtual Task<std::int64_t> CountStuckRefunds(absl::Time decided_before) = 0;

  /// The sum of every ledger account, by account and currency.
  virtual Task<std::vector<LedgerBalance>> Balances() = 0;

  /// The books of payments by id: of one where `only` is set, else of those after `after`.
  virtual Task<std::vector<PaymentBooks>> Books(BooksPage page) = 0;

  /// Keeps a callback; kNoticeReplayed when its nonce was used before.
  virtual Task<void> KeepNotice(RawNotice notice) = 0;
};

/// What was ever debited to a ledger account and credited from it, in one currency.
struct LedgerTurnover {
  std::string account;
  Money debits;
  Money credits;
};

/// Refunds of a channel and currency that were decided and are not done.
struct RefundsInFlight {
  Channel channel = Channel::kSandbox;
  std::int64_t count = 0;
  Money amount;       ///< Of all of them.
  absl::Time oldest;  ///< When the first of them was decided.
};

/// How the money stands.
struct MoneyFigures {
  std::vector<LedgerTurnover> ledger;                  ///< By account and currency.
  std::map<Channel, std::int64_t> payments_in_flight;  ///< That a provider waits for.
  std::vector<RefundsInFlight> refunds_in_flight;      ///< By channel and currency.
};

/// Reads how the money stands, cheaply enough for once a minute.
class MoneyReader {
 public:
  virtual ~MoneyReader() = default;

  /// Reads it; each part is of one moment.
  virtual Task<MoneyFigures> Read() = 0;
};

/// An order the provider shall collect.
struct OrderRequest {
  PaymentId payment;
  Money amount;
  absl::Time expire_time;
  std::string payer_openid;  ///< Who pays inside the channel's app; "" for a code to scan.
};

/// A refund the provider shall make.
struct RefundRequest {
  std::string merchant_refund;
  PaymentId payment;
  Money amount;
  Money total;  ///< What the order was for.
};

/// A payment provider. Every call may be repeated with the same names; an outage (UNAVAILABLE,
/// DEADLINE_EXCEEDED) leaves the outcome unknown. Called outside of transactions.
class Provider {
 public:
  virtual ~Provider() = default;

  /// Asks to collect; the same order however often it is asked. An order that stands for another
  /// payer comes back open without a place to pay. kPayerRefused.
  virtual Task<OrderFact> Create(OrderRequest request) = 0;

  /// Asks where an order stands.
  virtual Task<OrderFact> Query(PaymentId payment) = 0;

  /// Asks to close an order: closed, paid (the money was faster) or missing.
  virtual Task<OrderFact> Close(PaymentId payment) = 0;

  /// Asks to give money back; the same refund however often it is asked.
  virtual Task<RefundFact> Refund(RefundRequest request) = 0;

  /// Asks where a refund of a payment stands.
  virtual Task<RefundFact> QueryRefund(PaymentId payment, std::string merchant_refund) = 0;
};

/// The providers by channel.
using Providers = std::map<Channel, Provider*>;

/// What a page inside a channel's app hands to that app to have its payer pay, signed as the
/// merchant's.
struct BridgeCall {
  std::string app_id;
  std::string time_stamp;  ///< Seconds since 1970 UTC, decimal.
  std::string nonce;
  std::string package;  ///< "prepay_id=...".
  std::string sign_type;
  std::string signature;  ///< Base64.
};

/// Signs for the pages of one channel's app.
class BridgeSigner {
 public:
  virtual ~BridgeSigner() = default;

  /// Signs the call that pays `prepay_id`.
  virtual absl::StatusOr<BridgeCall> Sign(const std::string& prepay_id, absl::Time now) const = 0;
};

/// The signers by channel.
using BridgeSigners = std::map<Channel, const BridgeSigner*>;

/// A callback as HTTP brought it, nothing of it believed yet.
struct SignedNotice {
  std::map<std::string, std::string> headers;  ///< By name in small letters.
  std::string body;                            ///< As it came, byte for byte.

  /// The header of this name (small letters), "" where there is none.
  std::string Header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

/// What a callback is answered with.
struct CallbackAnswer {
  int status = 200;  ///< Of HTTP.
  std::string content_type = "application/json";
  std::string body;
};

/// A callback whose sender is proven, as our own facts: one of the two is set.
struct ProvenNotice {
  RawNotice raw;
  std::optional<OrderFact> order;
  std::optional<RefundFact> refund;
  PaymentId payment;  ///< The payment spoken of; set in both cases.
};

/// Knows a provider's callbacks.
class NoticeReader {
 public:
  virtual ~NoticeReader() = default;

  /// Proves and reads a callback. UNAUTHENTICATED with reason UNSIGNED, STALE or FORGED;
  /// INVALID_ARGUMENT with reason MALFORMED.
  virtual absl::StatusOr<ProvenNotice> Read(const SignedNotice& notice, absl::Time now) const = 0;

  /// What this provider is to be told of a callback that was taken (OK), or not and why: `outcome`
  /// is the word that is counted, `status` what HTTP would say of it.
  virtual CallbackAnswer Answer(int status, absl::string_view outcome) const = 0;
};

}  // namespace houbu::payment
