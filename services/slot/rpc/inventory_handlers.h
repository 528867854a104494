/// houbu.slot.v1.InventoryService.
#pragma once

#include "libs/async/task.h"
#include "libs/rpc/seam.h"
#include "services/slot/app/index_keeper.h"

#include "houbu/slot/v1/slot.grpc.pb.h"

namespace houbu::slot {

/// Answers operators about the inventory. A repeated AddCapacity adds once and reports as of now.
class InventoryHandlers final : public v1::InventoryService::CallbackService {
 public:
  /// Both must outlive the handlers.
  InventoryHandlers(rpc::Seam& seam, IndexKeeper& keeper) : seam_(seam), keeper_(keeper) {}

  grpc::ServerUnaryReactor* AddCapacity(grpc::CallbackServerContext* context,
                                        const v1::AddCapacityRequest* request,
                                        v1::InventoryReport* response) override;
  grpc::ServerUnaryReactor* CheckInventory(grpc::CallbackServerContext* context,
                                           const v1::CheckInventoryRequest* request,
                                           v1::InventoryReport* response) override;
  grpc::ServerUnaryReactor* RebuildInventory(grpc::CallbackServerContext* context,
                                             const v1::RebuildInventoryRequest* request,
                                             v1::InventoryReport* response) override;

 private:
  async::Task<v1::InventoryReport> Grow(const rpc::Call& call,
                                        const v1::AddCapacityRequest& request);
  async::Task<v1::InventoryReport> Check(const rpc::Call& call,
                                         const v1::CheckInventoryRequest& request);
  async::Task<v1::InventoryReport> Rebuild(const rpc::Call& call,
                                           const v1::RebuildInventoryRequest& request);

  rpc::Seam& seam_;
  IndexKeeper& keeper_;
};

}  // namespace houbu::slot
