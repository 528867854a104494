/// Notification, asked to carry codes and told how accounts are reached.
#pragma once

#include "libs/rpc/client.h"
#include "services/account/app/ports.h"

#include "houbu/notification/v1/notification.grpc.pb.h"

namespace houbu::account {

/// Calls notification's NotificationService. Codes and addresses go straight to it and through no
/// outbox: they are personal and would lie there in plain text.
class Messages final : public Messenger {
 public:
  /// Calls over `channel`.
  explicit Messages(rpc::Channel channel) : client_(std::move(channel)) {}

  Task<void> SendCode(Challenge challenge, std::string code) override;
  Task<void> TellContact(Account account) override;

 private:
  rpc::Client<notification::v1::NotificationService::Stub> client_;
};

}  // namespace houbu::account
