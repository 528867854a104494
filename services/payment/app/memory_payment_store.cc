#include "services/payment/app/memory_payment_store.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {
namespace {

constexpr Refusal kReused{absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
                          "The request_id was used for another request."};

RefundStage StageOf(const Refund& refund) {
  switch (refund.state) {
    case RefundState::kPending:
      return refund.asked ? RefundStage::kAsked : RefundStage::kDecided;
    case RefundState::kSucceeded:
      return RefundStage::kSucceeded;
    case RefundState::kFailed:
      return RefundStage::kFailed;
  }
  return RefundStage::kDecided;
}

}  // namespace

MemoryPaymentStore::AnswerKey MemoryPaymentStore::KeyOf(const RequestKey& key) {
  return {absl::StrCat(key.caller, " ", key.method), key.request_id};
}

absl::StatusOr<std::optional<std::string>> MemoryPaymentStore::Answered(
    const RequestKey& key) const {
  const auto found = answers_.find(KeyOf(key));
  if (found == answers_.end()) return std::optional<std::string>();
  if (found->second.key.fingerprint != key.fingerprint) return Refuse(kReused);
  return std::optional<std::string>(found->second.bytes);
}

std::string MemoryPaymentStore::Keep(const Commitment& commitment) {
  if (!commitment.answer.has_value()) return "";
  answers_[KeyOf(commitment.answer->key)] = *commitment.answer;
  return commitment.answer->bytes;
}

absl::Status MemoryPaymentStore::Post(const LedgerTransaction& posting) {
  if (posting.entries.empty() || !IsBalanced(posting)) {
    return absl::InternalError(absl::StrCat(posting.key, " does not balance"));
  }
  if (!ledger_.emplace(posting.key, posting).second) {
    return absl::InternalError(absl::StrCat(posting.key, " is posted already"));
  }
  return absl::OkStatus();
}

Task<std::optional<std::string>> MemoryPaymentStore::FindAnswer(RequestKey key) {
  co_return Answered(key);
}

Task<std::string> MemoryPaymentStore::Insert(Payment payment, Commitment commitment) {
  if (commitment.answer.has_value()) {
    ASSIGN_OR_CO_RETURN(std::optional<std::string> known, Answered(commitment.answer->key));
    if (known.has_value()) co_return *std::move(known);
  }
  if (payments_.count(payment.id.value()) != 0) co_return Refuse(kPaymentExists);
  payments_[payment.id.value()] = payment;
  co_return Keep(commitment);
}

Task<std::string> MemoryPaymentStore::Commit(Change change, Commitment commitment) {
  if (commitment.answer.has_value()) {
    ASSIGN_OR_CO_RETURN(std::optional<std::string> known, Answered(commitment.answer->key));
    if (known.has_value()) co_return *std::move(known);
  }
  const bool decides = commitment.approval.has_value();
  if (decides && decided_.count(commitment.approval->id) > 0) co_return Refuse(kProposalDecided);
  if (!change.changed) co_return Keep(commitment);
  if (races_to_lose_ > 0) {
    --races_to_lose_;
    co_return Refuse(kPaymentRaced);
  }
  Payment& kept = payments_[change.payment.id.value()];
  if (kept.version != change.payment.version - 1) co_return Refuse(kPaymentRaced);
  if (change.grace.has_value()) {
    const bool first = graces_.emplace(change.grace->account, change.grace->day).second;
    if (!first) co_return Refuse(kPaymentRaced);
  }
  for (const LedgerTransaction& posting : change.postings) CO_RETURN_IF_ERROR(Post(posting));
  if (decides) decided_.insert(commitment.approval->id);
  kept = change.payment;
  for (const Refund& refund : change.refunds) refunds_[refund.id.value()] = refund;
  effects_.insert(effects_.end(), change.effects.begin(), change.effects.end());
  co_return Keep(commitment);
}

Task<Payment> MemoryPaymentStore::Load(PaymentId id) {
  const auto found = payments_.find(id.value());
  if (found == payments_.end()) co_return Refuse(kPaymentUnknown);
  co_return found->second;
}

Task<Refund> MemoryPaymentStore::LoadRefund(RefundId id) {
  const auto found = refunds_.find(id.value());
  if (found == refunds_.end()) co_return Refuse(kRefundUnknown);
  co_return found->second;
}

Task<std::vector<Payment>> MemoryPaymentStore::List(std::string account, Page page) {
  std::vector<Payment> found;
  for (const auto& [id, payment] : payments_) {
    if (payment.account == account) found.push_back(payment);
  }
  const auto newer = [](const Payment& a, const Payment& b) {
    return std::pair(a.create_time, a.id.value()) > std::pair(b.create_time, b.id.value());
  };
  std::sort(found.begin(), found.end(), newer);
  if (!page.after.empty()) {
    const auto last = std::find_if(found.begin(), found.end(), [&page](const Payment& each) {
      return each.id.value() == page.after;
    });
    found.erase(found.begin(), last == found.end() ? last : last + 1);
  }
  if (found.size() > static_cast<std::size_t>(page.size)) {
    found.resize(static_cast<std::size_t>(page.size));
  }
  co_return found;
}

Task<std::vector<Refund>> MemoryPaymentStore::ListRefunds(PaymentId payment, Page page) {
  std::vector<Refund> found;
  int after = 0;
  if (!page.after.empty()) {
    const auto last = refunds_.find(page.after);
    if (last == refunds_.end()) co_return found;
    after = last->second.number;
  }
  for (const auto& [id, refund] : refunds_) {
    if (refund.payment == payment && refund.number > after) found.push_back(refund);
  }
  const auto earlier = [](const Refund& a, const Refund& b) { return a.number < b.number; };
  std::sort(found.begin(), found.end(), earlier);
  if (found.size() > static_cast<std::size_t>(page.size)) {
    found.resize(static_cast<std::size_t>(page.size));
  }
  co_return found;
}

