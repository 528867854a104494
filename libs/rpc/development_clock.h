/// The clock of a development stack, moved by an operator: pay windows, deadlines and fee tiers can
/// be seen without waiting. Registered only when the service is started with it enabled.
#pragma once

#include <functional>

#include "houbu/development/v1/clock.grpc.pb.h"
#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "libs/rpc/seam.h"

namespace houbu::rpc {

/// Serves houbu.development.v1.ClockService over a MovableClock.
class ClockHandlers final : public development::v1::ClockService::CallbackService {
 public:
  /// Called after every move with the clock's new offset: to keep it, and to wake sleepers.
  using OnMoved = std::function<async::Task<void>(absl::Duration offset)>;

  /// Moves `clock`; both references must outlive this. `on_moved` may be empty.
  ClockHandlers(Seam& seam, MovableClock& clock, OnMoved on_moved);
};

}  // namespace houbu::rpc
