/// How waitlist is asked by owners of orders.
#pragma once

#include "libs/base/clock.h"
#include "libs/identity/revocations.h"
#include "libs/rpc/seam.h"
#include "services/waitlist/app/order_explainer.h"
#include "services/waitlist/app/order_life.h"
#include "services/waitlist/app/order_placement.h"

#include "houbu/waitlist/v1/waitlist.grpc.pb.h"

namespace houbu::waitlist {

/// Answers houbu.waitlist.v1.WaitlistService.
class OrderHandlers final : public v1::WaitlistService::CallbackService {
 public:
  /// What the methods ask.
  struct UseCases {
    OrderPlacement& placement;
    OrderLife& life;
    OrderExplainer& explainer;
  };

  /// Uses what it is given, which must outlive it. `trust` verifies account's statements.
  OrderHandlers(rpc::Seam& seam, UseCases use_cases, identity::Trust trust,
                const Clock& clock)
      : seam_(seam), use_cases_(use_cases), trust_(trust), clock_(clock) {}

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
  grpc::ServerUnaryReactor* ExplainOrder(grpc::CallbackServerContext* context,
                                         const v1::ExplainOrderRequest* request,
                                         v1::OrderExplanation* response) override {
    return seam_.Run(context, request, response, this, &OrderHandlers::Explain);
  }

 private:
  Task<v1::Order> Place(const rpc::Call& call, const v1::CreateOrderRequest& request);
  Task<v1::Order> Show(const rpc::Call& call, const v1::GetOrderRequest& request);
  Task<v1::ListOrdersResponse> ShowList(const rpc::Call& call,
                                        const v1::ListOrdersRequest& request);
  Task<v1::Order> End(const rpc::Call& call, const v1::TerminateOrderRequest& request);
  Task<v1::OrderExplanation> Explain(const rpc::Call& call, const v1::ExplainOrderRequest& request);

  rpc::Seam& seam_;
  UseCases use_cases_;
  const identity::Trust trust_;
  const Clock& clock_;
};

}  // namespace houbu::waitlist
