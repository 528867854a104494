/// The dispatcher makes the calls that wait in table `outbox` (see postgres/unit_of_work.h): a gRPC
/// call for each row, repeated until it is answered, then the row is deleted.
///
/// Order: calls of one aggregate happen one after another in the order of their `seq`. An older row
/// of the same aggregate blocks the younger ones whatever keeps it: not due yet, backing off, or
/// parked. What came later may rest on it; an operator decides about a parked one.
///
/// Once: several dispatchers may work on one database. A row is claimed with a lease and a fencing
/// count (`attempts`); a dispatcher that lost its lease can neither delete nor delay the row. The
/// receiver knows a repeated request_id and answers as before, so a call made twice acts once.
///
/// Failures: transport errors, UNAVAILABLE, ABORTED, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED and
/// CANCELLED back off for as long as it takes. Other codes are tried again too, but after
/// `refusals_max` of them the row is parked: kept, counted for the alarm, and tried once in a long
/// while, so that a receiver that is mended heals what it had refused.
///
/// Load: rows are claimed and finished many at a time, however few or many calls are under way.
///
/// Time is the service's clock: moving it makes what is due then due now.
#pragma once

#include <grpcpp/channel.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "libs/postgres/pool.h"

namespace houbu::outbox {

using async::Task;

/// Where calls go: OutboxCall::target to channel. A row whose target is missing here counts as
/// refused and is parked in the end.
using Channels = std::map<std::string, std::shared_ptr<grpc::Channel>>;

/// Takes up an answer before its row is deleted: (aggregate, request bytes, answer bytes). May run
/// more than once for one call; when it fails, the call is made again later.
using AnswerHook = std::function<Task<void>(std::string aggregate, std::string request_bytes,
                                            std::string answer_bytes)>;

/// Hooks by method, "/houbu.payment.v1.PaymentService/CreatePayment".
using AnswerHooks = std::map<std::string, AnswerHook>;

/// One attempt, for metrics and logs.
struct Attempt {
  std::string id;
  std::string target;
  std::string method;
  std::string code;         ///< "OK", "UNAVAILABLE", ...
  std::string error;        ///< What is kept as last_error; "" for OK.
  int attempts = 0;         ///< This one included.
  bool parked = false;      ///< Given up with this attempt.
  absl::Duration duration;  ///< Of the call.
};

/// How the dispatcher works.
struct Options {
  int in_flight_max = 128;            ///< Calls at once, all of different aggregates.
  int in_flight_per_target_max = 64;  ///< So that one hung target leaves room for others.
  int refusals_max = 20;              ///< Answers that are no outage before a row is parked.
  absl::Duration call_deadline = absl::Seconds(10);
  absl::Duration lease = absl::Seconds(15);  ///< Longer than call_deadline and hook together.
  absl::Duration poll_interval = absl::Milliseconds(200);
  /// Between two looks for due calls while there are few: what ends and comes meanwhile is taken
  /// together.
  absl::Duration claim_spacing = absl::Milliseconds(2);
  absl::Duration backoff_first = absl::Milliseconds(50);
  absl::Duration backoff_max = absl::Seconds(30);
  absl::Duration parked_retry = absl::Hours(1);    ///< Between two tries of a parked row.
  absl::Duration stop_grace = absl::Seconds(2);    ///< Then calls in flight are cancelled.
  std::function<void(const Attempt&)> on_attempt;  ///< Called on the dispatcher's executor.
};

/// How the outbox stands.
struct OutboxStats {
  std::int64_t pending = 0;                          ///< Rows still to be answered, not parked.
  std::int64_t parked = 0;                           ///< Rows refused too often; an alarm.
  absl::Duration oldest_age = absl::ZeroDuration();  ///< How long ago the oldest pending was due.
};

/// Makes the calls of one service's outbox.
class Dispatcher final {
 public:
  /// Listens to the pool's enqueued calls, on the pool's executor. Everything given must outlive
  /// the dispatcher.
  Dispatcher(postgres::Pool& pool, const Clock& clock, Channels channels, Options options,
             AnswerHooks hooks);

  /// Stops listening. Run() must have ended.
  ~Dispatcher();

  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// Makes due calls until Stop() or cancellation, then waits for those in flight. Outages of the
  /// database are waited out.
  Task<void> Run();

  /// Makes the calls that are due now, waits for them and returns how many were answered OK. For
  /// tests and for draining; not beside Run().
  Task<int> RunOnce();

  /// Has Run() look for due calls at once. From any thread.
  void Nudge();

  /// Has Run() end. From any thread.
  void Stop();

  /// How the outbox stands.
  Task<OutboxStats> Stats();

  /// Has parked calls of `aggregate` tried again from scratch; returns how many.
  Task<int> Unpark(std::string aggregate);

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace houbu::outbox
