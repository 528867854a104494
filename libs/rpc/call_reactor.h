/// The reactor of one incoming call, and the coroutine that answers it.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <grpcpp/support/server_callback.h>

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

/// Finishes its call exactly once, by Answer or by the end of the coroutine given to Start, and
/// deletes itself when gRPC is done with it.
class CallReactor final : public grpc::ServerUnaryReactor {
 public:
  /// Counts the call as started. `rule`, `metrics` and `observer` outlive the call.
  CallReactor(const boost::asio::any_io_executor& executor, const MethodRule& rule,
              CallMetrics& metrics, CallObserver& observer);

  /// The call as handlers see it, for filling in before Start.
  Call& call() { return call_; }

  /// Answers without running anything: a refusal, or what was there at once.
  void Answer(const absl::Status& status);

  /// Runs the coroutine that `work` makes of the call, until it ends or call().deadline passes.
  void Start(const std::function<async::Task<void>(const Call&)>& work);

  /// Cancels the coroutine: the caller is gone, or the server ends.
  void OnCancel() override;

  /// Deletes this.
  void OnDone() override;

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
