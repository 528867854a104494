#include "services/payment/domain/difference.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace houbu::payment {
namespace {

Channel ChannelOf(const PaymentBooks& books) {
  return books.payment.channel.value_or(Channel::kSandbox);
}

Difference Between(DifferenceClass difference_class, Channel channel, const PaymentId& payment,
                   Movement movement, std::string subject, std::string detail) {
  Difference difference;
  difference.difference_class = difference_class;
  difference.channel = channel;
  difference.movement = movement;
  difference.subject = std::move(subject);
  difference.payment = payment;
  difference.detail = std::move(detail);
  return difference;
}

const LedgerTransaction* Find(const PaymentBooks& books, const std::string& key) {
  for (const LedgerTransaction& transaction : books.transactions) {
    if (transaction.key == key) return &transaction;
  }
  return nullptr;
}

// A provider's number of an order as captures and keys name it: with its channel, where that is not
// the one the payment was started on.
std::string CaptureName(Channel channel, const PaymentBooks& books, absl::string_view number) {
  if (channel == ChannelOf(books)) return std::string(number);
  return absl::StrCat(NameOf(channel), ":", number);
}

// The provider's number of the first money a channel took; "" where it took none.
std::string FirstTaken(Channel channel, const PaymentBooks& books) {
  for (absl::string_view capture : books.payment.captures) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(capture, absl::MaxSplits(':', 1));
    const absl::string_view number =
        absl::StrContains(capture, ':') ? parts.second : absl::string_view(capture);
    if (CaptureName(channel, books, number) == capture) return std::string(number);
  }
  return "";
}

std::string CaptureKey(Channel channel, const PaymentBooks& books, absl::string_view number) {
  return absl::StrCat(books.payment.id.value(), ":captured:", CaptureName(channel, books, number));
}

std::string RefundedKey(const Refund& refund) {
  return absl::StrCat(refund.payment.value(), ":refunded:", refund.number);
}

// What a transaction moved at a provider, without its sign; nothing where it is not posted or moved
// nothing there.
std::optional<Money> MovedAt(Channel channel, const LedgerTransaction* transaction) {
  if (transaction == nullptr) return std::nullopt;
  const std::string account = absl::StrCat("provider_receivable:", NameOf(channel));
  for (const LedgerEntry& entry : transaction->entries) {
    if (entry.account != account) continue;
    return Money{std::abs(entry.amount.minor_units), entry.amount.currency};
  }
  return std::nullopt;
}

bool IsCaptured(Channel channel, const PaymentBooks& books, absl::string_view number) {
  const std::vector<std::string>& captures = books.payment.captures;
  const std::string name = CaptureName(channel, books, number);
  return std::find(captures.begin(), captures.end(), name) != captures.end();
}

const Refund* FindRefund(const PaymentBooks& books, const std::string& merchant_refund) {
  const std::optional<RefundId> id = RefundNamedBy(merchant_refund);
  if (!id.has_value()) return nullptr;
  for (const Refund& refund : books.refunds) {
    if (refund.id == *id) return &refund;
  }
  return nullptr;
}

// Money the provider says it took under one number of its own.
void CompareCapture(Channel channel, const PaymentBooks& books, const std::string& provider_order,
                    Money theirs, std::vector<Difference>& found) {
  const std::optional<Money> ours =
      MovedAt(channel, Find(books, CaptureKey(channel, books, provider_order)));
  if (ours == theirs && IsCaptured(channel, books, provider_order)) return;
  DifferenceClass difference_class = DifferenceClass::kAmount;
  std::string detail = "the provider took another amount";
  if (!ours.has_value() && !IsCaptured(channel, books, provider_order)) {
    difference_class = DifferenceClass::kMissingHere;
    detail = "the provider took money that is not booked";
  } else if (ours == theirs || !ours.has_value()) {
    difference_class = DifferenceClass::kState;
    detail = "the payment and the ledger do not agree that the money came";
  }
  Difference difference = Between(difference_class, channel, books.payment.id, Movement::kPayment,
                                  provider_order, std::move(detail));
  difference.ours = ours;
  difference.theirs = theirs;
  found.push_back(std::move(difference));
}

// Money the provider says it gave back under the names of one refund; `name` is the last of them.
void CompareReturn(Channel channel, const PaymentBooks& books, const std::string& name,
                   Money theirs, std::vector<Difference>& found) {
  const Refund* const refund = FindRefund(books, name);
  Difference difference = Between(DifferenceClass::kMissingHere, channel, books.payment.id,
                                  Movement::kRefund, name, "a refund that nobody asked for here");
  difference.theirs = theirs;
  if (refund == nullptr) {
    found.push_back(std::move(difference));
    return;
  }
  difference.ours = refund->amount;
  if (!(refund->amount == theirs)) {
    difference.difference_class = DifferenceClass::kAmount;
    difference.detail = "the provider gave another amount back";
    found.push_back(std::move(difference));
    return;
  }
  const std::optional<Money> posted = MovedAt(channel, Find(books, RefundedKey(*refund)));
  if (refund->state == RefundState::kSucceeded && posted == theirs) return;
  difference.difference_class = DifferenceClass::kState;
  difference.detail = refund->state == RefundState::kSucceeded
                          ? "the refund and the ledger do not agree that the money went back"
                      : name == MerchantRefund(*refund)
                          ? "the provider gave it back and here it is not done"
                          : "the provider gave it back under a name that was given up here";
  found.push_back(std::move(difference));
}

}  // namespace

