/// The life of one incoming call, whatever its reactor: the coroutine that answers it, its
/// deadline, its cancellation, its end.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <grpcpp/support/status.h>

#include <exception>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "libs/async/task.h"
#include "libs/rpc/access.h"
#include "libs/rpc/call.h"
#include "libs/rpc/metrics.h"
#include "libs/rpc/observer.h"

namespace houbu::rpc {

/// What the reactors of all kinds of calls have in common. Finishes its call exactly once, by
/// Answer or by the end of the coroutine given to Start.
class CallLife {
 public:
  /// Counts the call as started. `rule`, `metrics` and `observer` outlive the call.
  CallLife(const boost::asio::any_io_executor& executor, const MethodRule& rule,
           CallMetrics& metrics, CallObserver& observer);
  CallLife(const CallLife&) = delete;
  CallLife& operator=(const CallLife&) = delete;

  /// The call as handlers see it, for filling in before Start.
  Call& call() { return call_; }
  /// Likewise, for reading.
  const Call& call() const { return call_; }

  /// Answers without running anything: a refusal, or what was there at once.
  void Answer(const absl::Status& status);

  /// Runs the coroutine that `work` makes of the call, until it ends or call().deadline passes.
  void Start(const std::function<async::Task<void>(const Call&)>& work);

  /// Cancels the coroutine: the caller is gone, or the server ends.
  void Cancel();

 protected:
  virtual ~CallLife() = default;

  /// Has the reactor finish the call; from then on gRPC may have deleted it.
  virtual void FinishCall(grpc::Status status) = 0;

  /// The rule of the method.
  const MethodRule& rule() const { return rule_; }

 private:
  /// Why the coroutine was cancelled from outside.
  enum class Cause { kNone, kCancelled, kDeadline };

  /// What cancellation needs, and all it may touch: it may run beside the coroutine, and what it
  /// posts may run when the reactor is gone. Its members are used on its strand only.
  struct Lifeline {
    explicit Lifeline(const boost::asio::any_io_executor& executor)
        : strand(executor), timer(strand) {}
    void Cut(Cause why);

    boost::asio::strand<boost::asio::any_io_executor> strand;
    boost::asio::cancellation_signal signal;
    boost::asio::steady_timer timer;
    Cause cause = Cause::kNone;
  };

  void OnEnd(const std::exception_ptr& error, absl::Status status);
  void Conclude(const absl::Status& status, absl::StatusCode cut_code);

  const MethodRule& rule_;
  CallMetrics& metrics_;
  CallObserver& observer_;
  const absl::Time start_;
  Call call_;
  boost::asio::any_io_executor executor_;
  std::shared_ptr<Lifeline> lifeline_;  // made by Start: what is answered at once needs none
};

}  // namespace houbu::rpc
