/// One change and everything that must happen with it: rows, the calls to other services it causes
/// and the answer to the request that asked for it, committed together or not at all.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "libs/postgres/pool.h"

namespace houbu::postgres {

/// A gRPC call that must happen: a row of table `outbox`, made by libs/outbox until it is answered.
///
/// Calls of one aggregate happen in the order they were enqueued; the transaction that enqueues
/// holds a lock on the aggregate's own row (or has just inserted it), so that this order is the
/// order of commits.
struct OutboxCall {
  std::string id;           ///< Unique; also the request_id inside the payload.
  std::string aggregate;    ///< "bookings/bk-...".
  std::string target;       ///< "payment", "waitlist", ...: key of the dispatcher's channels.
  std::string method;       ///< "/houbu.payment.v1.PaymentService/CreatePayment".
  std::string payload;      ///< The serialized request.
  std::string traceparent;  ///< W3C; "" for none.
  absl::Time due_at;        ///< Not before this; the service's clock.
};

/// Returns the answer stored under `key`, nothing when the request is new. kRequestIdReused when
/// the same request_id came with another fingerprint.
Task<std::optional<std::string>> FindAnswer(Pool& pool, RequestKey key);

/// A transaction that knows which request it answers.
///
///   ASSIGN_OR_CO_RETURN(UnitOfWork work, co_await UnitOfWork::Begin(pool_, key));
///   if (work.answer().has_value()) co_return *work.answer();
///   ... work.transaction().Execute(...), work.Enqueue(...) ...
///   CO_RETURN_IF_ERROR(co_await work.Commit(answer, now));
class UnitOfWork final {
 public:
  /// Over before it began: to be assigned to.
  UnitOfWork() = default;
  UnitOfWork(UnitOfWork&&) noexcept = default;
  UnitOfWork& operator=(UnitOfWork&&) noexcept = default;

  /// Begins; with a key, looks the request up. kRequestIdReused as FindAnswer.
  static Task<UnitOfWork> Begin(Pool& pool, std::optional<RequestKey> key);

  /// The stored answer of a repeated request: return it and do nothing else.
  const std::optional<std::string>& answer() const { return answer_; }

  /// Where statements are run.
  Transaction& transaction() { return transaction_; }

  /// Adds a call to be made after the commit.
  Task<void> Enqueue(OutboxCall call);

  /// Stores `answer` under the key, if there is one, and commits. kRequestRaced (ABORTED) when the
  /// same request committed first: begin again and replay. kCommitOutcomeUnknown as
  /// Transaction::Commit.
  Task<void> Commit(std::string answer, absl::Time now);

 private:
  Pool* pool_ = nullptr;
  Transaction transaction_;
  std::optional<RequestKey> key_;
  std::optional<std::string> answer_;
  bool enqueued_ = false;
};

}  // namespace houbu::postgres
