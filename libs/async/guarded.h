/// Values that the event loop changes and other threads read: the two ways in which they may be
/// shared. Whoever uses these needs no lock of their own, and cannot forget one.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace houbu::async {

/// A small value behind a lock of its own. For short looks and short changes: nobody may wait, call
/// out or take a second Guarded within.
template <class T>
class Guarded final {
 public:
  /// Starts with a default value.
  Guarded() = default;

  /// Runs `work` on the value while nobody else looks at it; gives what it gives.
  template <class Work>
  auto With(Work&& work) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::forward<Work>(work)(value_);
  }

  /// Runs `work` on the value, which it may only read.
  template <class Work>
  auto With(Work&& work) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::forward<Work>(work)(static_cast<const T&>(value_));
  }

 private:
  mutable std::mutex mutex_;
  T value_;
};

/// The latest of a series of values that are never changed once they are made. Readers keep what
/// they got for as long as they need it; the publisher never waits for them.
template <class T>
class Published final {
 public:
  /// Starts with a default value.
  Published() : latest_(std::make_shared<const T>()) {}

  /// Gives the latest value, never null.
  std::shared_ptr<const T> Get() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return latest_;
  }

  /// Replaces it; `value` must not be null.
  void Set(std::shared_ptr<const T> value) {
    const std::lock_guard<std::mutex> lock(mutex_);
    latest_.swap(value);  // the old one, where it was the last of its kind, ends outside the lock
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> latest_;
};

}  // namespace houbu::async
