/// How notification is asked.
#pragma once

#include "libs/rpc/seam.h"
#include "services/notification/app/contact_book.h"
#include "services/notification/app/message_intake.h"

#include "houbu/notification/v1/notification.grpc.pb.h"

namespace houbu::notification {

/// Answers houbu.notification.v1.NotificationService.
class NotificationHandlers final : public v1::NotificationService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  NotificationHandlers(rpc::Seam& seam, ContactBook& contacts, MessageIntake& messages)
      : seam_(seam), contacts_(contacts), messages_(messages) {}

  grpc::ServerUnaryReactor* UpdateContact(grpc::CallbackServerContext* context,
                                          const v1::UpdateContactRequest* request,
                                          v1::Contact* response) override {
    return seam_.Run(context, request, response, this, &NotificationHandlers::TakeAddresses);
  }
  grpc::ServerUnaryReactor* GetContact(grpc::CallbackServerContext* context,
                                       const v1::GetContactRequest* request,
                                       v1::Contact* response) override {
    return seam_.Run(context, request, response, this, &NotificationHandlers::ShowContact);
  }
  grpc::ServerUnaryReactor* UpdatePreferences(grpc::CallbackServerContext* context,
                                              const v1::UpdatePreferencesRequest* request,
                                              v1::Contact* response) override {
    return seam_.Run(context, request, response, this, &NotificationHandlers::TakePreferences);
  }
  grpc::ServerUnaryReactor* SendMessage(grpc::CallbackServerContext* context,
                                        const v1::SendMessageRequest* request,
                                        v1::Message* response) override {
    return seam_.Run(context, request, response, this, &NotificationHandlers::TakeMessage);
  }
  grpc::ServerUnaryReactor* SendCode(grpc::CallbackServerContext* context,
                                     const v1::SendCodeRequest* request,
                                     v1::SendCodeResponse* response) override {
    return seam_.Run(context, request, response, this, &NotificationHandlers::TakeCode);
  }
  grpc::ServerUnaryReactor* ListMessages(grpc::CallbackServerContext* context,
                                         const v1::ListMessagesRequest* request,
                                         v1::ListMessagesResponse* response) override {
    return seam_.Run(context, request, response, this, &NotificationHandlers::ShowInbox);
  }
  grpc::ServerUnaryReactor* ListDeliveries(grpc::CallbackServerContext* context,
                                           const v1::ListDeliveriesRequest* request,
                                           v1::ListDeliveriesResponse* response) override {
    return seam_.Run(context, request, response, this, &NotificationHandlers::ShowDeliveries);
  }

 private:
  Task<v1::Contact> TakeAddresses(const rpc::Call& call, const v1::UpdateContactRequest& request);
  Task<v1::Contact> ShowContact(const rpc::Call& call, const v1::GetContactRequest& request);
  Task<v1::Contact> TakePreferences(const rpc::Call& call,
                                    const v1::UpdatePreferencesRequest& request);
  Task<v1::Message> TakeMessage(const rpc::Call& call, const v1::SendMessageRequest& request);
  Task<v1::SendCodeResponse> TakeCode(const rpc::Call& call, const v1::SendCodeRequest& request);
  Task<v1::ListMessagesResponse> ShowInbox(const rpc::Call& call,
                                           const v1::ListMessagesRequest& request);
  Task<v1::ListDeliveriesResponse> ShowDeliveries(const rpc::Call& call,
                                                  const v1::ListDeliveriesRequest& request);

  rpc::Seam& seam_;
  ContactBook& contacts_;
  MessageIntake& messages_;
};

}  // namespace houbu::notification
