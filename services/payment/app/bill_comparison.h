/// A day's bill against our books: each line of it, and everything of the day that it lacks.
#pragma once

#include <optional>
#include <vector>

#include "services/payment/app/findings.h"
#include "services/payment/app/reconciliation_ports.h"

namespace houbu::payment {

/// Compares bills.
class BillComparison final {
 public:
  /// What it works on; all outlive it.
  BillComparison(ReconciliationStore& store, BillsByChannel bills, Findings& findings)
      : store_(store), bills_(std::move(bills)), findings_(findings) {}

  /// Tells whether a channel has bills.
  bool HasBills(Channel channel) const { return bills_.count(channel) > 0; }

  /// Gets the bill, keeps it as the day's statement and deals with every difference; gives the
  /// reconciliation with its counts. Of a day on which nothing was booked a bill may be missing.
  /// kChannelWithoutBills, and all that Bills::Fetch says.
  Task<Reconciliation> Run(Reconciliation reconciliation);

 private:
  Task<std::optional<Statement>> Fetch(Reconciliation reconciliation);
  Task<Reconciliation> CompareLines(Reconciliation reconciliation, Statement lines);
  Task<std::vector<Difference>> CompareOrders(Channel channel, std::vector<PaymentId> payments,
                                              Statement lines);
  Task<Reconciliation> FindUnstated(Reconciliation reconciliation);

  ReconciliationStore& store_;
  BillsByChannel bills_;
  Findings& findings_;
};

}  // namespace houbu::payment
