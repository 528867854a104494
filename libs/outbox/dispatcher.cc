#include "libs/outbox/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/retry.h"
#include "libs/async/status_macros.h"
#include "libs/outbox/rows.h"
#include "libs/outbox/unary_call.h"
#include "libs/postgres/group_commit.h"

namespace houbu::outbox {

namespace asio = boost::asio;

namespace {

/// Rows finished in one journey.
constexpr int kFinishedTogether = 256;

/// Longer texts are cut: they are for an operator's eye.
constexpr std::size_t kErrorMax = 500;

/// Tells whether a code says that something is away, not that the call is wrong.
bool IsOutage(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kAborted ||
         code == absl::StatusCode::kResourceExhausted ||
         code == absl::StatusCode::kDeadlineExceeded || code == absl::StatusCode::kCancelled;
}

absl::Status StatusOf(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

/// What is kept of a failure; a NUL byte from afar must not make the row unwritable.
std::string ErrorOf(const absl::Status& status) {
  if (status.ok()) {
    return std::string();
  }
  std::string text = absl::StrCat(absl::StatusCodeToString(status.code()), ": ", status.message());
  text.resize(std::min(text.size(), kErrorMax));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

}  // namespace

/// Everything runs on the strand.
class Dispatcher::Core final : public std::enable_shared_from_this<Dispatcher::Core> {
 public:
  Core(postgres::Pool& pool, const Clock& clock, Channels channels, Options options,
       AnswerHooks hooks)
      : pool_(pool),
        clock_(clock),
        channels_(std::move(channels)),
        options_(std::move(options)),
        hooks_(std::move(hooks)),
        strand_(asio::make_strand(pool.executor())),
        wake_(pool.executor()),
        finishing_(pool.executor(), FinishingOptions(), [&pool](std::vector<Finished> rows) {
          return FinishAll(pool, std::move(rows));
        }) {}

  const asio::strand<asio::any_io_executor>& strand() const { return strand_; }
  postgres::Pool& pool() const { return pool_; }
  absl::Time Now() const { return clock_.Now(); }

  static Task<void> Run(std::shared_ptr<Core> self);
  static Task<int> RunOnce(std::shared_ptr<Core> self);

  void Nudge() {
    asio::post(strand_, [self = shared_from_this()] { self->Wake(); });
  }

  void Stop() {
    asio::post(strand_, [self = shared_from_this()] {
      self->stopped_ = true;
      self->Wake();
    });
  }

 private:
  /// What finishing a row answers: nothing.
  struct Nothing {};
  using Finishing = postgres::GroupCommit<Finished, Nothing>;

  static postgres::GroupCommitOptions FinishingOptions() {
    postgres::GroupCommitOptions options;
    options.batch_max = kFinishedTogether;
    options.lanes = 1;
    return options;
  }
  static Task<Finishing::Answers> FinishAll(postgres::Pool& pool, std::vector<Finished> rows);

  /// A call under way.
  struct InFlight {
    std::string target;
    std::shared_ptr<UnaryCall> call;
  };

  static Task<bool> StartDue(std::shared_ptr<Core> self);
  static Task<void> Deliver(std::shared_ptr<Core> self, int number, ClaimedCall claimed);
  static Task<std::string> Call(std::shared_ptr<Core> self, int number, postgres::OutboxCall call);
  static Task<void> Finish(std::shared_ptr<Core> self, ClaimedCall claimed, absl::Status outcome,
                           absl::Duration duration);
  static Task<void> Pause(std::shared_ptr<Core> self, absl::Duration patience);
  static Task<void> WaitForAll(std::shared_ptr<Core> self);

  void Start(ClaimedCall claimed);
  void Ended(int number);
  void Wake();
  std::map<std::string, int> CountTargets() const;

  postgres::Pool& pool_;
  const Clock& clock_;
  Channels channels_;
  Options options_;
  AnswerHooks hooks_;
  asio::strand<asio::any_io_executor> strand_;
  asio::steady_timer wake_;
  Finishing finishing_;
  std::map<int, InFlight> in_flight_;
  int last_number_ = 0;
  int answered_ = 0;
  bool woken_ = false;
  bool stopped_ = false;
};

Task<void> Dispatcher::Core::Run(std::shared_ptr<Core> self) {
  // Cancellation ends the loop, not the calls in flight: nothing below throws because of it.
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!self->stopped_) {
    // Not cancelled half-way: a row claimed and not called would wait for its lease to end.
    auto starting = StartDue(self);
    auto token = asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable);
    const auto started = co_await asio::co_spawn(self->strand_, std::move(starting), token);
    // Looked at here and nowhere else: a cancellation that came meanwhile interrupts no pause.
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    if (self->stopped_ || state.cancelled() != asio::cancellation_type::none) {
      break;
    }
    if (!started.ok() || !*started) {
      // Cancelled meanwhile: the loop's head sees it.
      const auto ignored = co_await Pause(self, self->options_.poll_interval);
      const auto spaced = co_await async::Sleep(self->options_.claim_spacing);
    }
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_return co_await WaitForAll(self);
}

Task<int> Dispatcher::Core::RunOnce(std::shared_ptr<Core> self) {
  self->answered_ = 0;
  for (;;) {
    const int before = self->last_number_;
    CO_RETURN_IF_ERROR(co_await StartDue(self));
    if (self->last_number_ == before && self->in_flight_.empty()) {
      co_return self->answered_;
    }
    while (!self->in_flight_.empty()) {
      CO_RETURN_IF_ERROR(co_await Pause(self, absl::Seconds(1)));
    }
  }
}

/// Starts due calls; tells whether more may be due for which there is room.
Task<bool> Dispatcher::Core::StartDue(std::shared_ptr<Core> self) {
  Claim claim;
  claim.now = self->Now();
  claim.lease_until = claim.now + self->options_.lease;
  // However the claimed rows fall on targets, none gets more than its share; one that is close to
  // it is left out, so that it does not keep the claims of others small.
  claim.limit = std::min(self->options_.in_flight_max - static_cast<int>(self->in_flight_.size()),
                         self->options_.in_flight_per_target_max);
  for (const auto& [target, count] : self->CountTargets()) {
    const int left = self->options_.in_flight_per_target_max - count;
    if (4 * left < self->options_.in_flight_per_target_max || left == 0) {
      claim.targets_full.push_back(target);
    } else {
      claim.limit = std::min(claim.limit, left);
    }
  }
  if (claim.limit <= 0) {
    co_return false;
  }
  const int limit = claim.limit;
  ASSIGN_OR_CO_RETURN(std::vector<ClaimedCall> calls,
                      co_await ClaimDue(self->pool_, std::move(claim)));
  for (ClaimedCall& call : calls) {
    self->Start(std::move(call));
  }
  co_return static_cast<int>(calls.size()) == limit;
}

std::map<std::string, int> Dispatcher::Core::CountTargets() const {
  std::map<std::string, int> counts;
  for (const auto& [number, call] : in_flight_) {
    ++counts[call.target];
  }
  return counts;
}

Task<Dispatcher::Core::Finishing::Answers> Dispatcher::Core::FinishAll(postgres::Pool& pool,
                                                                       std::vector<Finished> rows) {
  const std::size_t count = rows.size();
  CO_RETURN_IF_ERROR(co_await outbox::Finish(pool, std::move(rows)));
  co_return Finishing::Answers(count, Nothing());
}

void Dispatcher::Core::Start(ClaimedCall claimed) {
  const int number = ++last_number_;
  in_flight_[number].target = claimed.call.target;
  asio::co_spawn(
      strand_, Deliver(shared_from_this(), number, std::move(claimed)),
      [self = shared_from_this(), number](const std::exception_ptr& bug, const absl::Status&) {
        if (bug) {
          std::rethrow_exception(bug);
        }
        self->Ended(number);
      });
}

void Dispatcher::Core::Ended(int number) {
  in_flight_.erase(number);
  Wake();
}

void Dispatcher::Core::Wake() {
  woken_ = true;
  wake_.cancel();
}

Task<void> Dispatcher::Core::Pause(std::shared_ptr<Core> self, absl::Duration patience) {
  if (!self->woken_) {
    self->wake_.expires_after(absl::ToChronoNanoseconds(patience));
    boost::system::error_code ignored;
    auto token = asio::redirect_error(asio::use_awaitable, ignored);
    co_await self->wake_.async_wait(token);
  }
  self->woken_ = false;
  co_return absl::OkStatus();
}

Task<void> Dispatcher::Core::WaitForAll(std::shared_ptr<Core> self) {
  const auto patience_ends =
      std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(self->options_.stop_grace);
  while (!self->in_flight_.empty()) {
    if (std::chrono::steady_clock::now() >= patience_ends) {
      for (const auto& [number, call] : self->in_flight_) {
        if (call.call != nullptr) {
          call.call->Cancel();
        }
      }
    }
    CO_RETURN_IF_ERROR(co_await Pause(self, absl::Milliseconds(100)));
  }
  co_return absl::OkStatus();
}

Task<void> Dispatcher::Core::Deliver(std::shared_ptr<Core> self, int number, ClaimedCall claimed) {
  const auto begun = std::chrono::steady_clock::now();
  const auto answer = co_await Call(self, number, claimed.call);
  const absl::Duration duration = absl::FromChrono(std::chrono::steady_clock::now() - begun);
  absl::Status outcome = answer.status();
  const auto hook = self->hooks_.find(claimed.call.method);
  if (outcome.ok() && hook != self->hooks_.end()) {
    outcome = co_await hook->second(claimed.call.aggregate, claimed.call.payload, *answer);
  }
  if (outcome.ok()) {
    // Not deleted because the database is away: the lease ends, the call is made again and
    // answered as before.
    Finished answered;
    answered.id = claimed.call.id;
    answered.attempts = claimed.attempts;
    const auto deleted = co_await self->finishing_.Submit(std::move(answered));
    outcome = deleted.status();
    self->answered_ += outcome.ok() ? 1 : 0;
  }
  co_return co_await Finish(self, std::move(claimed), outcome, duration);
}

Task<std::string> Dispatcher::Core::Call(std::shared_ptr<Core> self, int number,
                                         postgres::OutboxCall call) {
  const auto channel = self->channels_.find(call.target);
  if (channel == self->channels_.end()) {
    co_return absl::FailedPreconditionError(absl::StrCat("No channel to ", call.target, "."));
  }
  const auto unary =
      std::make_shared<UnaryCall>(channel->second, call, self->options_.call_deadline);
  self->in_flight_[number].call = unary;
  const grpc::Status status = co_await unary->Make();
  if (!status.ok()) {
    co_return StatusOf(status);
  }
  co_return unary->AnswerBytes();
}

Task<void> Dispatcher::Core::Finish(std::shared_ptr<Core> self, ClaimedCall claimed,
                                    absl::Status outcome, absl::Duration duration) {
  Attempt attempt;
  attempt.id = claimed.call.id;
  attempt.target = claimed.call.target;
  attempt.method = claimed.call.method;
  attempt.code = absl::StatusCodeToString(outcome.code());
  attempt.error = ErrorOf(outcome);
  attempt.attempts = claimed.attempts;
  attempt.duration = duration;
  if (!outcome.ok()) {
    async::RetryPolicy policy;
    policy.backoff_first = self->options_.backoff_first;
    policy.backoff_max = self->options_.backoff_max;
    Postponement postponement;
    postponement.error = attempt.error;
    postponement.refused = !IsOutage(outcome.code());
    postponement.parked =
        postponement.refused && claimed.refusals + 1 >= self->options_.refusals_max;
    postponement.now = self->Now();
    postponement.due_at =
        postponement.now + (postponement.parked ? self->options_.parked_retry
                                                : async::Backoff(policy, claimed.attempts));
    attempt.parked = postponement.parked;
    Finished failed;
    failed.id = claimed.call.id;
    failed.attempts = claimed.attempts;
    failed.postponed = std::move(postponement);
    const auto written = co_await self->finishing_.Submit(std::move(failed));
    outcome = written.status();
  }
  if (self->options_.on_attempt) {
    self->options_.on_attempt(attempt);
  }
  co_return outcome;
}

Dispatcher::Dispatcher(postgres::Pool& pool, const Clock& clock, Channels channels, Options options,
                       AnswerHooks hooks)
    : core_(std::make_shared<Core>(pool, clock, std::move(channels), std::move(options),
                                   std::move(hooks))) {
  pool.SetEnqueuedListener([weak = std::weak_ptr<Core>(core_)] {
    if (const auto core = weak.lock()) {
      core->Nudge();
    }
  });
}

Dispatcher::~Dispatcher() {
  core_->pool().SetEnqueuedListener(nullptr);
  core_->Stop();
}

Task<void> Dispatcher::Run() {
  auto running = Core::Run(core_);
  co_return co_await asio::co_spawn(core_->strand(), std::move(running), asio::use_awaitable);
}

Task<int> Dispatcher::RunOnce() {
  auto running = Core::RunOnce(core_);
  co_return co_await asio::co_spawn(core_->strand(), std::move(running), asio::use_awaitable);
}

void Dispatcher::Nudge() { core_->Nudge(); }

void Dispatcher::Stop() { core_->Stop(); }

Task<OutboxStats> Dispatcher::Stats() { return CountRows(core_->pool(), core_->Now()); }

Task<int> Dispatcher::Unpark(std::string aggregate) {
  return UnparkRows(core_->pool(), std::move(aggregate), core_->Now());
}

}  // namespace houbu::outbox
