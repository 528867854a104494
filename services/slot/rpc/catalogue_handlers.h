/// houbu.slot.v1.CatalogueService.
#pragma once

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "libs/rpc/seam.h"
#include "services/slot/app/journey_search.h"
#include "services/slot/app/ports.h"

#include "houbu/slot/v1/slot.grpc.pb.h"

namespace houbu::slot {

/// Answers searches; anybody may ask.
class CatalogueHandlers final : public v1::CatalogueService::CallbackService {
 public:
  /// What the handlers call; everything must outlive them.
  struct UseCases {
    const Clock& clock;
    JourneySearch& journeys;
    WindowFinder& windows;
  };
  CatalogueHandlers(rpc::Seam& seam, UseCases use_cases) : seam_(seam), use_cases_(use_cases) {}

  grpc::ServerUnaryReactor* SearchJourneys(grpc::CallbackServerContext* context,
                                           const v1::SearchJourneysRequest* request,
                                           v1::SearchJourneysResponse* response) override;
  grpc::ServerUnaryReactor* SearchWindows(grpc::CallbackServerContext* context,
                                          const v1::SearchWindowsRequest* request,
                                          v1::SearchWindowsResponse* response) override;
  grpc::ServerUnaryReactor* GetRun(grpc::CallbackServerContext* context,
                                   const v1::GetRunRequest* request, v1::Run* response) override;

 private:
  async::Task<v1::SearchJourneysResponse> Journeys(const rpc::Call& call,
                                                   const v1::SearchJourneysRequest& request);
  async::Task<v1::SearchWindowsResponse> Windows(const rpc::Call& call,
                                                 const v1::SearchWindowsRequest& request);
  async::Task<v1::Run> Get(const rpc::Call& call, const v1::GetRunRequest& request);

  rpc::Seam& seam_;
  UseCases use_cases_;
};

}  // namespace houbu::slot
