/// Cases and proposals in PostgreSQL.
#pragma once

#include <string>
#include <vector>

#include "libs/base/id.h"
#include "libs/postgres/pool.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Keeps cases and proposals in PostgreSQL.
class PostgresCaseStore final : public CaseStore {
 public:
  /// Works on `pool` and takes new ids from `ids`; both outlive it.
  PostgresCaseStore(postgres::Pool& pool, IdSource& ids) : pool_(pool), ids_(ids) {}

  Task<bool> Note(Difference difference, ReconciliationId found_by, absl::Time now) override;
  Task<void> CloseSettled(Difference difference, std::string posting, absl::Time now) override;
  Task<Case> LoadCase(CaseId id) override;
  Task<std::vector<Case>> ListCases(CaseFilter filter, Page page) override;
  Task<std::vector<OpenCases>> CountOpen() override;
  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<std::string> Propose(Proposal proposal, Answer answer) override;
  Task<Proposal> LoadProposal(ProposalId id) override;
  Task<std::vector<Proposal>> ListProposals(bool with_decided, Page page) override;
  Task<std::string> Reject(Proposal rejected, Answer answer) override;
  Task<std::string> CloseCase(Proposal approved, std::optional<LedgerTransaction> posting,
                              Answer answer) override;

 private:
  postgres::Pool& pool_;
  IdSource& ids_;
};

}  // namespace houbu::payment
