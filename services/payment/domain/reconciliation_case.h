/// Cases: differences that no fact of the provider settles, until a person does.
///
/// A case closes with a posting (of the fact that settled it after all, or one that people decided
/// on) or with a waiver that a second person signed. Seen again after that it stays closed.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "libs/base/id.h"
#include "libs/base/money.h"
#include "services/payment/domain/difference.h"
#include "services/payment/domain/ledger.h"

namespace houbu::payment {

/// Names cases: "cs-...".
struct CaseTag {
  static constexpr char kPrefix[] = "cs";
};
/// The id of a case.
using CaseId = Id<CaseTag>;

/// A case.
struct Case {
  CaseId id;
  Difference difference;
  std::string reconciliation;  ///< The id of the reconciliation that found it first.
  absl::Time open_time;
  absl::Time seen_time;  ///< When it was found last.
  std::optional<absl::Time> close_time;
  std::string posting;   ///< The key of the transaction that closed it; "" for a waiver.
  std::string proposal;  ///< The proposal that closed it; "" where a fact did.

  /// Tells whether nobody has closed it.
  bool IsOpen() const { return !close_time.has_value(); }
};

/// "cases/cs-...".
std::string NameOf(const CaseId& id);

/// A posting by hand: `amount` from one account to another.
struct Adjustment {
  std::string debit;
  std::string credit;
  Money amount;  ///< More than zero.
};

/// Tells whether people may post to an account: one of the service's own, or one of those that only
/// people use, `suspense:<channel>` (money whose owner is not known yet) and `differences` (written
/// off, or found).
bool IsAdjustable(absl::string_view account);

/// The posting that closes a case.
LedgerTransaction PostAdjustment(const Case& closed, const Adjustment& adjustment, absl::Time now);

}  // namespace houbu::payment
