/// How passengers are kept.
#pragma once

#include "libs/rpc/seam.h"
#include "services/account/app/passenger_list.h"

#include "houbu/account/v1/passenger.grpc.pb.h"

namespace houbu::account {

/// Answers houbu.account.v1.PassengerService.
class PassengerHandlers final : public v1::PassengerService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  PassengerHandlers(rpc::Seam& seam, PassengerList& passengers)
      : seam_(seam), passengers_(passengers) {}

  grpc::ServerUnaryReactor* CreatePassenger(grpc::CallbackServerContext* context,
                                            const v1::CreatePassengerRequest* request,
                                            v1::Passenger* response) override {
    return seam_.Run(context, request, response, this, &PassengerHandlers::Add);
  }
  grpc::ServerUnaryReactor* GetPassenger(grpc::CallbackServerContext* context,
                                         const v1::GetPassengerRequest* request,
                                         v1::Passenger* response) override {
    return seam_.Run(context, request, response, this, &PassengerHandlers::Show);
  }
  grpc::ServerUnaryReactor* ListPassengers(grpc::CallbackServerContext* context,
                                           const v1::ListPassengersRequest* request,
                                           v1::ListPassengersResponse* response) override {
    return seam_.Run(context, request, response, this, &PassengerHandlers::ShowList);
  }
  grpc::ServerUnaryReactor* DeletePassenger(grpc::CallbackServerContext* context,
                                            const v1::DeletePassengerRequest* request,
                                            v1::Passenger* response) override {
    return seam_.Run(context, request, response, this, &PassengerHandlers::Remove);
  }
  grpc::ServerUnaryReactor* UpdatePassenger(grpc::CallbackServerContext* context,
                                            const v1::UpdatePassengerRequest* request,
                                            v1::Passenger* response) override {
    return seam_.Run(context, request, response, this, &PassengerHandlers::Change);
  }
  grpc::ServerUnaryReactor* AddPassengerDocument(grpc::CallbackServerContext* context,
                                                 const v1::AddPassengerDocumentRequest* request,
                                                 v1::Passenger* response) override {
    return seam_.Run(context, request, response, this, &PassengerHandlers::AddDocument);
  }
  grpc::ServerUnaryReactor* RemovePassengerDocument(
      grpc::CallbackServerContext* context, const v1::RemovePassengerDocumentRequest* request,
      v1::Passenger* response) override {
    return seam_.Run(context, request, response, this, &PassengerHandlers::RemoveDocument);
  }

 private:
  Task<v1::Passenger> Add(const rpc::Call& call, const v1::CreatePassengerRequest& request);
  Task<v1::Passenger> Show(const rpc::Call& call, const v1::GetPassengerRequest& request);
  Task<v1::ListPassengersResponse> ShowList(const rpc::Call& call,
                                            const v1::ListPassengersRequest& request);
  Task<v1::Passenger> Remove(const rpc::Call& call, const v1::DeletePassengerRequest& request);
  Task<v1::Passenger> Change(const rpc::Call& call, const v1::UpdatePassengerRequest& request);
  Task<v1::Passenger> AddDocument(const rpc::Call& call,
                                  const v1::AddPassengerDocumentRequest& request);
  Task<v1::Passenger> RemoveDocument(const rpc::Call& call,
                                     const v1::RemovePassengerDocumentRequest& request);

  rpc::Seam& seam_;
  PassengerList& passengers_;
};

}  // namespace houbu::account
