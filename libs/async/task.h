/// Tasks: work that waits without holding a thread.
#pragma once

#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <boost/asio/awaitable.hpp>

namespace houbu::async {

/// What a Task ends with: absl::Status for void, else absl::StatusOr<T>.
template <class T>
using Outcome = std::conditional_t<std::is_void_v<T>, absl::Status, absl::StatusOr<T>>;

/// A coroutine that ends with an Outcome<T>. `Task<T>` in a signature is the only sign that a
/// function waits; one co_await per statement, parameters by value.
template <class T>
using Task = boost::asio::awaitable<Outcome<T>>;

/// Ends after `delay` of real time; CANCELLED when the coroutine is cancelled meanwhile.
Task<void> Sleep(absl::Duration delay);

}  // namespace houbu::async
