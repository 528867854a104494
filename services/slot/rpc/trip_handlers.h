/// houbu.slot.v1.TripService.
#pragma once

#include "libs/async/task.h"
#include "libs/rpc/seam.h"
#include "services/slot/app/trip_lookup.h"

#include "houbu/slot/v1/trip.grpc.pb.h"

namespace houbu::slot {

/// Answers operators about journeys to come.
class TripHandlers final : public v1::TripService::CallbackService {
 public:
  /// Both must outlive the handlers.
  TripHandlers(rpc::Seam& seam, TripLookup& lookup) : seam_(seam), lookup_(lookup) {}

  grpc::ServerUnaryReactor* ListTrips(grpc::CallbackServerContext* context,
                                      const v1::ListTripsRequest* request,
                                      v1::ListTripsResponse* response) override;

 private:
  async::Task<v1::ListTripsResponse> List(const rpc::Call& call,
                                          const v1::ListTripsRequest& request);

  rpc::Seam& seam_;
  TripLookup& lookup_;
};

}  // namespace houbu::slot
