/// What reconciling needs from outside: the providers' bills, and where reconciliations,
/// statements, cases and proposals are kept.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/async/task.h"
#include "services/payment/app/commitment.h"
#include "services/payment/domain/books.h"
#include "services/payment/domain/difference.h"
#include "services/payment/domain/proposal.h"
#include "services/payment/domain/reconciliation.h"
#include "services/payment/domain/reconciliation_case.h"
#include "services/payment/domain/statement.h"

namespace houbu::payment {

/// The bills of one provider.
class Bills {
 public:
  virtual ~Bills() = default;

  /// Everything moved on a day in Beijing, checked to be whole. kNoBill while there is none;
  /// INVALID_ARGUMENT for a bill that is not whole; UNAVAILABLE when it cannot be had.
  virtual Task<Statement> Fetch(absl::CivilDay day) = 0;
};

/// Bills by channel; a channel without bills is not in it.
using BillsByChannel = std::map<Channel, Bills*>;

/// A movement in our books.
struct Booked {
  PaymentId payment;
  Movement movement = Movement::kPayment;
  std::string subject;  ///< As SubjectOf(StatementLine).
  Money amount;
};

/// A stretch of a channel's time.
struct Stretch {
  Channel channel = Channel::kSandbox;
  absl::Time from;
  absl::Time to;  ///< Not included.
};

/// Where reconciliations and statements are kept, and our own side of a comparison is read.
class ReconciliationStore {
 public:
  virtual ~ReconciliationStore() = default;

  /// Adds those that are not there yet.
  virtual Task<void> Schedule(std::vector<Reconciliation> wanted, absl::Time now) = 0;

  /// Makes one due now: a new one, or one that was done before, anew. Its answer's bytes come back;
  /// they are rendered with the id it has. The stored answer for a repeated request.
  virtual Task<std::string> Restart(Reconciliation wanted, absl::Time now,
                                    Mutation<Reconciliation> mutation) = 0;

  /// Those due by now, the most overdue first.
  virtual Task<std::vector<Reconciliation>> Due(absl::Time now, int count_max) = 0;

  /// How many should have been done for the first time before `first_due_before`.
  virtual Task<std::int64_t> CountOverdue(absl::Time first_due_before) = 0;

  /// One; kReconciliationUnknown.
  virtual Task<Reconciliation> Load(ReconciliationId id) = 0;

  /// The latest first.
  virtual Task<std::vector<Reconciliation>> List(Page page) = 0;

  /// Keeps how far one has come, or its end.
  virtual Task<void> Save(Reconciliation reconciliation) = 0;

  /// Keeps a day's statement instead of what was kept of that day before.
  virtual Task<void> KeepStatement(Channel channel, absl::CivilDay day, Statement statement) = 0;

  /// Every line of kept statements that speaks of these payments.
  virtual Task<Statement> Stated(Channel channel, std::vector<PaymentId> payments) = 0;

  /// What we booked in the stretch, by the provider's time, and no kept statement has; money nobody
  /// expected is looked for a day later, since only our own time of it is known. By payment and
  /// subject, after those of `after`.
  virtual Task<std::vector<Booked>> BookedButNotStated(Stretch stretch, Booked after,
                                                       int count_max) = 0;

  /// The payments that were paid, expired unpaid or had money given back in the stretch, by id.
  virtual Task<std::vector<PaymentId>> ActiveIn(Stretch stretch, std::string after,
                                                int count_max) = 0;

  /// The books of these payments, those there are, by id.
  virtual Task<std::vector<PaymentBooks>> Books(std::vector<PaymentId> payments) = 0;
};

/// Which cases are listed.
struct CaseFilter {
  bool with_closed = false;
  std::optional<Channel> channel;
};

/// How many cases are open.
struct OpenCases {
  Channel channel = Channel::kSandbox;
  DifferenceClass difference_class = DifferenceClass::kState;
  std::int64_t count = 0;
};

/// Where cases and proposals are kept.
class CaseStore {
 public:
  virtual ~CaseStore() = default;

  /// Opens a case for a difference, or notes that it was seen again. Tells whether it is open.
  virtual Task<bool> Note(Difference difference, ReconciliationId found_by, absl::Time now) = 0;

  /// Closes the open case of a difference, if there is one, with the posting that settled it.
  virtual Task<void> CloseSettled(Difference difference, std::string posting, absl::Time now) = 0;

  /// A case; kCaseUnknown.
  virtual Task<Case> LoadCase(CaseId id) = 0;

  /// The oldest first.
  virtual Task<std::vector<Case>> ListCases(CaseFilter filter, Page page) = 0;

  /// Open cases by channel and class; those that have none are left out.
  virtual Task<std::vector<OpenCases>> CountOpen() = 0;

  /// The stored answer of a request; REQUEST_ID_REUSED.
  virtual Task<std::optional<std::string>> FindAnswer(RequestKey key) = 0;

  /// Keeps a proposal with its answer, whose bytes come back.
  virtual Task<std::string> Propose(Proposal proposal, Answer answer) = 0;

  /// A proposal; kProposalUnknown.
  virtual Task<Proposal> LoadProposal(ProposalId id) = 0;

  /// The oldest first.
  virtual Task<std::vector<Proposal>> ListProposals(bool with_decided, Page page) = 0;

  /// Keeps a rejection with its answer; kProposalDecided when another decision came first.
  virtual Task<std::string> Reject(Proposal rejected, Answer answer) = 0;

  /// Keeps an approval and closes its case, with the posting where there is one, all or nothing;
  /// kProposalDecided, kCaseClosed when somebody else came first.
  virtual Task<std::string> CloseCase(Proposal approved, std::optional<LedgerTransaction> posting,
                                      Answer answer) = 0;
};

}  // namespace houbu::payment
