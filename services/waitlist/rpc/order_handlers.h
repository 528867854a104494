/// How waitlist is asked by owners of orders.
#pragma once

#include "libs/base/clock.h"
#include "libs/identity/keys.h"
#include "libs/rpc/seam.h"
#include "services/waitlist/app/order_life.h"
#include "services/waitlist/app/order_placement.h"

#include "houbu/waitlist/v1/waitlist.grpc.pb.h"

namespace houbu::waitlist {

/// Answers houbu.waitlist.v1.WaitlistService.
class OrderHandlers final : public v1::WaitlistService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it. `keys` verify account's statements.
  OrderHandlers(rpc::Seam& seam, OrderPlacement& placement, OrderLife& life,
                const identity::KeySet& keys, const Clock& clock)
      : seam_(seam), placement_(placement), life_(life), keys_(keys), clock_(clock) {}

  grpc::ServerUnaryReactor* CreateOrder(grpc::CallbackServerContext* context,
                                        const v1::CreateOrderRequest* request,
                                        v1::Order* response) override {
    return seam_.Run(context, request, response, this, &OrderHandlers::Place);
  }
  grpc::ServerUnaryReactor* GetOrder(grpc::CallbackServerContext* context,
                                     const v1::GetOrderRequest* request,
                                     v1::Order* response) override {
    return seam_.Run(context, request, response, this, &OrderHandlers::Show);
  }
  grpc::ServerUnaryReactor* ListOrders(grpc::CallbackServerContext* context,
                                       const v1::ListOrdersRequest* request,
                                       v1::ListOrdersResponse* response) override {
    return seam_.Run(context, request, response, this, &OrderHandlers::ShowList);
  }
  grpc::ServerUnaryReactor* TerminateOrder(grpc::CallbackServerContext* context,
                                           const v1::TerminateOrderRequest* request,
                                           v1::Order* response) override {
    return seam_.Run(context, request, response, this, &OrderHandlers::End);
  }

 private:
  Task<v1::Order> Place(const rpc::Call& call, const v1::CreateOrderRequest& request);
  Task<v1::Order> Show(const rpc::Call& call, const v1::GetOrderRequest& request);
  Task<v1::ListOrdersResponse> ShowList(const rpc::Call& call,
                                        const v1::ListOrdersRequest& request);
  Task<v1::Order> End(const rpc::Call& call, const v1::TerminateOrderRequest& request);

  rpc::Seam& seam_;
  OrderPlacement& placement_;
  OrderLife& life_;
  const identity::KeySet& keys_;
  const Clock& clock_;
};

}  // namespace houbu::waitlist
