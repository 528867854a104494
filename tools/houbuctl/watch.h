/// Looking again and again at something that goes on by itself.
#pragma once

#include <chrono>
#include <functional>
#include <iostream>
#include <thread>

#include "absl/status/statusor.h"

#include "tools/houbuctl/session.h"

namespace houbu::ctl {

/// What there is to look at, and how.
template <class Progress>
struct Look {
  std::function<absl::StatusOr<Progress>()> ask;
  std::function<void(const Progress&)> show;
  std::function<bool(const Progress&)> is_done;
};

/// Looks once, or with `watched` every two seconds until it is done. An outage in between is told
/// on standard error and waited out; the first look fails with it.
template <class Progress>
absl::StatusOr<Progress> LookAt(const Look<Progress>& look, bool watched) {
  bool seen = false;
  while (true) {
    absl::StatusOr<Progress> progress = look.ask();
    const bool is_outage = absl::IsUnavailable(progress.status());
    if (!progress.ok() && !(seen && is_outage)) return progress;
    if (progress.ok()) {
      seen = true;
      look.show(*progress);
      if (!watched || look.is_done(*progress)) return progress;
    } else {
      std::cerr << "houbuctl: " << Explain(progress.status()) << std::endl;
    }
    std::this_thread::sleep_for(std::chrono::seconds(2));
  }
}

}  // namespace houbu::ctl
