#include "libs/rpc/development_clock.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/rpc/wire.h"

namespace houbu::rpc {

namespace {

constexpr absl::Duration kMoveMax = absl::Hours(24 * 400);

constexpr Refusal kRequestIdReused{absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
                                   "The request_id was used before with another content."};

}  // namespace

ClockHandlers::ClockHandlers(Seam& seam, MovableClock& clock, OnMoved on_moved)
    : seam_(seam), clock_(clock), on_moved_(std::move(on_moved)) {}

grpc::ServerUnaryReactor* ClockHandlers::GetClock(grpc::CallbackServerContext* context,
                                                  const development::v1::GetClockRequest* request,
                                                  development::v1::Clock* response) {
  return seam_.Run(context, request, response, this, &ClockHandlers::Read);
}

grpc::ServerUnaryReactor* ClockHandlers::AdvanceClock(
    grpc::CallbackServerContext* context, const development::v1::AdvanceClockRequest* request,
    development::v1::Clock* response) {
  return seam_.Run(context, request, response, this, &ClockHandlers::Move);
}

async::Task<development::v1::Clock> ClockHandlers::Read(const Call&,
                                                        const development::v1::GetClockRequest&) {
  co_return Present();
}

async::Task<development::v1::Clock> ClockHandlers::Move(
    const Call& call, const development::v1::AdvanceClockRequest& request) {
  const absl::StatusOr<absl::Duration> by = FromWire(request.by());
  Violations violations;
  if (!by.ok() || *by <= absl::ZeroDuration() || *by > kMoveMax) {
    violations.Add("by", "must be more than zero and at most 400 days");
  }
  CO_RETURN_IF_ERROR(violations.ToStatus());
  CO_RETURN_IF_ERROR(MoveOnce(call.request_key, *by));
  if (on_moved_) {
    CO_RETURN_IF_ERROR(co_await on_moved_(clock_.offset()));
  }
  co_return Present();
}

absl::Status ClockHandlers::MoveOnce(const RequestKey& key, absl::Duration by) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto [place, fresh] = fingerprints_.try_emplace(key.request_id, key.fingerprint);
  if (!fresh) {
    return place->second == key.fingerprint ? absl::OkStatus() : Refuse(kRequestIdReused);
  }
  clock_.Advance(by);
  return absl::OkStatus();
}

development::v1::Clock ClockHandlers::Present() const {
  development::v1::Clock present;
  *present.mutable_now() = ToWire(clock_.Now());
  *present.mutable_offset() = ToWire(clock_.offset());
  return present;
}

}  // namespace houbu::rpc
