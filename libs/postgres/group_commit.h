/// Group commit: changes that are ready at the same time are committed together. Who submits waits
/// for the batch their change travels in; while one batch is written the next one gathers, so the
/// batch grows with the load and costs nobody a timer's patience.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/task.h"
#include "libs/base/refusal.h"

namespace houbu::postgres {

using async::Task;

/// More changes wait to be committed than are let wait; nothing of this one was done.
inline constexpr Refusal kCommitsBusy{absl::StatusCode::kUnavailable, "COMMITS_BUSY",
                                      "Too much waits to be committed already."};

/// One batch as it was written, for figures.
struct BatchWritten {
  int size = 0;
  absl::Duration waited;  ///< How long the first of them had waited for its turn.
  absl::Duration took;    ///< The writing.
  bool ok = false;        ///< False where the batch failed as a whole.
};

/// How a GroupCommit works.
struct GroupCommitOptions {
  int batch_max = 512;     ///< Changes in one commit.
  int lanes = 2;           ///< Batches written at once; each needs a connection.
  int waiting_max = 8192;  ///< Changes that may wait; more are refused at once.
  int tries_max = 3;       ///< Of a batch that lost a race (ABORTED) as a whole.
  /// Called after every batch, by whoever wrote it.
  std::function<void(const BatchWritten&)> on_batch;
};

/// Writes items in batches. An item is copied where its batch has to be written again: let it be
/// cheap, as a shared_ptr. Safe from any thread; `write` runs on the executor given.
template <class Item, class Answer>
class GroupCommit final {
 public:
  /// What became of each item, in their order: a refused one fails none of its neighbours.
  using Answers = std::vector<absl::StatusOr<Answer>>;

  /// Writes and commits a batch, or fails as a whole having committed nothing. UNAVAILABLE, then,
  /// is told to every item (its outcome may be unknown); ABORTED is tried again; anything else
  /// splits the batch, until those at fault stand alone and the others are through.
  using Write = std::function<Task<Answers>(std::vector<Item>)>;

  /// Starts nothing yet.
  GroupCommit(boost::asio::any_io_executor executor, GroupCommitOptions options, Write write)
      : core_(std::make_shared<Core>(std::move(executor), std::move(options), std::move(write))) {}

  /// Refuses what comes after; what waits is still written.
  ~GroupCommit() { core_->Close(); }

  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  /// Commits `item` with others. Not cancelled with its caller: who has submitted learns the true
  /// outcome. Refuses kCommitsBusy.
  Task<Answer> Submit(Item item) {
    auto initiate = [core = core_, item = std::move(item)](auto handler) mutable {
      using Handler = std::decay_t<decltype(handler)>;
      auto waiter = std::make_unique<WaiterOf<Handler>>(std::move(handler));
      Core::Take(std::move(core), std::move(item), std::move(waiter));
    };
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                       void(absl::StatusOr<Answer>)>(std::move(initiate),
                                                                     boost::asio::use_awaitable);
  }

  /// Refuses what comes from now on.
  void Close() { core_->Close(); }

  /// How many items wait for their batch; for figures.
  int waiting() const { return core_->waiting(); }

 private:
  using Instant = std::chrono::steady_clock::time_point;

  /// Who waits for an answer.
  class Waiter {
   public:
    virtual ~Waiter() = default;
    virtual void Resume(absl::StatusOr<Answer> answer) = 0;
  };

  template <class Handler>
  class WaiterOf final : public Waiter {
   public:
    explicit WaiterOf(Handler handler)
        : handler_(std::move(handler)),
          guard_(boost::asio::make_work_guard(boost::asio::get_associated_executor(handler_))) {}

    // Never runs the coroutine in the writer's own stack: it goes on in its own time.
    void Resume(absl::StatusOr<Answer> answer) override {
      const auto executor = boost::asio::get_associated_executor(handler_);
      auto go_on = [handler = std::move(handler_), answer = std::move(answer)]() mutable {
        std::move(handler)(std::move(answer));
      };
      boost::asio::post(executor, std::move(go_on));
      guard_.reset();
    }

   private:
    Handler handler_;
    boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler>> guard_;
  };

  struct Pending {
    Item item;
    std::unique_ptr<Waiter> waiter;
    Instant since;
  };

  struct Batch {
    std::vector<Pending> pending;
    int tries = 0;
  };

  class Core final {
   public:
    Core(boost::asio::any_io_executor executor, GroupCommitOptions options, Write write)
        : executor_(std::move(executor)), options_(std::move(options)), write_(std::move(write)) {}

