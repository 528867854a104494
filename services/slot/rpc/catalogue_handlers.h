/// houbu.slot.v1.CatalogueService.
#pragma once

#include <optional>

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "libs/rpc/arena_messages.h"
#include "libs/rpc/seam.h"
#include "services/slot/app/journey_search.h"
#include "services/slot/app/window_search.h"

#include "houbu/slot/v1/slot.grpc.pb.h"

namespace houbu::slot {

/// Answers searches; anybody may ask. What is in memory is answered at once, on gRPC's own threads,
/// into messages built in arenas.
class CatalogueHandlers final : public v1::CatalogueService::CallbackService {
 public:
  /// What the handlers call; everything must outlive them.
  struct UseCases {
    const Clock& clock;
    JourneySearch& journeys;
    WindowSearch& windows;
  };
  CatalogueHandlers(rpc::Seam& seam, UseCases use_cases);

  grpc::ServerUnaryReactor* SearchJourneys(grpc::CallbackServerContext* context,
                                           const v1::SearchJourneysRequest* request,
                                           v1::SearchJourneysResponse* response) override;
  grpc::ServerUnaryReactor* SearchWindows(grpc::CallbackServerContext* context,
                                          const v1::SearchWindowsRequest* request,
                                          v1::SearchWindowsResponse* response) override;
  grpc::ServerUnaryReactor* GetRun(grpc::CallbackServerContext* context,
                                   const v1::GetRunRequest* request, v1::Run* response) override;

 private:
  std::optional<absl::Status> JourneysAtOnce(const rpc::Call& call,
                                             const v1::SearchJourneysRequest& request,
                                             v1::SearchJourneysResponse& response);
  std::optional<absl::Status> WindowsAtOnce(const rpc::Call& call,
                                            const v1::SearchWindowsRequest& request,
                                            v1::SearchWindowsResponse& response);
  async::Task<v1::SearchJourneysResponse> Journeys(const rpc::Call& call,
                                                   const v1::SearchJourneysRequest& request);
  async::Task<v1::SearchWindowsResponse> Windows(const rpc::Call& call,
                                                 const v1::SearchWindowsRequest& request);
  async::Task<v1::Run> Get(const rpc::Call& call, const v1::GetRunRequest& request);

  rpc::Seam& seam_;
  UseCases use_cases_;
  rpc::ArenaMessages<v1::SearchJourneysRequest, v1::SearchJourneysResponse> journeys_messages_;
  rpc::ArenaMessages<v1::SearchWindowsRequest, v1::SearchWindowsResponse> windows_messages_;
};

}  // namespace houbu::slot
