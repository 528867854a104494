/// What every store of the payment service takes: what goes with a change, and which page is read.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "services/payment/domain/proposal.h"

namespace houbu::payment {

using async::Task;

/// The stored answer of a request: kept in the same transaction as its effect.
struct Answer {
  RequestKey key;
  std::string bytes;
};

/// What goes with a change that is committed.
struct Commitment {
  absl::Time now;
  std::string traceparent;       ///< Of the call that caused it; "" for loops.
  std::optional<Answer> answer;  ///< Of the request it answers.
  /// The proposal it carries out, as approved: decided with it, or kProposalDecided.
  std::optional<Proposal> approval;
};

/// A page of a list.
struct Page {
  std::string after;  ///< The id (or number) the page before ended with; "" for the first.
  int size = 50;
};

}  // namespace houbu::payment
