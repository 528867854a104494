/// The payment store in memory: what use cases are tested on. Held to the same contract as the real
/// one by storage/payment_store_contract_test.cc.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Keeps payments in maps. What it holds is open to tests.
class MemoryPaymentStore : public PaymentStore {
 public:
  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<std::string> Insert(Payment payment, Commitment commitment) override;
  Task<std::string> Commit(Change change, Commitment commitment) override;
  Task<Payment> Load(PaymentId id) override;
  Task<Refund> LoadRefund(RefundId id) override;
  Task<std::vector<Payment>> List(std::string account, Page page) override;
  Task<std::vector<Refund>> ListRefunds(PaymentId payment, Page page) override;
  Task<bool> HasUsedGrace(std::string account, absl::CivilDay day) override;
  Task<std::vector<PaymentId>> DueInquiries(absl::Time now, int count_max) override;
  Task<RefundsDue> DueRefunds(DueQuestion question) override;
  Task<BatchProgress> Batch(std::string batch) override;
  Task<std::int64_t> CountStuckRefunds(absl::Time decided_before) override;
  Task<std::vector<LedgerBalance>> Balances() override;
  Task<std::vector<PaymentBooks>> Books(BooksPage page) override;
  Task<void> KeepNotice(RawNotice notice) override;

  /// Has the next `count` commits fail as if another change had come first.
  void LoseRaces(int count) { races_to_lose_ = count; }

  /// All payments by id.
  const std::map<std::string, Payment>& payments() const { return payments_; }
  /// All refunds by id.
  const std::map<std::string, Refund>& refunds() const { return refunds_; }
  /// All ledger transactions by key.
  const std::map<std::string, LedgerTransaction>& ledger() const { return ledger_; }
  /// All effects committed, in order.
  const std::vector<Effect>& effects() const { return effects_; }
  /// The sum of one ledger account in fen.
  std::int64_t Balance(const std::string& account) const;

 private:
  using AnswerKey = std::pair<std::string, std::string>;

  static AnswerKey KeyOf(const RequestKey& key);
  absl::StatusOr<std::optional<std::string>> Answered(const RequestKey& key) const;
  absl::Status Post(const LedgerTransaction& posting);
  std::string Keep(const Commitment& commitment);

  std::map<std::string, Payment> payments_;
  std::map<std::string, Refund> refunds_;
  std::map<std::string, LedgerTransaction> ledger_;
  std::map<AnswerKey, Answer> answers_;
  std::set<std::string> nonces_;
  std::set<std::pair<std::string, absl::CivilDay>> graces_;
  std::set<ProposalId> decided_;
  std::vector<Effect> effects_;
  int races_to_lose_ = 0;
};

}  // namespace houbu::payment
