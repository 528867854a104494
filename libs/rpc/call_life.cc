#include "libs/rpc/call_life.h"

#include <absl/strings/str_cat.h>

#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include "libs/base/clock.h"
#include "libs/base/refusal.h"
#include "libs/rpc/status.h"

namespace houbu::rpc {

namespace {

/// Gives what an exception that left a coroutine means. Ours throw nothing; Asio throws
/// operation_aborted out of a cancelled coroutine.
absl::Status StatusOf(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& thrown) {
    if (thrown.code() == boost::asio::error::operation_aborted) {
      return absl::CancelledError("the coroutine was cancelled");
    }
    return absl::InternalError(absl::StrCat("uncaught ", thrown.what()));
  } catch (const std::exception& thrown) {
    return absl::InternalError(absl::StrCat("uncaught ", thrown.what()));
  } catch (...) {
    return absl::InternalError("uncaught exception");
  }
}

}  // namespace

CallLife::CallLife(const boost::asio::any_io_executor& executor, const MethodRule& rule,
                   CallMetrics& metrics, CallObserver& observer)
    : rule_(rule),
      metrics_(metrics),
      observer_(observer),
      start_(SystemClock().Now()),
      executor_(executor) {
  call_.method = rule.path;
  metrics_.Started(rule.service, rule.method);
}

void CallLife::Answer(const absl::Status& status) { Conclude(status, status.code()); }

void CallLife::Start(const std::function<async::Task<void>(const Call&)>& work) {
  const auto lifeline = std::make_shared<Lifeline>(executor_);
  lifeline_ = lifeline;
  const absl::Duration left = call_.deadline - start_;
  lifeline->timer.expires_after(absl::ToChronoNanoseconds(left));
  lifeline->timer.async_wait([lifeline](const boost::system::error_code& error) {
    if (!error) lifeline->Cut(Cause::kDeadline);
  });
  // The coroutine holds its cancellation too: the reactor may be gone before its last step.
  auto run = [lifeline, task = work(call_)]() mutable { return std::move(task); };
  boost::asio::co_spawn(
      lifeline->strand, std::move(run),
      boost::asio::bind_cancellation_slot(
          lifeline->signal.slot(), [this](const std::exception_ptr& error, absl::Status status) {
            OnEnd(error, std::move(status));
          }));
}

void CallLife::Cancel() {
  if (lifeline_ == nullptr) return;  // answered already; gRPC calls this after Start or never
  boost::asio::post(lifeline_->strand,
                    [lifeline = lifeline_] { lifeline->Cut(Cause::kCancelled); });
}

void CallLife::Lifeline::Cut(Cause why) {
  if (cause != Cause::kNone) return;
  cause = why;
  signal.emit(boost::asio::cancellation_type::terminal);
}

void CallLife::OnEnd(const std::exception_ptr& error, absl::Status status) {
  // The timer's wait holds the lifeline until it is over.
  lifeline_->timer.cancel();
  if (error) status = StatusOf(error);
  absl::StatusCode code = status.code();
  // What failed because it was cut short failed for that reason; a refusal stands, and so does
  // success: around a commit cancellation is switched off.
  if (!status.ok() && ReasonOf(status).empty()) {
    if (lifeline_->cause == Cause::kDeadline) code = absl::StatusCode::kDeadlineExceeded;
    if (lifeline_->cause == Cause::kCancelled) code = absl::StatusCode::kCancelled;
  }
  Conclude(status, code);
}

void CallLife::Conclude(const absl::Status& status, absl::StatusCode cut_code) {
  const absl::Duration duration = SystemClock().Now() - start_;
  metrics_.Handled(rule_.service, rule_.method, cut_code, duration);
  CallRecord record;
  record.method = rule_.path;
  record.caller = call_.request_key.caller;
  record.request_id = call_.request_key.request_id;
  record.traceparent = call_.traceparent;
  record.status = status;
  record.code = cut_code;
  record.duration = duration;
  observer_.OnCall(record);
  const absl::Status answer =
      cut_code == status.code() ? status : absl::Status(cut_code, status.message());
  FinishCall(ToWire(answer));
  // From here on gRPC may have deleted this.
}

}  // namespace houbu::rpc
