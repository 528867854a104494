/// Rows of reconciliations, statements, cases and proposals, both ways.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"

#include "libs/postgres/parameters.h"
#include "libs/postgres/result.h"
#include "services/payment/domain/proposal.h"
#include "services/payment/domain/reconciliation.h"
#include "services/payment/domain/reconciliation_case.h"
#include "services/payment/domain/statement.h"

namespace houbu::payment {

/// The columns ReadReconciliation needs, in SQL.
extern const char kReconciliationColumns[];
/// The columns ReadStatementLine needs, in SQL.
extern const char kStatementLineColumns[];
/// The columns ReadCase needs, in SQL.
extern const char kCaseColumns[];
/// The columns ReadProposal needs, in SQL.
extern const char kProposalColumns[];

/// The movement of a word; INTERNAL for a row a newer program wrote.
absl::StatusOr<Movement> MovementOf(absl::string_view word);
/// The class of a word; INTERNAL as above.
absl::StatusOr<DifferenceClass> DifferenceClassOf(absl::string_view word);

/// Reads a reconciliation; INTERNAL for a row that makes no sense.
absl::StatusOr<Reconciliation> ReadReconciliation(const postgres::Row& row);
/// Reads a statement's line; INTERNAL as above.
absl::StatusOr<StatementLine> ReadStatementLine(const postgres::Row& row);
/// Reads a case; INTERNAL as above.
absl::StatusOr<Case> ReadCase(const postgres::Row& row);
/// Reads a proposal; INTERNAL as above.
absl::StatusOr<Proposal> ReadProposal(const postgres::Row& row);

/// All columns of a reconciliation in the order of kReconciliationColumns.
postgres::Parameters WriteReconciliation(const Reconciliation& reconciliation);
/// All columns of a proposal in the order of kProposalColumns.
postgres::Parameters WriteProposal(const Proposal& proposal);

/// An id as a row has it: nothing for one that names nothing.
template <class Tag>
std::optional<std::string> Nullable(const Id<Tag>& id) {
  if (id.empty()) return std::nullopt;
  return id.value();
}

}  // namespace houbu::payment