absl::string_view NameOf(DifferenceClass difference_class) {
  switch (difference_class) {
    case DifferenceClass::kMissingHere:
      return "MISSING_HERE";
    case DifferenceClass::kMissingThere:
      return "MISSING_THERE";
    case DifferenceClass::kAmount:
      return "AMOUNT";
    case DifferenceClass::kState:
      return "STATE";
    case DifferenceClass::kUnknownOrder:
      return "UNKNOWN_ORDER";
  }
  return "";
}

bool CanBeRepaired(const Difference& difference) {
  switch (difference.difference_class) {
    case DifferenceClass::kMissingHere:
      return difference.movement == Movement::kPayment;
    case DifferenceClass::kState:
      return difference.movement == Movement::kRefund;
    default:
      return false;
  }
}

std::vector<Difference> CompareWithStatement(Channel channel, const PaymentBooks& books,
                                             const Statement& lines) {
  std::map<std::string, Money> taken;
  std::map<std::string, std::pair<std::string, Money>> returned;
  for (const StatementLine& line : lines) {
    if (line.movement == Movement::kPayment) {
      Money& sum =
          taken.try_emplace(line.provider_order, Money{0, line.amount.currency}).first->second;
      sum.minor_units += line.amount.minor_units;
      continue;
    }
    const std::optional<RefundId> id = RefundNamedBy(line.merchant_refund);
    const std::string refund = id.has_value() ? id->value() : line.merchant_refund;
    auto& [name, sum] =
        returned.try_emplace(refund, line.merchant_refund, Money{0, line.amount.currency})
            .first->second;
    name = line.merchant_refund;
    sum.minor_units += line.amount.minor_units;
  }
  std::vector<Difference> found;
  for (const auto& [provider_order, sum] : taken) {
    CompareCapture(channel, books, provider_order, sum, found);
  }
  for (const auto& [refund, sum] : returned) {
    CompareReturn(channel, books, sum.first, sum.second, found);
  }
  return found;
}

Difference UnknownOrder(Channel channel, const StatementLine& line) {
  Difference difference =
      Between(DifferenceClass::kUnknownOrder, channel, PaymentId(), line.movement, SubjectOf(line),
              absl::StrCat("the provider knows it as an order called ", line.reference));
  difference.theirs = line.amount;
  return difference;
}

Difference NotStated(Channel channel, const PaymentId& payment, Movement movement,
                     const std::string& subject, Money ours) {
  Difference difference = Between(DifferenceClass::kMissingThere, channel, payment, movement,
                                  subject, "no statement of the provider has it");
  difference.ours = ours;
  return difference;
}

std::vector<Difference> CompareWithOrder(Channel channel, const PaymentBooks& books,
                                         const OrderFact& fact) {
  std::vector<Difference> found;
  const Payment& payment = books.payment;
  if (fact.state == OrderFact::State::kPaid) {
    CompareCapture(channel, books, fact.provider_order, fact.amount, found);
    return found;
  }
  std::string taken = FirstTaken(channel, books);
  if (taken.empty()) return found;
  // An order whose money went back whole may be closed there.
  const bool is_over = fact.state == OrderFact::State::kClosed;
  if (is_over && payment.returned == payment.captured) return found;
  Difference difference =
      Between(DifferenceClass::kState, channel, payment.id, Movement::kPayment, std::move(taken),
              "the provider says it was not paid, or is closed");
  if (fact.state == OrderFact::State::kMissing) {
    difference.difference_class = DifferenceClass::kMissingThere;
    difference.detail = "the provider does not know the order";
  }
  difference.ours = payment.captured;
  found.push_back(std::move(difference));
  return found;
}

std::vector<Difference> CompareWithRefund(const PaymentBooks& books, const Refund& refund,
                                          const RefundFact& fact) {
  std::vector<Difference> found;
  if (fact.state == RefundFact::State::kSucceeded) {
    CompareReturn(refund.channel, books, fact.merchant_refund, fact.amount, found);
    return found;
  }
  if (refund.state != RefundState::kSucceeded) return found;
  Difference difference =
      Between(DifferenceClass::kState, refund.channel, refund.payment, Movement::kRefund,
              MerchantRefund(refund), "the provider says it did not give it back");
  if (fact.state == RefundFact::State::kMissing) {
    difference.difference_class = DifferenceClass::kMissingThere;
    difference.detail = "the provider does not know the refund";
  }
  difference.ours = refund.amount;
  found.push_back(std::move(difference));
  return found;
}

std::vector<Difference> CompareWithin(const PaymentBooks& books) {
  std::vector<Difference> found;
  const std::vector<std::string> faults = FaultsIn(books);
  if (faults.empty()) return found;
  Difference difference = Between(DifferenceClass::kState, ChannelOf(books), books.payment.id,
                                  Movement::kPayment, books.payment.id.value(), faults.front());
  difference.ours = books.payment.captured;
  found.push_back(std::move(difference));
  return found;
}

std::string PostingOf(const PaymentBooks& books, const Difference& difference) {
  std::string key = CaptureKey(difference.channel, books, difference.subject);
  if (difference.movement == Movement::kRefund) {
    const Refund* const refund = FindRefund(books, difference.subject);
    key = refund == nullptr ? std::string() : RefundedKey(*refund);
  }
  return Find(books, key) == nullptr ? std::string() : key;
}

}  // namespace houbu::payment
