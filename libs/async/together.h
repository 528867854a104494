/// Work done side by side.
#pragma once

#include <functional>
#include <vector>

#include "libs/async/task.h"

namespace houbu::async {

/// Runs all of `parts` side by side on the caller's executor and ends when each has ended, with the
/// first failure in the order of their ends. A caller that is cancelled stops waiting, not the
/// parts: what they use must live as long as the loop.
Task<void> Together(std::vector<std::function<Task<void>()>> parts);

}  // namespace houbu::async
