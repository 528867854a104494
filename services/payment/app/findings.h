/// What a reconciliation finds, and what becomes of it: the provider's word settles it, or people
/// do.
#pragma once

#include <cstdint>
#include <vector>

#include "libs/base/clock.h"
#include "services/payment/app/fact_application.h"
#include "services/payment/app/reconciliation_ports.h"

namespace houbu::payment {

/// Deals with differences.
class Findings final {
 public:
  /// What it works on; all outlive it.
  Findings(ReconciliationStore& store, CaseStore& cases, const Clock& clock, Providers providers,
           FactApplication& facts)
      : store_(store),
        cases_(cases),
        clock_(clock),
        providers_(std::move(providers)),
        facts_(facts) {}

  /// Deals with what was found and counts it in the reconciliation, which it gives back.
  /// UNAVAILABLE when the provider cannot be asked: nothing is decided then.
  Task<Reconciliation> Deal(Reconciliation reconciliation, std::vector<Difference> found);

 private:
  Task<bool> Repair(Difference difference);
  Task<void> AskAgain(Difference difference);

  ReconciliationStore& store_;
  CaseStore& cases_;
  const Clock& clock_;
  Providers providers_;
  FactApplication& facts_;
};

}  // namespace houbu::payment
