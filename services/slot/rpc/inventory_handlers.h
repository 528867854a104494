/// houbu.slot.v1.InventoryService.
#pragma once

#include <string>

#include "libs/async/task.h"
#include "libs/rpc/seam.h"
#include "services/slot/app/index_keeper.h"
#include "services/slot/app/run_cancellations.h"
#include "services/slot/app/sale_switch.h"

#include "houbu/slot/v1/slot.grpc.pb.h"

namespace houbu::slot {

/// Answers operators about the inventory. A repeated AddCapacity adds once and reports as of now.
class InventoryHandlers final : public v1::InventoryService::CallbackService {
 public:
  /// All must outlive the handlers.
  InventoryHandlers(rpc::Seam& seam, IndexKeeper& keeper, SaleSwitch& sales,
                    RunCancellations& cancellations)
      : seam_(seam), keeper_(keeper), sales_(sales), cancellations_(cancellations) {}

  grpc::ServerUnaryReactor* AddCapacity(grpc::CallbackServerContext* context,
                                        const v1::AddCapacityRequest* request,
                                        v1::InventoryReport* response) override;
  grpc::ServerUnaryReactor* CloseSale(grpc::CallbackServerContext* context,
                                      const v1::CloseSaleRequest* request,
                                      v1::RunSale* response) override;
  grpc::ServerUnaryReactor* ReopenSale(grpc::CallbackServerContext* context,
                                       const v1::ReopenSaleRequest* request,
                                       v1::RunSale* response) override;
  grpc::ServerUnaryReactor* CancelRun(grpc::CallbackServerContext* context,
                                      const v1::CancelRunRequest* request,
                                      v1::RunCancellation* response) override;
  grpc::ServerUnaryReactor* GetRunCancellation(grpc::CallbackServerContext* context,
                                               const v1::GetRunCancellationRequest* request,
                                               v1::RunCancellation* response) override;
  grpc::ServerUnaryReactor* CheckInventory(grpc::CallbackServerContext* context,
                                           const v1::CheckInventoryRequest* request,
                                           v1::InventoryReport* response) override;
  grpc::ServerUnaryReactor* RebuildInventory(grpc::CallbackServerContext* context,
                                             const v1::RebuildInventoryRequest* request,
                                             v1::InventoryReport* response) override;

 private:
  async::Task<v1::InventoryReport> Grow(const rpc::Call& call,
                                        const v1::AddCapacityRequest& request);
  async::Task<v1::RunSale> Close(const rpc::Call& call, const v1::CloseSaleRequest& request);
  async::Task<v1::RunSale> Reopen(const rpc::Call& call, const v1::ReopenSaleRequest& request);
  async::Task<v1::RunSale> Turn(RequestKey key, std::string run, Sale sale);
  async::Task<v1::RunCancellation> Stop(const rpc::Call& call, const v1::CancelRunRequest& request);
  async::Task<v1::RunCancellation> Follow(const rpc::Call& call,
                                          const v1::GetRunCancellationRequest& request);
  async::Task<v1::InventoryReport> Check(const rpc::Call& call,
                                         const v1::CheckInventoryRequest& request);
  async::Task<v1::InventoryReport> Rebuild(const rpc::Call& call,
                                           const v1::RebuildInventoryRequest& request);

  rpc::Seam& seam_;
  IndexKeeper& keeper_;
  SaleSwitch& sales_;
  RunCancellations& cancellations_;
};

}  // namespace houbu::slot