    static void Take(std::shared_ptr<Core> self, Item item, std::unique_ptr<Waiter> waiter) {
      bool opens_lane = false;
      {
        const std::lock_guard<std::mutex> lock(self->mutex_);
        if (!self->closed_ && self->queue_.size() < self->Limit()) {
          self->queue_.push_back(
              Pending{std::move(item), std::move(waiter), std::chrono::steady_clock::now()});
          opens_lane = self->lanes_ < self->options_.lanes;
          self->lanes_ += opens_lane ? 1 : 0;
        }
      }
      if (waiter != nullptr) {
        waiter->Resume(Refuse(kCommitsBusy));
      } else if (opens_lane) {
        // Waited for by those it writes for; it ends when nothing waits.
        const auto executor = self->executor_;
        boost::asio::co_spawn(executor, Lane(std::move(self)),
                              [](const std::exception_ptr& bug, const absl::Status&) {
                                if (bug) {
                                  std::rethrow_exception(bug);
                                }
                              });
      }
    }

    void Close() {
      const std::lock_guard<std::mutex> lock(mutex_);
      closed_ = true;
    }

    int waiting() const {
      const std::lock_guard<std::mutex> lock(mutex_);
      return static_cast<int>(queue_.size());
    }

   private:
    std::size_t Limit() const { return static_cast<std::size_t>(options_.waiting_max); }

    /// The next batch; an empty one ends the lane.
    Batch Next() {
      Batch batch;
      const std::lock_guard<std::mutex> lock(mutex_);
      const std::size_t size =
          std::min(queue_.size(), static_cast<std::size_t>(std::max(options_.batch_max, 1)));
      batch.pending.reserve(size);
      for (std::size_t i = 0; i < size; ++i) {
        batch.pending.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
      if (batch.pending.empty()) --lanes_;
      return batch;
    }

    static Task<void> Lane(std::shared_ptr<Core> self) {
      // Whoever is ready in this turn of the loop comes along.
      co_await boost::asio::post(self->executor_, boost::asio::use_awaitable);
      for (;;) {
        std::vector<Batch> parts;
        parts.push_back(self->Next());
        if (parts.back().pending.empty()) co_return absl::OkStatus();
        while (!parts.empty()) {
          Batch batch = std::move(parts.back());
          parts.pop_back();
          std::vector<Item> items = ItemsOf(batch);
          const Instant begun = std::chrono::steady_clock::now();
          auto answers = co_await self->write_(std::move(items));
          self->Tell(batch, begun, answers.ok());
          self->Settle(std::move(batch), std::move(answers), parts);
        }
      }
    }

    static std::vector<Item> ItemsOf(const Batch& batch) {
      std::vector<Item> items;
      items.reserve(batch.pending.size());
      for (const Pending& pending : batch.pending) items.push_back(pending.item);
      return items;
    }

    void Tell(const Batch& batch, Instant begun, bool ok) const {
      if (!options_.on_batch) return;
      BatchWritten written;
      written.size = static_cast<int>(batch.pending.size());
      written.waited = absl::FromChrono(begun - batch.pending.front().since);
      written.took = absl::FromChrono(std::chrono::steady_clock::now() - begun);
      written.ok = ok;
      options_.on_batch(written);
    }

    /// Answers a batch, or puts what must be written again on `parts`, the first of it last.
    void Settle(Batch batch, absl::StatusOr<Answers> answers, std::vector<Batch>& parts) const {
      const std::size_t size = batch.pending.size();
      if (answers.ok() && answers->size() == size) {
        for (std::size_t i = 0; i < size; ++i) {
          batch.pending[i].waiter->Resume(std::move((*answers)[i]));
        }
        return;
      }
      const absl::Status failure =
          answers.ok() ? absl::InternalError("A batch was answered in part.") : answers.status();
      if (absl::IsAborted(failure) && ++batch.tries < options_.tries_max) {
        parts.push_back(std::move(batch));
        return;
      }
      if (size == 1 || answers.ok() || absl::IsUnavailable(failure)) {
        for (Pending& pending : batch.pending) pending.waiter->Resume(failure);
        return;
      }
      Batch second;
      const auto middle = batch.pending.begin() + static_cast<std::ptrdiff_t>(size / 2);
      std::move(middle, batch.pending.end(), std::back_inserter(second.pending));
      batch.pending.erase(middle, batch.pending.end());
      batch.tries = 0;
      parts.push_back(std::move(second));
      parts.push_back(std::move(batch));
    }

    const boost::asio::any_io_executor executor_;
    const GroupCommitOptions options_;
    const Write write_;
    mutable std::mutex mutex_;
    std::deque<Pending> queue_;
    int lanes_ = 0;
    bool closed_ = false;
  };

  std::shared_ptr<Core> core_;
};

}  // namespace houbu::postgres
