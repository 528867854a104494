/// The clock of a development stack, moved by an operator: pay windows, deadlines and fee tiers can
/// be seen without waiting. Registered only when the service is started with it enabled.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/time/time.h>

#include <functional>
#include <mutex>
#include <string>

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "libs/rpc/seam.h"

#include "houbu/development/v1/clock.grpc.pb.h"

namespace houbu::rpc {

/// Serves houbu.development.v1.ClockService over a MovableClock.
class ClockHandlers final : public development::v1::ClockService::CallbackService {
 public:
  /// Is awaited after every move with the clock's new offset: to keep it, and to wake sleepers.
  using OnMoved = std::function<async::Task<void>(absl::Duration offset)>;

  /// Moves `clock`; both references must outlive this. `on_moved` may be empty.
  ClockHandlers(Seam& seam, MovableClock& clock, OnMoved on_moved);

  /// Says what time it is.
  grpc::ServerUnaryReactor* GetClock(grpc::CallbackServerContext* context,
                                     const development::v1::GetClockRequest* request,
                                     development::v1::Clock* response) override;

  /// Moves the clock; the same request_id moves it once in the life of the process.
  grpc::ServerUnaryReactor* AdvanceClock(grpc::CallbackServerContext* context,
                                         const development::v1::AdvanceClockRequest* request,
                                         development::v1::Clock* response) override;

 private:
  async::Task<development::v1::Clock> Read(const Call& call,
                                           const development::v1::GetClockRequest& request);
  async::Task<development::v1::Clock> Move(const Call& call,
                                           const development::v1::AdvanceClockRequest& request);
  absl::Status MoveOnce(const RequestKey& key, absl::Duration by);
  development::v1::Clock Present() const;

  Seam& seam_;
  MovableClock& clock_;
  OnMoved on_moved_;
  std::mutex mutex_;
  absl::flat_hash_map<std::string, std::string> fingerprints_;  // by request_id
};

}  // namespace houbu::rpc