Task<bool> MemoryPaymentStore::HasUsedGrace(std::string account, absl::CivilDay day) {
  co_return graces_.count({account, day}) > 0;
}

Task<std::vector<PaymentId>> MemoryPaymentStore::DueInquiries(absl::Time now, int count_max) {
  std::vector<std::pair<absl::Time, std::string>> due;
  for (const auto& [id, payment] : payments_) {
    if (payment.inquire_at.has_value() && *payment.inquire_at <= now) {
      due.emplace_back(*payment.inquire_at, id);
    }
  }
  std::sort(due.begin(), due.end());
  std::vector<PaymentId> ids;
  for (const auto& [time, id] : due) {
    if (static_cast<int>(ids.size()) < count_max) ids.emplace_back(id);
  }
  co_return ids;
}

Task<RefundsDue> MemoryPaymentStore::DueRefunds(DueQuestion question) {
  std::vector<const Refund*> due;
  for (const auto& [id, refund] : refunds_) {
    const bool is_due = refund.ask_at.has_value() && *refund.ask_at <= question.now;
    if (refund.channel == question.channel && is_due) due.push_back(&refund);
  }
  std::sort(due.begin(), due.end(), [](const Refund* a, const Refund* b) {
    return std::tie(*a->ask_at, a->id.value()) < std::tie(*b->ask_at, b->id.value());
  });
  RefundsDue found;
  for (const Refund* refund : due) {
    std::vector<RefundId>& kind = refund->asked ? found.asked : found.fresh;
    if (static_cast<int>(kind.size()) < question.count_max) kind.push_back(refund->id);
  }
  co_return found;
}

Task<BatchProgress> MemoryPaymentStore::Batch(std::string batch) {
  std::map<std::pair<RefundStage, std::string>, BatchLine> lines;
  BatchProgress progress;
  for (const auto& [id, refund] : refunds_) {
    if (refund.batch != batch || batch.empty()) continue;
    const RefundStage stage = StageOf(refund);
    const std::string currency(refund.amount.currency.code());
    const Money none{0, refund.amount.currency};
    BatchLine& line = lines.try_emplace({stage, currency}, BatchLine{stage, 0, none}).first->second;
    ++line.refunds;
    ASSIGN_OR_CO_RETURN(line.amount, Add(line.amount, refund.amount));
    if (refund.state != RefundState::kPending) continue;
    const absl::Time oldest = progress.oldest_pending.value_or(refund.create_time);
    progress.oldest_pending = std::min(oldest, refund.create_time);
  }
  for (const auto& [key, line] : lines) progress.lines.push_back(line);
  co_return progress;
}

Task<std::int64_t> MemoryPaymentStore::CountStuckRefunds(absl::Time decided_before) {
  std::int64_t stuck = 0;
  for (const auto& [id, refund] : refunds_) {
    const bool late = refund.state == RefundState::kPending && refund.create_time < decided_before;
    if (refund.state == RefundState::kFailed || late) ++stuck;
  }
  co_return stuck;
}

std::int64_t MemoryPaymentStore::Balance(const std::string& account) const {
  std::int64_t sum = 0;
  for (const auto& [key, posting] : ledger_) {
    for (const LedgerEntry& entry : posting.entries) {
      if (entry.account == account) sum += entry.amount.minor_units;
    }
  }
  return sum;
}

Task<std::vector<LedgerBalance>> MemoryPaymentStore::Balances() {
  std::map<std::pair<std::string, std::string>, Money> sums;
  for (const auto& [key, posting] : ledger_) {
    for (const LedgerEntry& entry : posting.entries) {
      Money& sum = sums[{entry.account, std::string(entry.amount.currency.code())}];
      sum.currency = entry.amount.currency;
      sum.minor_units += entry.amount.minor_units;
    }
  }
  std::vector<LedgerBalance> balances;
  balances.reserve(sums.size());
  for (const auto& [key, sum] : sums) balances.push_back(LedgerBalance{key.first, sum});
  co_return balances;
}

Task<std::vector<PaymentBooks>> MemoryPaymentStore::Books(BooksPage page) {
  std::vector<PaymentBooks> found;
  for (const auto& [id, payment] : payments_) {
    if (page.only.empty() ? id <= page.after : id != page.only) continue;
    if (found.size() == static_cast<std::size_t>(page.size)) break;
    PaymentBooks books;
    books.payment = payment;
    for (const auto& [name, refund] : refunds_) {
      if (refund.payment == payment.id) books.refunds.push_back(refund);
    }
    for (const auto& [key, transaction] : ledger_) {
      if (transaction.payment == payment.id) books.transactions.push_back(transaction);
    }
    const auto by_number = [](const Refund& a, const Refund& b) { return a.number < b.number; };
    std::sort(books.refunds.begin(), books.refunds.end(), by_number);
    const auto by_time = [](const LedgerTransaction& a, const LedgerTransaction& b) {
      return std::tie(a.time, a.key) < std::tie(b.time, b.key);
    };
    std::sort(books.transactions.begin(), books.transactions.end(), by_time);
    found.push_back(std::move(books));
  }
  co_return found;
}

Task<void> MemoryPaymentStore::KeepNotice(RawNotice notice) {
  if (!nonces_.insert(notice.nonce).second) co_return Refuse(kNoticeReplayed);
  co_return absl::OkStatus();
}

}  // namespace houbu::payment
