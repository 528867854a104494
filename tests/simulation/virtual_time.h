/// Virtual time: every wait of every simulated process is an event in one queue, so that a whole
/// day passes in a moment and a seed tells what happens when.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/task.h"
#include "libs/base/clock.h"

namespace houbu::simulation {

using async::Task;

/// What dies and is started again as one: the coroutines of an incarnation end with it, wherever
/// they wait. `nobody` outside of services (clients, the provider) never dies.
class Process final {
 public:
  /// A process that runs.
  explicit Process(std::string name) : name_(std::move(name)) {}

  /// "slot".
  const std::string& name() const { return name_; }
  /// How often it has died.
  int incarnation() const { return incarnation_; }
  /// Whether it runs.
  bool up() const { return up_; }

  /// Dies: nothing that waits in it goes on.
  void Die() {
    ++incarnation_;
    up_ = false;
  }
  /// Runs again.
  void Rise() { up_ = true; }

 private:
  std::string name_;
  int incarnation_ = 0;
  bool up_ = true;
};

/// The queue of everything that will happen, the clock, and chance.
class Scheduler final : public Clock {
 public:
  /// The same seed gives the same history.
  explicit Scheduler(unsigned seed) : random_(seed) { running_scheduler = this; }
  ~Scheduler() override { running_scheduler = nullptr; }
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  absl::Time Now() const override { return now_; }

  /// Ends all coroutines wherever they wait. To be called while what they refer to is still there:
  /// some say at their end that they have ended.
  void Stop() { loop_.reset(); }

  /// A number from 0 to `below` - 1.
  int Pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  /// Tells whether something of so many in a thousand befalls.
  bool Befalls(int per_mille) { return Pick(1000) < per_mille; }
  /// A duration from `least` to `most`, in whole microseconds.
  absl::Duration Between(absl::Duration least, absl::Duration most) {
    const std::int64_t span = absl::ToInt64Microseconds(most - least) + 1;
    return least + absl::Microseconds(static_cast<std::int64_t>(random_()) % span);
  }

  /// Has `what` happen after `wait`, unless the incarnation that is meant has died by then.
  void After(Process& process, absl::Duration wait, std::function<void()> what) {
    Event event;
    event.process = &process;
    event.incarnation = process.incarnation();
    event.what = std::move(what);
    events_.emplace(std::pair(now_ + wait, ++last_event_), std::move(event));
  }

  /// Runs a coroutine in `process`; `then` gets its outcome, if it has one before the process dies.
  template <class Result>
  void Start(Process& process, std::function<boost::asio::awaitable<Result>()> work,
             std::function<void(Result)> then) {
    After(process, absl::Microseconds(1), [this, work = std::move(work), then = std::move(then)] {
      boost::asio::co_spawn(*loop_, work(),
                            [this, process = current_, incarnation = current_->incarnation(), then](
                                const std::exception_ptr& bug, Result result) {
                              if (bug) std::rethrow_exception(bug);
                              if (process->incarnation() != incarnation || !process->up()) return;
                              then(std::move(result));
                            });
    });
  }

  /// Lets the next event happen; false when there is none before `until`.
  bool Step(absl::Time until) {
    const auto next = events_.begin();
    if (next == events_.end() || next->first.first > until) {
      now_ = std::max(now_, until);
      return false;
    }
    now_ = std::max(now_, next->first.first);
    const Event event = std::move(next->second);
    events_.erase(next);
    if (event.process->incarnation() != event.incarnation || !event.process->up()) return true;
    current_ = event.process;
    event.what();
    loop_->restart();
    loop_->poll();
    current_ = nullptr;
    return true;
  }

  /// The process that runs at this instant.
  Process& current() const { return *current_; }

  /// The scheduler of the history that is being told.
  static Scheduler& Running() { return *running_scheduler; }

 private:
  struct Event {
    Process* process = nullptr;
    int incarnation = 0;
    std::function<void()> what;
  };

  static inline Scheduler* running_scheduler = nullptr;

  std::mt19937 random_;
  absl::Time now_ = absl::FromUnixSeconds(1793491200);
  std::map<std::pair<absl::Time, std::int64_t>, Event> events_;
  std::int64_t last_event_ = 0;
  Process* current_ = nullptr;
  std::unique_ptr<boost::asio::io_context> loop_ = std::make_unique<boost::asio::io_context>(1);
};

/// Waits for `wait` of virtual time; for ever when the process dies meanwhile.
inline Task<void> Pause(absl::Duration wait) {
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto never = boost::asio::steady_timer::time_point::max();
  const auto timer = std::make_shared<boost::asio::steady_timer>(executor, never);
  const std::weak_ptr<boost::asio::steady_timer> waking = timer;
  Scheduler& scheduler = Scheduler::Running();
  scheduler.After(scheduler.current(), wait, [waking] {
    if (const auto still = waking.lock()) still->cancel();
  });
  boost::system::error_code ignored;
  auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
  co_await timer->async_wait(token);
  co_return absl::OkStatus();
}

/// How badly things go. The figures are of a thousand.
struct Weather {
  bool instant = false;  ///< Calls take no time to speak of.
  int fails = 0;         ///< A call to a store fails before it does anything.
  int loses_answer = 0;  ///< It does what it shall, and its answer is lost.
  int dies = 0;          ///< The process dies right before or after it.
  int call_lost = 0;     ///< A call between services never arrives.
  int answer_lost = 0;   ///< It arrives, and its answer is lost.
  int doubled = 0;       ///< It arrives again, up to ten minutes later.
};

/// What lies between a process and its stores.
class Surroundings final {
 public:
  /// `weather` may change while this is used.
  Surroundings(Scheduler& scheduler, Process& process, const Weather& weather,
               std::function<void()> die)
      : scheduler_(scheduler), process_(process), weather_(weather), die_(std::move(die)) {}

  /// The process.
  Process& process() const { return process_; }

  /// Makes a call to a store: it takes time, and whatever can go wrong with it may go wrong.
  template <class T>
  Task<T> Through(std::function<Task<T>()> call) {
    const absl::Status reached = co_await Cross(weather_.fails);
    if (!reached.ok()) co_return reached;
    async::Outcome<T> outcome = co_await call();
    const absl::Status answered = co_await Cross(weather_.loses_answer);
    if (!answered.ok()) co_return answered;
    co_return outcome;
  }

 private:
  Task<void> Cross(int fails) {
    if (scheduler_.Befalls(weather_.dies)) die_();
    const absl::Duration most = weather_.instant ? absl::Microseconds(1) : absl::Milliseconds(20);
    const absl::Duration wait = scheduler_.Between(absl::Microseconds(1), most);
    // Who has just died waits here for ever.
    const absl::Status waited = co_await Pause(wait);
    if (scheduler_.Befalls(fails)) co_return absl::UnavailableError("the store is away");
    co_return waited;
  }

  Scheduler& scheduler_;
  Process& process_;
  const Weather& weather_;
  std::function<void()> die_;
};

}  // namespace houbu::simulation
