/// The payments of an hour against what their provider says when it is asked about each.
#pragma once

#include <vector>

#include "services/payment/app/findings.h"
#include "services/payment/app/reconciliation_ports.h"

namespace houbu::payment {

/// How far an inquiry has come.
struct InquiryProgress {
  Reconciliation reconciliation;
  bool is_done = false;
};

/// Compares by asking.
class InquiryComparison final {
 public:
  /// What it works on; all outlive it.
  InquiryComparison(ReconciliationStore& store, Providers providers, Findings& findings)
      : store_(store), providers_(std::move(providers)), findings_(findings) {}

  /// Asks about the next payments of the stretch and deals with every difference; gives the
  /// reconciliation with its counts and its cursor. UNAVAILABLE when the provider cannot be asked:
  /// nothing is decided then. kChannelUnknown.
  Task<InquiryProgress> Step(Reconciliation reconciliation);

 private:
  Task<std::vector<Difference>> Compare(Channel channel, Provider* provider, PaymentBooks books);

  ReconciliationStore& store_;
  Providers providers_;
  Findings& findings_;
};

}  // namespace houbu::payment
