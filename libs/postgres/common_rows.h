/// Rows of the tables every service has, many at once: answers to requests and calls to be made.
/// For whoever commits many changes in one Pipeline; a single change has its UnitOfWork.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "libs/postgres/pipeline.h"
#include "libs/postgres/result.h"
#include "libs/postgres/unit_of_work.h"

namespace houbu::postgres {

/// What a request was answered with.
struct RequestAnswer {
  RequestKey key;
  std::string answer;
};

/// Adds the storing of answers under their keys to the pipeline's next round; gives the statement's
/// place in it. A key that is answered already is left as it is and fails no other;
/// StoredAnswersIn() tells which were new. Of one key given twice only one counts as new.
int AddAnswers(Pipeline& pipeline, const std::vector<RequestAnswer>& answers, absl::Time now);

/// Tells, for each of the `count` answers given to AddAnswers, whether it was stored.
std::vector<bool> StoredAnswersIn(const Result& result, std::size_t count);

/// Finds what is stored under many keys in one journey: for each key, in their order, its answer,
/// nothing when the request is new, or kRequestIdReused.
Task<std::vector<absl::StatusOr<std::optional<std::string>>>> FindAnswers(
    Pool& pool, std::vector<RequestKey> keys);

/// Adds the enqueueing of calls to the pipeline's next round, in their order. Tell
/// Pool::NotifyEnqueued() after the commit.
void AddCalls(Pipeline& pipeline, absl::Span<const OutboxCall> calls);

}  // namespace houbu::postgres
